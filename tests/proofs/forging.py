"""What somebody who can write to the database could do to a log, and how it is undone again."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from adapters.postgres.logs import LOGS
from adapters.proof.verify import Verified, verify
from scripts.cli.check_queries import LEAF_HASH
from tests.house import House

TABLES = ("agency_events", "metering_events", "event_index", "proof_heads", "proof_tiles")
COLUMNS = {
    "state": "state",
    "topic": "topic",
    "stream": "originator_id",
    "version": "originator_version",
}
REFUSED = (psycopg.errors.DataError, psycopg.errors.IntegrityError)


@dataclass(frozen=True)
class Flip:
    """One bit of a column of a stored event."""

    log: str
    position: int
    column: str
    bit: int

    def __str__(self) -> str:
        return f"bit {self.bit} of {self.column} at {self.log} {self.position}"


class Forger:
    """Acts upon the events of a house as the owner of its tables, and takes it back."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.events = {log: self._rows(f"SELECT * FROM {log}_events ORDER BY 5") for log in LOGS}

    def verify(self, log: str) -> Verified:
        wiring = self.house.wiring
        return verify(self.house.database, wiring.signing, wiring.heads.file, log, lambda *_: None)

    def flips(self, chance: random.Random, count: int) -> Iterator[Flip]:
        """As many in each column; in an event, each bit is as likely as any other of its column."""
        rows = [(log, row) for log in LOGS for row in self.events[log]]
        for number in range(count):
            log, row = chance.choice(rows)
            column = list(COLUMNS)[number % len(COLUMNS)]
            bits = 8 * len(_bytes(row[COLUMNS[column]]))
            yield Flip(log, row["notification_id"], column, chance.randrange(bits))

    def flip(self, flip: Flip) -> dict[str, Any] | None:
        """The event as it was; None if PostgreSQL would not store it."""
        row = next(row for row in self.events[flip.log] if row["notification_id"] == flip.position)
        name = COLUMNS[flip.column]
        try:
            self.sql(
                f"UPDATE {flip.log}_events SET {name} = %s WHERE notification_id = %s",
                (_flipped(row[name], flip.bit), flip.position),
            )
        except (*REFUSED, UnicodeDecodeError):
            return None
        return row

    def unflip(self, flip: Flip, row: dict[str, Any]) -> None:
        name = COLUMNS[flip.column]
        self.sql(
            f"UPDATE {flip.log}_events SET {name} = %s WHERE notification_id = %s", (row[name], flip.position)
        )

    @contextmanager
    def forged(self, *statements: str) -> Iterator[None]:
        """As long as it lasts, the statements have been carried out."""
        before = {table: self._rows(f"SELECT * FROM {table}") for table in TABLES}
        try:
            for statement in statements:
                self.sql(statement)
            yield
        finally:
            with self.house.database.writing() as db:
                for table, rows in before.items():
                    db.execute(f"DELETE FROM {table}")
                    _insert(db, table, rows)

    def sql(self, statement: str, given: Sequence[object] | None = None) -> None:
        with self.house.database.connection() as db:
            db.execute(statement, given)

    def _rows(self, query: str) -> list[dict[str, Any]]:
        with self.house.database.connection() as db:
            return db.execute(query).fetchall()


def listed_anew(log: str) -> tuple[str, ...]:
    """What a thorough forger does: the list of the events is made to agree with what is stored now."""
    return (
        f"DELETE FROM event_index WHERE log = '{log}'",
        f"""
        INSERT INTO event_index
        SELECT '{log}', e.notification_id, e.append, row_number() OVER (ORDER BY notification_id) - 1,
               {LEAF_HASH}, e.originator_id, e.originator_version, e.topic, e.originator_id, NULL, NULL,
               'clock', '', '', now()
          FROM {log}_events e
        """,
    )


def _insert(db: Any, table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        marks = ", ".join(["%s"] * len(rows[0]))
        with db.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", [list(row.values()) for row in rows])


def _bytes(value: Any) -> bytes:
    if isinstance(value, int):
        return value.to_bytes(8, "big", signed=True)
    if isinstance(value, str):
        return value.encode()
    return value if isinstance(value, bytes) else value.bytes


def _flipped(value: Any, bit: int) -> Any:
    found = bytearray(_bytes(value))
    found[bit // 8] ^= 1 << bit % 8
    if isinstance(value, int):
        return int.from_bytes(found, "big", signed=True)
    if isinstance(value, str):
        return found.decode()
    return bytes(found) if isinstance(value, bytes) else type(value)(bytes=bytes(found))
