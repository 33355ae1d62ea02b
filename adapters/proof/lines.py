"""A file of lines outside the database that is only ever added to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path


class Lines:
    """What was half written when the power went is no line, and makes place for the next."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[str]:
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return []
        return content[: content.rfind(b"\n") + 1].decode(errors="replace").split("\n")[:-1]

    def append(self, lines: Sequence[str]) -> None:
        """They are there after a power cut, too."""
        if not lines:
            return
        self.path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        with open(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644), "r+b") as file:
            content = file.read()
            file.truncate(content.rfind(b"\n") + 1)
            file.seek(0, os.SEEK_END)
            file.write("".join(f"{line}\n" for line in lines).encode())
            file.flush()
            os.fsync(file.fileno())
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
