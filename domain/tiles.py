"""The hashes of a log in rows of 32, so that any leaf of a long log is shown by reading a few of them.

A tile of level 0 holds leaves; each hash of a tile of the next level stands for a complete tile below it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256

from domain.merkle import EMPTY_ROOT, Subtree, complete, node

BITS = 5
WIDTH = 1 << BITS  # hashes in a tile
HASH_BYTES = 32
TILE_BYTES = WIDTH * HASH_BYTES

Place = tuple[int, int]  # level, number
Tile = Callable[[Place], bytes]  # the hashes of a tile; of the last of a level, those that there are


class Tiles:
    """A log that grows by many leaves at once; of each level, the hashes that fill no tile yet are kept."""

    def __init__(self, size: int = 0, rest: Iterable[bytes] = ()) -> None:
        self.size = size
        self.rest = list(rest)

    @classmethod
    def of(cls, size: int, tile: Tile) -> Tiles:
        """A log that is there already."""
        found = cls(size)
        for level, number, count in _last(size):
            found.rest.append(tile((level, number))[: count * HASH_BYTES] if count else b"")
        return found

    def grow(self, leaves: Iterable[bytes]) -> list[tuple[Place, bytes]]:
        """Append leaves; the tiles that got complete."""
        done: list[tuple[Place, bytes]] = []
        level, hashes, size = 0, b"".join(leaves), self.size
        self.size += len(hashes) // HASH_BYTES
        while hashes:
            if level == len(self.rest):
                self.rest.append(b"")
            hashes = self.rest[level] + hashes
            number, whole = size >> BITS * (level + 1), len(hashes) - len(hashes) % TILE_BYTES
            filled = [hashes[start : start + TILE_BYTES] for start in range(0, whole, TILE_BYTES)]
            done += [((level, number + index), tile) for index, tile in enumerate(filled)]
            self.rest[level] = hashes[whole:]
            level, hashes = level + 1, b"".join(map(over, filled))
        return done

    def incomplete(self) -> list[tuple[Place, bytes]]:
        """The last tile of each level, where it is not full."""
        return [((level, number), self.rest[level]) for level, number, count in _last(self.size) if count]

    def root(self) -> bytes:
        found = b""
        for row in self.rest:
            parts = list(complete(0, len(row) // HASH_BYTES))
            for level, number in reversed(parts):
                start, length = (number << level) * HASH_BYTES, HASH_BYTES << level
                part = over(row[start : start + length])
                found = node(part, found) if found else part
        return found or EMPTY_ROOT


def subtree(tile: Tile) -> Subtree:
    """The hash of any complete subtree, asked of the tiles."""

    def found(level: int, number: int) -> bytes:
        within = level % BITS
        start = (number << within) % WIDTH * HASH_BYTES
        return over(tile(place_of(level, number))[start : start + (HASH_BYTES << within)])

    return found


def place_of(level: int, number: int) -> Place:
    """In which tile the hash of a complete subtree is to be found."""
    return level // BITS, number >> BITS - level % BITS


def over(hashes: bytes) -> bytes:
    """The root over one hash, or two, or four, and so on."""
    while len(hashes) > HASH_BYTES:
        hashes = b"".join(
            [sha256(b"\x01" + hashes[start : start + 64]).digest() for start in range(0, len(hashes), 64)]
        )
    return hashes


def _last(size: int) -> Iterable[tuple[int, int, int]]:
    """Of each level: the tile that is being filled, and how many hashes are in it."""
    level = 0
    while size:
        yield level, size >> BITS, size % WIDTH
        level, size = level + 1, size >> BITS
