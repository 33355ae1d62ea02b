"""Roots and proofs of a log, against the recursive definitions of RFC 6962."""

from __future__ import annotations

import random
from hashlib import sha256

import pytest

from domain import merkle

SIZES = [*range(1, 131), *(random.Random(6962).randrange(131, 5_000) for _ in range(12))]


def test_the_log_without_leaves_has_the_hash_of_nothing():
    assert merkle.root(0, _subtree([])) == merkle.Peaks().root() == sha256(b"").digest()


@pytest.mark.parametrize("size", SIZES)
def test_the_root_is_that_of_the_definition(size: int):
    leaves = _leaves(size)
    grown = merkle.Peaks()

    for leaf in leaves:
        grown.append(leaf)

    assert grown.root() == _root(leaves)
    assert merkle.root(size, _subtree(leaves)) == _root(leaves)
    assert merkle.Peaks.of(size, _subtree(leaves)).hashes == grown.hashes


@pytest.mark.parametrize("size", SIZES)
def test_each_leaf_is_shown_to_be_where_it_is_and_nowhere_else(size: int):
    leaves = _leaves(size)
    found, subtree = _root(leaves), _subtree(leaves)
    some = range(size) if size < 131 else random.Random(size).sample(range(size), 20)

    for index in some:
        path = merkle.inclusion(index, size, subtree)

        assert path == _path(index, leaves)
        assert merkle.includes(leaves[index], index, size, path, found)
        assert not merkle.includes(sha256(b"other").digest(), index, size, path, found)
        assert not merkle.includes(leaves[index], (index + 1) % size, size, path, found) or size == 1
        assert not merkle.includes(leaves[index], index, size, [*path, found], found)
        assert not path or not merkle.includes(leaves[index], index, size, path[:-1], found)
        assert not merkle.includes(leaves[index], size, size, path, found)


@pytest.mark.parametrize("new", SIZES)
def test_a_log_is_shown_to_begin_with_an_earlier_one(new: int):
    leaves = _leaves(new)
    new_root, subtree = _root(leaves), _subtree(leaves)
    some = range(1, new + 1) if new < 131 else random.Random(new).sample(range(1, new + 1), 20)

    for old in some:
        old_root = merkle.root(old, subtree)
        path = merkle.consistency(old, new, subtree)

        assert path == _consistency(old, leaves)
        assert merkle.extends(old, old_root, new, new_root, path)
        assert not merkle.extends(old, sha256(b"other").digest(), new, new_root, path)
        assert not merkle.extends(old, old_root, new, sha256(b"other").digest(), path)
        assert not merkle.extends(old, old_root, new, new_root, [*path, new_root])
        assert not path or not merkle.extends(old, old_root, new, new_root, path[:-1])


def test_a_known_answer_stays_the_same():
    """The inputs and the root that certificate transparency is tried with."""
    inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    leaves = [sha256(b"\x00" + bytes.fromhex(one)).digest() for one in inputs]

    found = merkle.root(8, _subtree(leaves))

    assert found.hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def _leaves(size: int) -> list[bytes]:
    return [sha256(b"\x00" + str(number).encode()).digest() for number in range(size)]


def _subtree(leaves: list[bytes]) -> merkle.Subtree:
    known: dict[tuple[int, int], bytes] = {}

    def subtree(level: int, number: int) -> bytes:
        if level == 0:
            return leaves[number]
        if (level, number) not in known:
            parts = subtree(level - 1, 2 * number), subtree(level - 1, 2 * number + 1)
            known[level, number] = sha256(b"\x01" + b"".join(parts)).digest()
        return known[level, number]

    return subtree


# As the RFC writes it, with nothing remembered but the roots of what was asked before.

_ROOTS: dict[bytes, bytes] = {}


def _root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    key = sha256(b"".join(leaves)).digest()
    if key not in _ROOTS:
        half = _half(len(leaves))
        _ROOTS[key] = sha256(b"\x01" + _root(leaves[:half]) + _root(leaves[half:])).digest()
    return _ROOTS[key]


def _path(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    half = _half(len(leaves))
    if index < half:
        return [*_path(index, leaves[:half]), _root(leaves[half:])]
    return [*_path(index - half, leaves[half:]), _root(leaves[:half])]


def _consistency(old: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [_root(leaves)]
    half = _half(len(leaves))
    if old <= half:
        return [*_consistency(old, leaves[:half], whole=whole), _root(leaves[half:])]
    return [*_consistency(old - half, leaves[half:], whole=False), _root(leaves[:half])]


def _half(count: int) -> int:
    half = 1
    while 2 * half < count:
        half *= 2
    return half
