"""The process tree, tried with small real programs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.postgres.embedded.child import processes_in
from scripts.processes import Ended, ProcessTree, Program
from tests.waiting import until

DIES_WITH_ITS_PARENT = pytest.mark.skipif(
    sys.platform != "linux", reason="only the Linux kernel tells a child of its parent's death"
)

# Says when it was told to end, in a file that all programs of a test share.
POLITE = """
import signal, sys
def end(*_):
    with open("ends", "a") as file:
        file.write(sys.argv[1] + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("up", flush=True)
signal.pause()
"""
DEAF = """
import signal
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
print("up", flush=True)
while True:
    signal.pause()
"""


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[ProcessTree]:
    (tmp_path / "log").mkdir()
    tree = ProcessTree(directory=tmp_path, logs=tmp_path / "log")
    yield tree
    tree.stop()


def a_program(name: str, code: str, *arguments: str, stop_seconds: float = 5.0) -> Program:
    return Program(
        name=name,
        command=(sys.executable, "-c", code, *arguments),
        environ=dict(os.environ),
        stop_seconds=stop_seconds,
    )


def start(tree: ProcessTree, program: Program) -> None:
    tree.start(program)
    log = tree.logs / f"{program.name}.log"
    until(lambda: "up" in log.read_text())


def test_programs_stop_in_the_reverse_of_their_order(tree: ProcessTree) -> None:
    for name in ("first", "second", "third"):
        start(tree, a_program(name, POLITE, name))

    tree.stop()

    assert (tree.directory / "ends").read_text().split() == ["third", "second", "first"]


def test_a_program_that_does_not_listen_is_killed_after_its_time(tree: ProcessTree) -> None:
    start(tree, a_program("deaf", DEAF, stop_seconds=0.1))
    process = tree.running[0].process

    tree.stop()

    assert process.returncode == -signal.SIGKILL


def test_a_program_that_ends_is_named_with_the_end_of_its_log(tree: ProcessTree) -> None:
    start(tree, a_program("steady", POLITE, "steady"))
    tree.start(a_program("hasty", "import sys; print('the disk is full'); sys.exit(3)"))

    with pytest.raises(Ended) as ended:
        tree.wait()

    assert "hasty ended unexpectedly (exit code 3)" in str(ended.value)
    assert "the disk is full" in str(ended.value)
    assert "hasty.log" in str(ended.value)


def test_a_killed_program_is_reported_with_its_signal(tree: ProcessTree) -> None:
    start(tree, a_program("worker", POLITE, "worker"))
    tree.running[0].process.kill()

    with pytest.raises(Ended, match="SIGKILL"):
        tree.wait()


def test_a_program_that_ends_before_it_answers_is_not_waited_for(tree: ProcessTree) -> None:
    nobody_answers_here = "http://127.0.0.1:9/"
    program = Program(
        name="web",
        command=(sys.executable, "-c", "raise SystemExit('no such module')"),
        environ=dict(os.environ),
        answers_at=nobody_answers_here,
    )
    tree.start(program)

    with pytest.raises(Ended, match="no such module"):
        tree.wait_until_ready()


def test_a_long_log_is_set_aside(tree: ProcessTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.processes.LOG_BYTES_MAX", 10)
    log = tree.logs / "polite.log"
    log.write_text("what was said before\n")

    start(tree, a_program("polite", POLITE, "polite"))

    assert log.read_text() == "up\n"
    assert (tree.logs / "polite.log.1").read_text() == "what was said before\n"


PARENT = """
import sys
from pathlib import Path
from scripts.processes import ProcessTree, Program
directory, code = Path(sys.argv[1]), sys.argv[2]
tree = ProcessTree(directory=directory, logs=directory)
for name in ("one", "two", "three"):
    tree.start(Program(name=name, command=(sys.executable, "-c", code), environ={}))
print("started", flush=True)
tree.wait()
"""


@DIES_WITH_ITS_PARENT
def test_after_kill_9_of_the_parent_even_deaf_programs_are_gone(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path), DEAF], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"started\n"
    until(lambda: all("up" in (tmp_path / f"{name}.log").read_text() for name in ("one", "two", "three")))
    assert len(processes_in(tmp_path)) == 3

    parent.kill()
    parent.communicate()

    until(lambda: not processes_in(tmp_path), seconds=5)
