"""Tiles hold what roots and paths need, however a log has grown."""

from __future__ import annotations

import random
from hashlib import sha256

import pytest

from domain import merkle, tiles
from domain.tiles import TILE_BYTES, WIDTH, Place, Tiles

SIZES = [0, 1, 31, 32, 33, 63, 64, 100, 1_023, 1_024, 1_025, 1_057, 2_500, 33_000]


@pytest.mark.parametrize("size", SIZES)
def test_a_log_that_grew_by_chance_has_the_root_and_the_paths_of_the_definition(size: int):
    chance = random.Random(size)
    leaves = [sha256(str(number).encode()).digest() for number in range(size)]
    stored: dict[Place, bytes] = {}
    peaks = merkle.Peaks()

    grown = Tiles()
    while grown.size < size:
        some = leaves[grown.size : grown.size + chance.choice([1, 5, WIDTH, 700, 5_000])]
        grown = Tiles.of(grown.size, stored.__getitem__)
        stored |= dict(grown.grow(some)) | dict(grown.incomplete())
    for leaf in leaves:
        peaks.append(leaf)

    subtree = tiles.subtree(stored.__getitem__)
    assert grown.root() == peaks.root() == merkle.root(size, subtree)
    assert all(0 < len(tile) <= TILE_BYTES for tile in stored.values())
    for index in chance.sample(range(size), min(size, 20)):
        assert merkle.includes(
            leaves[index], index, size, merkle.inclusion(index, size, subtree), grown.root()
        )


def test_what_has_grown_since_changes_nothing_that_was_shown_before():
    leaves = [sha256(str(number).encode()).digest() for number in range(3_000)]
    stored: dict[Place, bytes] = {}
    log = Tiles()

    stored |= dict(log.grow(leaves)) | dict(log.incomplete())

    subtree = tiles.subtree(stored.__getitem__)
    for size in (1, 40, 999, 1_024, 2_999):
        peaks = merkle.Peaks()
        for leaf in leaves[:size]:
            peaks.append(leaf)
        assert merkle.root(size, subtree) == peaks.root()
        path = merkle.consistency(size, 3_000, subtree)
        assert merkle.extends(size, peaks.root(), 3_000, log.root(), path)
