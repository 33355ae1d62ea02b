"""A zip that is handed on while it is written, so that it never lies anywhere as a whole."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime

READABLE = 0o644 << 16


class Taken:
    """Where a zip writes to; it cannot go back, and what was written is taken away at once."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self.parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        parts, self.parts = self.parts, []
        return b"".join(parts)


class Zipped:
    """`files` tells the length and SHA-256 of those that are in it by now."""

    def __init__(self, at: datetime) -> None:
        self.files: dict[str, dict[str, int | str]] = {}
        self._at = at.timetuple()[:6]
        self._out = Taken()
        self._zip = zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED)  # type: ignore[call-overload]

    def add(self, name: str, parts: Iterable[bytes]) -> Iterator[bytes]:
        info = zipfile.ZipInfo(name, self._at)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = READABLE
        digest, length = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as file:
            for part in parts:
                file.write(part)
                digest.update(part)
                length += len(part)
                if taken := self._out.take():
                    yield taken
        self.files[name] = {"bytes": length, "sha256": digest.hexdigest()}
        yield self._out.take()

    def end(self) -> Iterator[bytes]:
        self._zip.close()
        yield self._out.take()
