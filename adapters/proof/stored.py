"""The leaves of a log from its stored rows, hashed again and held against what was listed of them.

A log is only added to, so it is read in parts, each in a snapshot of its own: nobody waits for its reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from adapters.postgres.database import Database

POSITIONS_AT_ONCE = 20_000
BEFORE_ALL = -(2**63)  # positions begin with 1, but whoever slips something in need not

FIRST = """
    SELECT least((SELECT min(notification_id) FROM {events} WHERE notification_id >= %(since)s),
                 (SELECT min(position) FROM event_index WHERE log = %(log)s AND position >= %(since)s))
"""
LAST = """
    SELECT greatest((SELECT max(notification_id) FROM {events}),
                    (SELECT max(position) FROM event_index WHERE log = %(log)s), 0) AS position
"""
# The leaf is hashed over exactly this; see decision 0006.
ROWS = """
    SELECT coalesce(e.notification_id, i.position) AS at, i.leaf, i.leaf_hash,
           (i.stream, i.version, i.topic, i.append)
           IS NOT DISTINCT FROM (e.originator_id, e.originator_version, e.topic, e.append),
           '\\x00'::bytea || uuid_send(e.originator_id) || int8send(e.originator_version)
           || int4send(octet_length(convert_to(e.topic, 'UTF8'))) || convert_to(e.topic, 'UTF8') || e.state
      FROM (SELECT * FROM {events} WHERE notification_id BETWEEN %(first)s AND %(last)s) e
      FULL JOIN (SELECT * FROM event_index WHERE log = %(log)s AND position BETWEEN %(first)s AND %(last)s) i
        ON i.position = e.notification_id
     ORDER BY at
"""
NAMED = """
    SELECT i.leaf, coalesce(i.stream, e.originator_id) AS stream,
           coalesce(i.version, e.originator_version) AS version, coalesce(i.topic, e.topic) AS topic
      FROM (SELECT * FROM {events} WHERE notification_id = %(position)s) e
      FULL JOIN (SELECT * FROM event_index WHERE log = %(log)s AND position = %(position)s) i ON true
"""
Row = tuple[int, int | None, bytes | None, bool, bytes | None]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """The first thing of a log that is not as it was signed or listed, as exactly as it can be told."""

    log: str
    kind: str
    says: str
    leaf: int | None = None
    position: int | None = None
    stream: UUID | None = None
    version: int | None = None
    topic: str | None = None


class Stored:
    """One log. Reading goes on behind what was read last."""

    def __init__(self, database: Database, log: str) -> None:
        self.database = database
        self.log = log
        self.fault: Fault | None = None
        self.leaf = 0  # the next
        self.since = BEFORE_ALL  # the position from which on nothing was read yet

    def last(self, db: Connection[Any]) -> int:
        """The position behind which a log has not grown yet."""
        row = db.execute(self._asked(LAST), {"log": self.log}).fetchone()
        return int(row["position"]) if row else 0

    def begin_behind(self, db: Connection[Any], size: int) -> None:
        """Go on behind so many leaves, which were read before."""
        row = db.execute(
            "SELECT position FROM event_index WHERE log = %s AND leaf = %s", (self.log, size - 1)
        ).fetchone()
        if row is None:
            says = f"leaf {size - 1} is not there any more"
            self.fault = Fault(log=self.log, kind="removed", says=says, leaf=size - 1)
            return
        self.leaf, self.since = size, int(row["position"]) + 1

    def leaves(self, upto: int) -> Iterator[list[bytes]]:
        """Leaf hashes, in parts, until the position or the first fault; what came before it is told still."""
        while self.fault is None and self.since <= upto and (rows := self._rows(upto)):
            yield self._hashed(rows)

    def _rows(self, upto: int) -> list[Row]:
        with self.database.reading() as db:
            db.execute("SET LOCAL work_mem = '64MB'")
            cursor = db.cursor(row_factory=tuple_row, binary=True)
            given = {"log": self.log, "since": self.since}
            found = cursor.execute(self._asked(FIRST), given).fetchone()
            first = found[0] if found else None
            if first is None or first > upto:
                return []
            given |= {"first": first, "last": min(first + POSITIONS_AT_ONCE - 1, upto)}
            return cursor.execute(self._asked(ROWS), given).fetchall()

    def _hashed(self, rows: list[Row]) -> list[bytes]:
        found: list[bytes] = []
        due = self.leaf
        for row in rows:
            position, leaf, listed, agrees, content = row
            if content is None or leaf != due or not agrees or sha256(content).digest() != listed:
                self.fault = self._fault(row, due)
                break
            found.append(listed)
            due += 1
            self.since = position + 1
        self.leaf = due
        return found

    def _fault(self, row: Row, due: int) -> Fault:
        position, leaf, listed, _, content = row
        if content is None:
            return self.told("removed", "this event is listed and is not there", position=position)
        if leaf is None:
            return self.told("inserted", "this event is there and is not listed", position=position)
        if sha256(content).digest() != listed:
            return self.told("altered", "this event is not as it was when it was listed", position=position)
        if leaf == due:
            return self.told("listed", "what is listed of this event is not what it says", position=position)
        if leaf > due:
            says = f"leaf {due} is not there any more, nor what was listed of it; next comes {leaf}"
            return Fault(log=self.log, kind="removed", says=says, leaf=due, position=position)
        return self.told(
            "inserted", f"this event is listed as leaf {leaf}, where {due} is due", position=position
        )

    def told(self, kind: str, says: str, *, position: int) -> Fault:
        """A fault of an event, which is named as the list names it, or else as it names itself."""
        with self.database.reading() as db:
            given = {"log": self.log, "position": position}
            row = db.execute(self._asked(NAMED), given).fetchone()
        return Fault(log=self.log, kind=kind, says=says, position=position, **(row or {}))

    def _asked(self, query: str) -> Any:
        return SQL(query).format(events=Identifier("public", f"{self.log}_events"))
