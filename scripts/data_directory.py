"""What lies in Heartwood's directory, and may this start use it?"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from adapters.postgres.embedded.place import remove_data, user_named
from adapters.postgres.server import wait_until_left
from scripts.cannot_start import CannotStart

LAYOUT = "heartwood 1"  # raised when an older directory can no longer be read
SECRET_BYTES = 32


class DataDirectory:
    """The directory given with --data."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.version = self.path / "version"
        self.lock = self.path / "lock"
        self.ready = self.path / "ready.json"
        self.demo = self.path / "demo.json"
        self.logs = self.path / "log"
        self.secrets = self.path / "secrets"
        self.proof = self.path / "proof"
        self.postgres = self.path / "postgres"
        self.stripe = self.path / "stripe"
        self.stripe_port = self.path / "stripe.port"

    def refuse_if_not_ours(self, *, fresh: bool) -> None:
        """A directory is ours if it bears our mark, or if nothing is in it yet."""
        try:
            names = {entry.name for entry in self.path.iterdir()}
        except FileNotFoundError:
            return
        except NotADirectoryError:
            raise CannotStart(f"{self.path} is not a directory.") from None
        except PermissionError:
            raise CannotStart(f"You may not read {self.path}; choose another with --data.") from None
        if not os.access(self.path, os.W_OK | os.X_OK):
            raise CannotStart(f"You may not write to {self.path}; choose another with --data.")
        if names <= {self.lock.name}:
            return
        if not self.version.is_file():
            raise CannotStart(f"{self.path} is not empty and not Heartwood's; choose another with --data.")
        owner = self.version.stat().st_uid
        if owner != os.geteuid():
            name = user_named(owner).name
            raise CannotStart(f"{self.path} belongs to {name}; start as that user, or choose another --data.")
        mark = self.version.read_text(errors="replace").strip()
        if not mark.startswith("heartwood "):
            raise CannotStart(f"{self.version} is not Heartwood's; choose another directory with --data.")
        if mark != LAYOUT and not fresh:
            raise CannotStart(
                f"{self.path} was made by another version of Heartwood (it says {mark!r}, not {LAYOUT!r})."
                " Use that version, choose another --data, or begin again with --fresh."
            )

    def refuse_if_running(self) -> None:
        """Look at the lock without making one; `locked` is what counts."""
        if self.lock.exists():
            with self.lock.open("a+") as lock:
                self.take(lock)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Have the directory to oneself; it is made if need be."""
        self.make()
        with self.lock.open("a+") as lock:
            self.take(lock)
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            yield

    def take(self, lock: IO[str]) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotStart(
                f"Heartwood already runs on {self.path} (process {lock.read().strip() or 'unknown'});"
                " stop it, or choose another directory with --data."
            ) from None

    def make(self) -> None:
        if not self.path.exists():
            try:
                self.path.mkdir(parents=True)
            except OSError as error:
                raise CannotStart(
                    f"{self.path} cannot be made ({error.strerror}); choose another with --data."
                ) from None
            # PostgreSQL's user must be able to pass; whatever is private below says so itself.
            self.path.chmod(0o711)

    def mark(self) -> None:
        write(self.version, LAYOUT + "\n", mode=0o644)
        for private in (self.logs, self.secrets):
            private.mkdir(mode=0o700, exist_ok=True)
        self.ready.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove everything but the mark, so that an interrupted removal can be done again."""
        wait_until_left(self.postgres.resolve())
        for entry in sorted(self.path.iterdir()):
            if entry in (self.lock, self.version):
                continue
            if entry == self.postgres:
                remove_data(entry)
            elif entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def secret(self, name: str) -> str:
        """A random secret of this directory, made when first asked for; all programs get the same one."""
        path = self.secrets / name
        if not path.exists():
            make_secret(path)
        return path.read_text().strip()

    def demo_states(self) -> dict[str, str]:
        """For each database that this directory was used with: was the demo ``begun`` or ``written``?"""
        try:
            states = json.loads(self.demo.read_text())
        except FileNotFoundError:
            return {}
        assert isinstance(states, dict)
        return states

    def note_demo(self, database: str, state: str) -> None:
        write_json(self.demo, self.demo_states() | {database: state})


def make_secret(path: Path) -> None:
    """A random secret, written whole; of several programs that make it at once, the first decides."""
    draft = write_draft(path, secrets.token_hex(SECRET_BYTES))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def write_json(path: Path, content: dict[str, Any]) -> None:
    write(path, json.dumps(content, indent=2) + "\n")


def write(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Write a file whole or not at all, and never readable by more than it should be."""
    draft = write_draft(path, text)
    draft.chmod(mode)
    draft.replace(path)


def write_draft(path: Path, text: str) -> Path:
    """The text beside the place it is meant for, for our eyes only."""
    number, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with open(number, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(draft)
