"""The server's own secrets, each in files of its own: `vault`, and after its first rotation `vault.2`.

Programs that run learn of a new one from the folder itself, whose time of change is looked at each time.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

from adapters.ring import UnknownSecret
from scripts.data_directory import make_secret

SETTLED_NS = 2_000_000_000  # a folder that changed more recently may change again in the same tick


class SecretFiles:
    """The ring of one name; its first secret is made when first asked for, and all programs get the same."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name
        self._there: list[int] = []
        self._known: dict[int, bytes] = {}  # also those that went meanwhile: a row may have been read before
        self._settled_at: int | None = None  # the folder's time of change when it was read for good

    def numbers(self) -> Sequence[int]:
        self._look()
        return self._there

    def of(self, number: int) -> bytes:
        if number not in self._known:
            self._settled_at = None
            self._look()
        try:
            return self._known[number]
        except KeyError:
            raise UnknownSecret(f"{self.name} {number}") from None

    def there(self) -> list[int]:
        """Which there are, without making the first."""
        form = re.compile(rf"{re.escape(self.name)}(?:\.([0-9]+))?")
        try:
            names = [entry.name for entry in self.folder.iterdir()]
        except FileNotFoundError:
            return []
        found = (form.fullmatch(name) for name in names)
        return sorted((int(one[1] or 1) for one in found if one), reverse=True)

    def young(self, seconds: float) -> Sequence[int]:
        """The newest, and the one before it for so long after the newest was made."""
        newest, *older = self.numbers()
        made_at = self.path(newest).stat().st_mtime
        return (newest, *older[:1]) if time.time() - made_at < seconds else (newest,)

    def add(self) -> int:
        """Another secret, which from now on is the newest."""
        number = self.numbers()[0] + 1
        self._make(number)
        return number

    def remove(self, number: int) -> None:
        self.path(number).unlink(missing_ok=True)
        self._settled_at = None

    def path(self, number: int) -> Path:
        return self.folder / (self.name if number == 1 else f"{self.name}.{number}")

    def _look(self) -> None:
        changed_at = self.folder.stat().st_mtime_ns
        if changed_at == self._settled_at:
            return
        if not self.there():
            self._make(1)
        there = self.there()
        self._known |= {number: self._read(number) for number in there if number not in self._known}
        self._there = there
        settled = time.time_ns() - changed_at > SETTLED_NS
        self._settled_at = changed_at if settled else None

    def _read(self, number: int) -> bytes:
        return hashlib.sha256(self.path(number).read_text().strip().encode()).digest()

    def _make(self, number: int) -> None:
        make_secret(self.path(number))
        _keep(self.folder)
        self._settled_at = None


def _keep(folder: Path) -> None:
    """What is in the folder is there after a power cut, too."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
