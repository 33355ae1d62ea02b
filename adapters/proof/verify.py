"""Is everything in a log as it was signed, each event in its place, each head over the events before it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection

from adapters.postgres.database import Database
from adapters.proof.gaps import gap_in
from adapters.proof.head_checks import checked
from adapters.proof.lines import Lines
from adapters.proof.signing import Signing
from adapters.proof.stored import Fault, Stored
from adapters.proof.tables import heads_of, tile_in, tiles_at
from domain import merkle
from domain.signed_head import SignedHead
from domain.tiles import BITS, HASH_BYTES, WIDTH, Place, Tiles, subtree

Progress = Callable[[int, int], None]  # leaves read, leaves there are


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What came of a log; the first of its faults is the first bad event, if an event is bad."""

    log: str
    events: int
    heads: int
    newest: SignedHead | None
    faults: list[Fault]
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.faults


def verify(database: Database, signing: Signing, file: Lines, log: str, progress: Progress) -> Verified:
    """Read all of a log. What is appended meanwhile is left for the next time."""
    lines = file.read()  # first: each of its heads is in the table before
    with database.reading() as db:
        heads = heads_of(db, log)
        upto, there = Stored(database, log).last(db), _leaves_in(db, log)
    of_heads = checked(log, heads, lines, signing)
    reading = _Reading(database, log, of_heads.signed)
    for size in reading.read(upto):
        progress(min(size, there), there)
    gap = gap_in(database, log)
    return Verified(
        log=log,
        events=reading.tiles.size,
        heads=len(heads),
        newest=heads[-1] if heads else None,
        faults=[*reading.faults, *of_heads.faults, *filter(None, (gap, reading.fault_of_tiles))],
        notes=of_heads.notes,
    )


class _Reading:
    """The log is hashed again, and held against the heads and the hashes that were kept for proofs."""

    def __init__(self, database: Database, log: str, signed: Sequence[SignedHead]) -> None:
        self.database = database
        self.log = log
        self.due = sorted(signed, key=lambda head: head.size)  # not reached yet
        self.over = self.due[-1] if self.due else None
        self.stored = Stored(database, log)
        self.tiles = Tiles()
        self.good = 0  # the size of the last head that agreed
        self.faults: list[Fault] = []
        self.fault_of_tiles: Fault | None = None

    def read(self, upto: int) -> Iterator[int]:
        for leaves in self.stored.leaves(upto):
            self._take(leaves)
            yield self.tiles.size
            if self.faults:
                return
        self._end()

    def _take(self, leaves: list[bytes]) -> None:
        """Up to each head in turn, so that its root is compared with that of exactly its leaves."""
        start = 0
        while start < len(leaves):
            stop = len(leaves)
            if self.due and self.due[0].size - self.tiles.size < stop - start:
                stop = start + self.due[0].size - self.tiles.size
            complete = self.tiles.grow(leaves[start:stop])
            if self._differs_from_kept(complete) or self._differs_from_heads():
                return
            start = stop

    def _differs_from_heads(self) -> bool:
        while self.due and self.due[0].size <= self.tiles.size:
            head = self.due.pop(0)
            if self.tiles.root() != head.root:
                self._differs_from_kept(self.tiles.incomplete())
                if not self.faults:
                    self.faults.append(self._between(head))
                return True
            self.good = head.size
        return False

    def _between(self, head: SignedHead) -> Fault:
        says = (
            f"the head of {head.size} leaves has another root: one of the leaves from {self.good} to"
            f" {head.size - 1} is not what was signed, or the head is not"
        )
        return Fault(log=self.log, kind="root", says=says, leaf=self.good)

    def _end(self) -> None:
        if self._differs_from_kept(self.tiles.incomplete()):
            return
        if self.stored.fault:
            self.faults.append(self.stored.fault)
        elif self.due:
            self.faults.append(self._short(self.due[-1]))

    def _short(self, head: SignedHead) -> Fault:
        """If the kept hashes agree as far as the log goes, it is the end that is gone; else, who knows."""
        size = self.tiles.size
        says = f"the log has {size} leaves and a signed head over {head.size}: "
        if self.fault_of_tiles is None:
            says += "its end is gone, from this leaf on"
            return Fault(log=self.log, kind="removed", says=says, leaf=size)
        says += "what is gone may be any leaf from this one on"
        return Fault(log=self.log, kind="removed", says=says, leaf=self.good)

    # The hashes that were kept for proofs are a second opinion: they tell which leaf it was.

    def _differs_from_kept(self, tiles: Sequence[tuple[Place, bytes]]) -> bool:
        if self.over is None or not tiles:
            return False
        with self.database.reading() as db:
            kept = tiles_at(db, self.log, [place for place, _ in tiles])
            for place, hashes in tiles:
                level, number = place
                count = min(WIDTH, (self.over.size >> BITS * level) - number * WIDTH)
                mine = hashes[: max(count, 0) * HASH_BYTES]
                if not kept.get(place, b"").startswith(mine) and self._is_bad(db, place, mine, kept):
                    return True
        return False

    def _is_bad(self, db: Connection[Any], place: Place, mine: bytes, kept: dict[Place, bytes]) -> bool:
        """Whether an event is bad; if a signed head does not vouch for what was kept, that is."""
        level, number = place
        hashes = kept.get(place, b"")
        leaf = number * WIDTH + _first_other(mine, hashes)
        if level == 0 and self._is_vouched_for(db, leaf, hashes):
            position = _position_of(db, self.log, leaf)
            says = f"leaf {leaf} is not the event that was signed there"
            self.faults.append(self.stored.told("replaced", says, position=position))
            return True
        says = f"the hashes kept for proofs are damaged: level {level}, number {number} (proof_tiles)"
        self.fault_of_tiles = self.fault_of_tiles or Fault(log=self.log, kind="tiles", says=says)
        return False

    def _is_vouched_for(self, db: Connection[Any], leaf: int, hashes: bytes) -> bool:
        assert self.over is not None
        start = leaf % WIDTH * HASH_BYTES
        kept = hashes[start : start + HASH_BYTES]
        path = merkle.inclusion(leaf, self.over.size, subtree(tile_in(db, self.log)))
        return merkle.includes(kept, leaf, self.over.size, path, self.over.root)


def _first_other(mine: bytes, kept: bytes) -> int:
    starts = range(0, len(mine), HASH_BYTES)
    return next(
        (start // HASH_BYTES for start in starts if mine[start:][:HASH_BYTES] != kept[start:][:HASH_BYTES]), 0
    )


def _position_of(db: Connection[Any], log: str, leaf: int) -> int:
    row = db.execute("SELECT position FROM event_index WHERE log = %s AND leaf = %s", (log, leaf)).fetchone()
    return int(row["position"]) if row else 0


def _leaves_in(db: Connection[Any], log: str) -> int:
    row = db.execute("SELECT heartwood_last_leaf('event_index', %s) + 1 AS leaves", (log,)).fetchone()
    return int(row["leaves"]) if row else 0
