"""How does a child process end when the process that started it is killed?

On Linux the kernel sends the child a signal of the child's choice. Elsewhere only an orderly stop reaches it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec nothing may be loaded any more.
_PRCTL = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


@dataclass(frozen=True, kw_only=True)
class User:
    """Someone other than ourselves, as whom root runs a child."""

    name: str
    uid: int
    gid: int


def start_child(
    command: Sequence[str | Path],
    *,
    death_signal: signal.Signals,
    user: User | None = None,
    directory: Path | None = None,
    environ: Mapping[str, str] | None = None,
    output: IO[bytes] | int | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches the parent alone.

    Call it from the main thread: the kernel takes the end of the thread that forked for the parent's death.
    """
    parent = os.getpid()

    def tie_to_parent() -> None:
        # Runs in the child after its change of user, which would clear the death signal.
        if _PRCTL is not None:
            _PRCTL(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # the parent died before the signal was set
            os._exit(1)

    return subprocess.Popen(
        [os.fspath(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        cwd=directory,
        env=environ,
        start_new_session=True,
        pass_fds=pass_fds,
        preexec_fn=tie_to_parent,  # noqa: PLW1509 - it loads nothing and takes no lock
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
    )


def stop_child(child: subprocess.Popen[bytes], signals: Sequence[tuple[signal.Signals, float]]) -> None:
    """Send each signal in turn and wait for as many seconds as it is given; then kill."""
    for wanted, seconds in signals:
        if child.poll() is not None:
            return
        child.send_signal(wanted)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
    if child.poll() is None:
        child.kill()
        child.wait()


def processes_in(directory: Path) -> list[int]:
    """The processes that work in a directory, as far as we may see them (on Linux)."""
    found = []
    for cwd in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if os.readlink(cwd) == str(directory):
                found.append(int(cwd.parent.name))
        except OSError:
            continue  # it ended meanwhile, or is another user's
    return found
