"""How the leaves of a log hang together: roots and proofs in the manner of RFC 6962, section 2.1.

A log is the tree over its first `size` leaves. Hashes that are there already are asked for by the level and
number of a complete subtree: of level 3, number 2 is the one over the leaves 16 to 23; of level 0, a leaf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256().digest()

Subtree = Callable[[int, int], bytes]  # level, number


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Peaks:
    """A log that grows leaf by leaf: no more is kept than the complete subtrees, the largest first."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)
        assert len(self.hashes) == size.bit_count()

    @classmethod
    def of(cls, size: int, subtree: Subtree) -> Peaks:
        return cls(size, (subtree(*place) for place in complete(0, size)))

    def append(self, leaf: bytes) -> None:
        merged, rest = leaf, self.size
        while rest & 1:
            merged, rest = node(self.hashes.pop(), merged), rest >> 1
        self.hashes.append(merged)
        self.size += 1

    def root(self) -> bytes:
        return _folded(self.hashes)


def complete(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees that the leaves from `start` to before `end` consist of, the largest first."""
    while start < end:
        level = (end - start).bit_length() - 1
        assert start % (1 << level) == 0, "not a part of any tree"
        yield level, start >> level
        start += 1 << level


def root(size: int, subtree: Subtree) -> bytes:
    return _over(0, size, subtree)


def inclusion(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The path by which a leaf leads to the root, from the leaf upwards."""
    assert 0 <= index < size
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _left(end - start)
        if index < middle:
            path.append(_over(middle, end, subtree))
            end = middle
        else:
            path.append(_over(start, middle, subtree))
            start = middle
    return path[::-1]


def consistency(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """What shows that a log of `new` leaves begins with that of `old` leaves."""
    assert 0 < old <= new
    path, start, end, whole = [], 0, new, True  # whether all of the old log lies in what is left
    while old != end:
        middle = start + _left(end - start)
        if old <= middle:
            path.append(_over(middle, end, subtree))
            end = middle
        else:
            path.append(_over(start, middle, subtree))
            start, whole = middle, False
    return ([] if whole else [_over(start, end, subtree)]) + path[::-1]


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a path leads from a leaf to a root."""
    if not 0 <= index < size:
        return False
    here, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node(step, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = node(found, step)
        here, last = here >> 1, last >> 1
    return last == 0 and found == root


def extends(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether a path shows that the log with the new root begins with the one that has the old root."""
    if old == new or not 0 < old < new:
        return old == new and old_root == new_root and not path
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    steps = [old_root, *path] if here == 0 else list(path)
    if not steps:
        return False
    of_old = of_new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            of_old, of_new = node(step, of_old), node(step, of_new)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            of_new = node(of_new, step)
        here, last = here >> 1, last >> 1
    return last == 0 and of_old == old_root and of_new == new_root


def _left(count: int) -> int:
    """How many of so many leaves are on the left: the largest power of two that is less."""
    return 1 << ((count - 1).bit_length() - 1)


def _over(start: int, end: int, subtree: Subtree) -> bytes:
    return _folded([subtree(*place) for place in complete(start, end)])


def _folded(hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees, the largest first."""
    if not hashes:
        return EMPTY_ROOT
    found = hashes[-1]
    for one in reversed(hashes[:-1]):
        found = node(one, found)
    return found
