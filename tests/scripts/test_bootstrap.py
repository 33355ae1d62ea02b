"""The environment of the clone: when is it made, and what if it cannot be?"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
RUN = ["requirements.lock", "pyproject.toml"]
TEST = [*RUN, "requirements-dev.lock"]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with the scripts and three small files, in a directory with a space in its name."""
    root = tmp_path / "a clone"
    shutil.copytree(SCRIPTS, root / "scripts")
    for name in TEST:
        (root / name).write_text(f"# {name}\n")
    return root


def bootstrap_of(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap_of_a_clone", root / "scripts" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def made(root: Path, layers: list[str]) -> ModuleType:
    """An environment as a finished start leaves it."""
    bootstrap = bootstrap_of(root)
    bootstrap.PYTHON.parent.mkdir(parents=True)
    bootstrap.PYTHON.symlink_to(sys.executable)
    for layer in layers:
        bootstrap.write_stamp(layer)
    return bootstrap


def test_a_finished_environment_is_left_alone(clone: Path) -> None:
    bootstrap = made(clone, RUN)

    assert bootstrap.missing_layers(RUN) == []
    assert bootstrap.missing_layers(TEST) == ["requirements-dev.lock"]


def test_a_half_made_environment_is_made_again(clone: Path) -> None:
    bootstrap = made(clone, [])

    assert bootstrap.missing_layers(RUN) == RUN


def test_another_lock_makes_the_environment_again(clone: Path) -> None:
    bootstrap = made(clone, TEST)
    (clone / "requirements.lock").write_text("# other packages\n")

    assert bootstrap.missing_layers(TEST) == TEST


def test_changed_metadata_install_only_the_project_again(clone: Path) -> None:
    bootstrap = made(clone, TEST)
    (clone / "pyproject.toml").write_text("# another name\n")

    assert bootstrap.missing_layers(TEST) == ["pyproject.toml"]


def test_an_environment_whose_python_is_gone_is_made_again(clone: Path) -> None:
    bootstrap = made(clone, RUN)
    bootstrap.PYTHON.unlink()
    bootstrap.PYTHON.symlink_to(clone / "no-such-python")

    assert bootstrap.missing_layers(RUN) == RUN


def test_a_moved_clone_makes_its_environment_again(clone: Path) -> None:
    made(clone, RUN)
    elsewhere = clone.rename(clone.with_name("moved clone"))

    assert bootstrap_of(elsewhere).missing_layers(RUN) == RUN


def with_only(programs: Path, python3: str | None) -> dict[str, str]:
    """An environment in which `python3` is what we say, and no other Python is found."""
    programs.mkdir()
    for name in ("sh", "dirname", "cat"):
        (programs / name).symlink_to(str(shutil.which(name)))
    if python3:
        (programs / "python3").write_text(f"#!/bin/sh\n{python3}\n")
        (programs / "python3").chmod(0o755)
    return {"PATH": str(programs)}


def start(
    clone: Path, *options: str, environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [clone / "scripts" / "run", *options]
    return subprocess.run(command, env=environ, cwd=clone, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("python3", "found"),
    [
        ('[ "$1" = --version ] && echo "Python 3.9.2" || exit 1', "Python 3.9.2"),
        (None, "no python3 at all"),
    ],
)
def test_without_a_python_that_is_new_enough_one_is_told_so(
    clone: Path, python3: str | None, found: str
) -> None:
    environ = with_only(clone.parent / "programs", python3)

    answer = start(clone, environ=environ)

    assert answer.returncode == 1
    assert answer.stderr == f"Heartwood needs Python 3.11 or later; this machine has {found}.\n"
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize(
    ("word", "code", "says"),
    [("--help", 0, "usage: scripts/run"), ("--fesh", 2, "--fesh"), ("--port=many", 2, "'many' is no port")],
)
def test_help_and_wrong_options_are_answered_without_an_environment(
    clone: Path, word: str, code: int, says: str
) -> None:
    answer = start(clone, word)

    assert answer.returncode == code
    assert says in answer.stdout + answer.stderr
    assert not (clone / ".venv").exists()


WITHOUT_ENSUREPIP = """
import runpy, sys
sys.modules["ensurepip"] = None  # as where the distribution leaves it out
program, *sys.argv[1:] = sys.argv[1:]
runpy.run_path(program, run_name="__main__")
"""


def test_a_python_that_makes_no_environments_is_told_apart(clone: Path) -> None:
    program = str(clone / "scripts" / "bootstrap.py")

    answer = subprocess.run(
        [sys.executable, "-c", WITHOUT_ENSUREPIP, program, "run"], capture_output=True, text=True, check=False
    )

    assert answer.returncode == 1
    assert "python3-venv" in answer.stderr
    assert not (clone / ".venv").exists()


def test_a_package_that_cannot_be_had_is_named(clone: Path) -> None:
    (clone / "requirements.lock").write_text(f"no-such-package==1.0 --hash=sha256:{'0' * 64}\n")
    nothing_offered = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}

    answer = start(clone, environ=nothing_offered)

    assert answer.returncode == 1
    assert "environment cannot be made" in answer.stderr
    assert "no-such-package" in answer.stderr
