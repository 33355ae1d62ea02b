"""The virtual environment in the clone, made to the letter of the lock files before anything else runs.

Standard library only: this is what runs before there is anything else.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "heartwood.json"  # written last, so that a half-made environment has none
LOCK_FILE = ROOT / ".venv.lock"

RUNTIME = "requirements.lock"
PROJECT = "pyproject.toml"
DEVELOPMENT = "requirements-dev.lock"

MODULES = {"run": "scripts.up", "heartwood": "scripts.cli", "bench": "scripts.benches"}
OUTPUT_LINES_SHOWN = 20


class Broken(Exception):
    """The environment cannot be made, and this is why."""


def main(program: str, arguments: list[str]) -> int:
    if program == "run":
        answer_help_and_wrong_options(arguments)
    layers = [RUNTIME, PROJECT] + ([DEVELOPMENT] if program == "test" else [])
    try:
        if missing_layers(layers):
            make(layers)
    except (Broken, OSError) as error:
        print(f"\nHeartwood's environment cannot be made: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; the next start begins the environment again.", file=sys.stderr)
        return 130
    if program not in MODULES:
        return 0
    # The same process goes on as the program, so signals reach it, and `-P` keeps a package of the
    # user's directory from standing in for one of ours.
    os.execv(PYTHON, [str(PYTHON), "-P", "-m", MODULES[program], *arguments])


def answer_help_and_wrong_options(arguments: list[str]) -> None:
    """Ends here for both: an environment would be made only for a page of text."""
    sys.path.insert(0, str(ROOT))
    from scripts.options import parse  # of the standard library alone, too

    parse(arguments)


def missing_layers(layers: list[str]) -> list[str]:
    """The layers that are not installed as their files now say; all of them without a usable environment."""
    stamp = read_stamp()
    if stamp.get("root") != str(ROOT) or stamp.get("executable") != executable():
        return layers
    if stamp.get(RUNTIME) != digest(RUNTIME):
        return layers
    return [layer for layer in layers if stamp.get(layer) != digest(layer)]


def make(layers: list[str]) -> None:
    with one_at_a_time():
        missing = missing_layers(layers)  # another start may have made it meanwhile
        if RUNTIME in missing:
            make_empty()
        for layer in missing:
            install(layer)
            write_stamp(layer)


def make_empty() -> None:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise Broken(
            f"{sys.executable} lacks the modules venv and ensurepip;"
            " Debian and Ubuntu have them in the package python3-venv."
        ) from None
    if VENV.exists():
        with step("Removing the environment that does not fit"):
            shutil.rmtree(VENV)
    with step(f"Making .venv with Python {sys.version.split()[0]}") as tick:
        run([sys.executable, "-I", "-m", "venv", str(VENV)], tick)


def install(layer: str) -> None:
    pip = [str(PYTHON), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    if layer == PROJECT:
        with step("Installing heartwood itself") as tick:
            run([*pip, "--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT)], tick)
        return
    with step(f"Installing {layer}") as tick:
        options = [
            "--require-hashes",
            "--no-deps",
            "--only-binary=:all:",
            "--no-compile",
            "--progress-bar=off",
        ]
        run([*pip, *options, "--requirement", str(ROOT / layer)], tick)


def run(command: list[str], tick: Callable[[], None]) -> None:
    """Run to the end with a dot for every package; what it printed is shown only if it failed."""
    environ = {**os.environ, "PIP_USER": "0"}  # a habit of "install for me only" has no place in .venv
    lines = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environ
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if line.startswith("Collecting"):
                tick()
    if process.returncode:
        shown = "".join(f"    {line}" for line in lines[-OUTPUT_LINES_SHOWN:])
        raise Broken(f"this failed with exit code {process.returncode}:\n  {' '.join(command)}\n{shown}")


@contextmanager
def step(title: str) -> Iterator[Callable[[], None]]:
    begun = time.monotonic()
    print(f"{title} ", end="", flush=True)
    yield lambda: print(".", end="", flush=True)
    print(f" {time.monotonic() - begun:.1f} s", flush=True)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    with LOCK_FILE.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with step("Waiting for another start that makes the environment"):
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def executable() -> str | None:
    """The program behind .venv/bin/python; an upgraded or removed Python shows here."""
    return os.path.realpath(PYTHON) if os.access(PYTHON, os.X_OK) else None


def read_stamp() -> dict[str, object]:
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(layer: str) -> None:
    stamp = read_stamp() | {"root": str(ROOT), "executable": executable(), layer: digest(layer)}
    draft = STAMP.with_suffix(".new")
    draft.write_text(json.dumps(stamp, indent=1))
    draft.replace(STAMP)


def digest(layer: str) -> str:
    return hashlib.sha256((ROOT / layer).read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
