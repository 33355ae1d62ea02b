"""Which programs make up a running Heartwood, and how do they begin and end together?"""

from __future__ import annotations

import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from adapters.postgres.embedded.child import start_child, stop_child

LOG_BYTES_MAX = 5_000_000
LOG_LINES_SHOWN = 20
LOOK_SECONDS = 0.1
ANSWER_SECONDS_MAX = 45.0

# Asked directly, whatever proxy the environment names.
_ASK = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, kw_only=True)
class Program:
    """One row of the table: what to run, and how it is known to be ready and told to end."""

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str]
    answers_at: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 5.0
    # The parent's death is a crash, and what is stored survives a crash: no program needs to tidy up.
    death_signal: signal.Signals = signal.SIGKILL
    pass_fds: tuple[int, ...] = ()


class Ended(Exception):
    """A program that should run is gone."""


@dataclass
class Running:
    """A started program with its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    program: Program | None = None  # none for a process that somebody else stops


@dataclass
class ProcessTree:
    """The programs that were started, in this order."""

    directory: Path
    logs: Path
    raise_if_asked_to_stop: Callable[[], None] = lambda: None
    running: list[Running] = field(default_factory=list)

    def start(self, program: Program) -> None:
        """Start a program; call it from the main thread, whose end is what the kernel reports to children."""
        log = self.logs / f"{program.name}.log"
        with begin_log(log).open("ab") as output:
            process = start_child(
                program.command,
                death_signal=program.death_signal,
                directory=self.directory,
                environ=program.environ,
                output=output,
                pass_fds=program.pass_fds,
            )
        self.running.append(Running(program.name, process, log, program))

    def watch(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        """Miss this process too, though its own supervisor stops it."""
        self.running.append(Running(name, process, log))

    def wait_until_ready(self) -> None:
        """Return when every program that has an address answers there, with whatever status."""
        deadline = time.monotonic() + ANSWER_SECONDS_MAX
        for one in self.running:
            while one.program and one.program.answers_at and not answers(one.program.answers_at):
                self.look()
                if time.monotonic() > deadline:
                    raise Ended(f"{one.name} does not answer at {one.program.answers_at}. {end_of(one.log)}")
                time.sleep(LOOK_SECONDS / 4)

    def wait(self) -> None:
        """Return never; raise when a program ends or somebody asks to stop."""
        while True:
            self.look()
            time.sleep(LOOK_SECONDS)

    def look(self) -> None:
        self.raise_if_asked_to_stop()
        for one in self.running:
            code = one.process.poll()
            if code is not None:
                raise Ended(f"{one.name} ended unexpectedly ({how(code)}). {end_of(one.log)}")

    def stop(self) -> None:
        """Stop the last started first, each within its time."""
        while self.running:
            one = self.running.pop()
            if one.program:
                stop_child(one.process, [(one.program.stop_signal, one.program.stop_seconds)])


def answers(url: str) -> bool:
    try:
        _ASK.open(url, timeout=2).close()
    except urllib.error.HTTPError:
        return True  # an answer too
    except OSError:
        return False
    return True


def how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def begin_log(log: Path) -> Path:
    """The log to append to; a long one is set aside, so that there are never more than two."""
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".log.1"))
    return log


def end_of(log: Path) -> str:
    lines = log.read_bytes()[-100 * LOG_LINES_SHOWN :].decode(errors="replace").splitlines()
    return f"The end of {log}:\n" + "\n".join(f"    {line}" for line in lines[-LOG_LINES_SHOWN:])
