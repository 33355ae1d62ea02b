"""Signed heads: when a log has grown, its new head is signed and kept, in the database and outside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import Connection

from adapters.postgres.database import Database
from adapters.postgres.locks import held
from adapters.postgres.logs import LOGS
from adapters.proof.lines import Lines
from adapters.proof.signing import Signing
from adapters.proof.stored import Fault, Stored
from adapters.proof.tables import add_head, create, heads_of, newest_of, put_tiles, tile_in
from domain import merkle
from domain.signed_head import SignedHead, said
from domain.tiles import Tiles, subtree

FILE = "heads.jsonl"


class NotSigned(Exception):
    """What would be signed is not what was signed before, or not what was stored; the message says where."""


class Heads:
    """`folder` is outside the database: who changes a log there does not reach the heads that lie here."""

    def __init__(
        self, database: Database, signing: Signing, folder: Path, clock: Callable[[], datetime]
    ) -> None:
        self.database = database
        self.signing = signing
        self.file = Lines(folder / FILE)
        self.clock = clock

    def create(self, db: Connection[Any]) -> None:
        create(db)

    def sign_all(self) -> dict[str, SignedHead]:
        """The newest head of each log that has any leaves."""
        found = {log: self.sign(log) for log in LOGS}
        return {log: head for log, head in found.items() if head}

    def sign(self, log: str) -> SignedHead | None:
        """The newest head, which is signed now if the log has grown; of an empty log there is none."""
        with held(self.database, "signing of heads"):
            self.signing.publish()
            newest = self._mend(log)
            return self._signed(log, newest) or newest

    def newest(self, db: Connection[Any], log: str) -> SignedHead | None:
        return newest_of(db, log)

    def _mend(self, log: str) -> SignedHead | None:
        """The newest head, once the file has those of which a crash kept it."""
        with self.database.reading() as db:
            heads = heads_of(db, log)
        there = set(self.file.read())
        known = {head.line() for head in heads}
        if stray := [line for line in there if _is_of(line, log) and line not in known]:
            raise NotSigned(
                f"{self.file.path} has a head of the log that the database does not have: {stray[0]}"
            )
        self.file.append([head.line() for head in heads if head.line() not in there])
        return heads[-1] if heads else None

    def _signed(self, log: str, newest: SignedHead | None) -> SignedHead | None:
        stored = Stored(self.database, log)
        with self.database.writing() as db:
            tiles = self._begin(db, stored, newest)
            for leaves in stored.leaves(stored.last(db)):
                put_tiles(db, log, tiles.grow(leaves))
            if stored.fault:
                raise NotSigned(_words(stored.fault))
            if (newest and tiles.size == newest.size) or not tiles.size:
                return None
            put_tiles(db, log, tiles.incomplete())
            root, at = tiles.root(), self.clock()
            key_id, signature = self.signing.sign(said(log, tiles.size, root, at))
            head = SignedHead(log=log, size=tiles.size, root=root, at=at, key_id=key_id, signature=signature)
            add_head(db, head)
        self.file.append([head.line()])
        return head

    def _begin(self, db: Connection[Any], stored: Stored, newest: SignedHead | None) -> Tiles:
        """Behind the newest head, if the hashes that were kept with it are still those that it signed."""
        if newest is None:
            return Tiles()
        tile = tile_in(db, stored.log)
        if merkle.root(newest.size, subtree(tile)) != newest.root or not self.signing.believes()(newest):
            raise NotSigned(
                f"the head of {newest.size} leaves of the log {stored.log} is not what was signed"
            )
        stored.begin_behind(db, newest.size)
        return Tiles.of(newest.size, tile)


def _is_of(line: str, log: str) -> bool:
    try:
        return SignedHead.of_line(line).log == log
    except ValueError:
        return False


def _words(fault: Fault) -> str:
    where = f", position {fault.position}" if fault.position else ""
    return f"log {fault.log}{where}: {fault.says}"
