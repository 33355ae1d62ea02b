"""The tables of proof: signed heads, and the hashes that paths are made of; neither tells of any fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from psycopg import Connection

from domain.merkle import inclusion
from domain.signed_head import SignedHead
from domain.tiles import Place, Tile, place_of, subtree

HEADS = """
    CREATE TABLE proof_heads (
        log       text NOT NULL,
        size      bigint NOT NULL,
        root      bytea NOT NULL,
        at        timestamptz NOT NULL,
        key_id    text NOT NULL,
        signature bytea NOT NULL,
        PRIMARY KEY (log, size)
    )
"""
TILES = """
    CREATE TABLE proof_tiles (
        log    text NOT NULL,
        level  smallint NOT NULL,
        number bigint NOT NULL,
        hashes bytea NOT NULL,
        PRIMARY KEY (log, level, number)
    )
"""
LEAVES_AT_ONCE = 1_000


def create(db: Connection[Any]) -> None:
    db.execute(HEADS)
    db.execute(TILES)


# Heads.


def heads_of(db: Connection[Any], log: str) -> list[SignedHead]:
    """The smallest first."""
    rows = db.execute("SELECT * FROM proof_heads WHERE log = %s ORDER BY size", (log,))
    return [SignedHead(**row) for row in rows]


def newest_of(db: Connection[Any], log: str) -> SignedHead | None:
    row = db.execute("SELECT * FROM proof_heads WHERE log = %s ORDER BY size DESC LIMIT 1", (log,)).fetchone()
    return SignedHead(**row) if row else None


def head_at(db: Connection[Any], log: str, size: int) -> SignedHead | None:
    row = db.execute("SELECT * FROM proof_heads WHERE log = %s AND size = %s", (log, size)).fetchone()
    return SignedHead(**row) if row else None


def add_head(db: Connection[Any], head: SignedHead) -> None:
    db.execute(
        "INSERT INTO proof_heads VALUES (%s, %s, %s, %s, %s, %s)",
        (head.log, head.size, head.root, head.at, head.key_id, head.signature),
    )


# Tiles.


def put_tiles(db: Connection[Any], log: str, tiles: Sequence[tuple[Place, bytes]]) -> None:
    """The last of each level is put again and again until it is full."""
    if tiles:
        levels, numbers = zip(*(place for place, _ in tiles), strict=True)
        db.execute(
            "INSERT INTO proof_tiles SELECT %s, level, number, hashes"
            " FROM unnest(%b::smallint[], %b::bigint[], %b::bytea[]) AS tile (level, number, hashes)"
            " ON CONFLICT (log, level, number) DO UPDATE SET hashes = excluded.hashes",
            (log, list(levels), list(numbers), [hashes for _, hashes in tiles]),
        )


def tiles_at(db: Connection[Any], log: str, places: Iterable[Place]) -> dict[Place, bytes]:
    """Those of them that there are."""
    wanted = list(places)
    rows = db.execute(
        "SELECT level, number, hashes FROM proof_tiles"
        " JOIN unnest(%b::smallint[], %b::bigint[]) AS wanted (level, number) USING (level, number)"
        " WHERE log = %s",
        ([level for level, _ in wanted], [number for _, number in wanted], log),
    )
    return {(row["level"], row["number"]): row["hashes"] for row in rows}


def tile_in(db: Connection[Any], log: str) -> Tile:
    """One at a time; of one that is not there, no hashes."""

    def tile(place: Place) -> bytes:
        return tiles_at(db, log, [place]).get(place, b"")

    return tile


def paths(db: Connection[Any], log: str, leaves: Sequence[int], size: int) -> Mapping[int, list[bytes]]:
    """How each of these leaves leads to the root of a head of that size; few questions for many leaves."""
    found: dict[int, list[bytes]] = {}
    for start in range(0, len(leaves), LEAVES_AT_ONCE):
        some = leaves[start : start + LEAVES_AT_ONCE]
        tiles = tiles_at(db, log, _needed(some, size))
        hashes = cache(subtree(tiles.__getitem__))  # neighbours share most of their paths
        found |= {leaf: inclusion(leaf, size, hashes) for leaf in some}
    return found


def _needed(leaves: Iterable[int], size: int) -> set[Place]:
    places: set[Place] = set()

    def note(level: int, number: int) -> bytes:
        places.add(place_of(level, number))
        return b""

    for leaf in leaves:
        inclusion(leaf, size, note)
    return places
