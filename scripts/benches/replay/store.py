"""The stores that the benches of replay read: an empty Heartwood, and millions of plausible facts in it.

    with store() as wiring:
        fill(wiring.database, 1_000_000)

For each year of an agency with five workspaces there are some 335 facts in its own log and 600 batches of
usage in the other one, a batch of each workspace every three days. A real agency has many times more usage,
which is what costs least: `between=OFTEN` is a batch every six hours, 7,200 in a year. One agency in four
ends with its year. The years of 500 agencies at a time are mixed, as they would be if these had lived at
once.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from operator import itemgetter
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.sql import SQL, Identifier, Literal

from adapters.postgres.database import Database
from adapters.postgres.logs import AGENCY, LOGS, METERING, head
from adapters.postgres.server import EmbeddedServer
from scripts.benches.replay.year import SELDOM, Append, Year
from scripts.settings import Settings
from scripts.wiring import Wiring

AT_ONCE = 500  # agencies
ENDED = (False, False, False, True)
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CHUNK = 10_000  # lines of a COPY that are handed over at once

INDEX = """
    INSERT INTO event_index
    SELECT %(log)s, notification_id, append,
           (SELECT coalesce(max(leaf), -1) FROM event_index WHERE log = %(log)s)
               + row_number() OVER (ORDER BY notification_id),
           sha256('\\x00' || uuid_send(originator_id) || int8send(originator_version)
                  || int4send(octet_length(topic)) || topic::bytea || state),
           originator_id, originator_version, topic,
           coalesce(tree_id, workspace_id, originator_id), tree_id, workspace_id,
           said->>'actor', said->>'cause', said->>'story', (said->>'timestamp')::timestamptz
      FROM {events},
           LATERAL (SELECT convert_from(state, 'UTF8')::jsonb AS said) decoded,
           LATERAL (SELECT coalesce((said->>'tree_id')::uuid,
                                    CASE WHEN topic LIKE 'Tree.%%' THEN originator_id END) AS tree_id,
                           coalesce((said->>'workspace_id')::uuid,
                                    CASE WHEN topic LIKE 'Workspace.%%' THEN originator_id END)
                               AS workspace_id) about
     WHERE notification_id > %(after)s
"""
CONSTRAINTS = """
    SELECT conname AS name, pg_get_constraintdef(oid) AS made FROM pg_constraint
     WHERE conrelid = %s::regclass AND contype IN ('p', 'u')
"""
INDEXES = """
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS made FROM pg_index
     WHERE indrelid = %s::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


@contextmanager
def store() -> Iterator[Wiring]:
    """A server of its own with the schema of Heartwood, gone in the end."""
    with tempfile.TemporaryDirectory(prefix="heartwood-bench-", dir="/var/tmp") as directory:
        data = Path(directory) / "data"
        data.mkdir()
        place = data / "postgres"
        server = EmbeddedServer(place, password=secrets.token_hex(16), log=Path(directory) / "log")
        try:
            with server:
                wiring = Wiring(_settings(server.conninfo, data))
                wiring.create_schema()
                yield wiring
                wiring.database.close()
        finally:
            # Run by root, PostgreSQL keeps its files where it can reach them.
            shutil.rmtree(place.resolve(), ignore_errors=True)


def fill(database: Database, facts: int, *, indexed: bool = False, between: timedelta = SELDOM) -> int:
    """Add about so many facts to the two logs, with their leaves if asked; answers how many."""
    lives = [_Life.of(Year(between).pass_by(ends=ends)) for ends in ENDED]
    number = max(facts * len(lives) // sum(life.facts for life in lives), 1)
    with database.connect() as db:
        before = {log: head(db, log) for log in LOGS}
        with bare(db, [f"{log}_events" for log in LOGS]):
            _copy(db, islice(cycle(lives), number), dict(before))
        if indexed:
            with bare(db, ["event_index"]):
                for log in LOGS:
                    statement = SQL(INDEX).format(events=Identifier(f"{log}_events"))
                    db.execute(statement, {"log": log, "after": before[log]})
        added = sum(head(db, log) - before[log] for log in LOGS)
        for table in (*(f"{log}_events" for log in LOGS), "event_index"):
            db.execute(SQL("VACUUM ANALYZE {}").format(Identifier(table)))
    return added


@dataclass(frozen=True)
class _Line:
    """A fact without its position: a text with gaps, and which ids fill them."""

    text: str
    ids: Callable[[Sequence[str]], tuple[str, ...]]


@dataclass(frozen=True)
class _Life:
    """A year to be copied under other ids: its appends by log, and how many ids there are."""

    appends: dict[str, list[list[_Line]]]
    ids: int

    @property
    def facts(self) -> int:
        return sum(len(append) for log in self.appends.values() for append in log)

    @classmethod
    def of(cls, year: Year) -> _Life:
        known: dict[str, int] = {}

        def lines(append: Append) -> list[_Line]:
            return [_line(_text(fact), known) for fact in append]

        logs = {AGENCY: year.agency.appends, METERING: year.metered}
        return cls({log: [lines(one) for one in appends] for log, appends in logs.items()}, len(known))


def _text(fact: Any) -> str:
    state = fact.state.decode().replace("\\", "\\\\\\\\")  # for bytea, and for COPY
    return f"{fact.originator_id}\t{fact.originator_version}\t{fact.topic}\t{state}\n"


def _line(text: str, known: dict[str, int]) -> _Line:
    found = [known.setdefault(one, len(known)) for one in ID.findall(text)]
    return _Line(ID.sub("%s", text.replace("%", "%%")), itemgetter(*found))


def _copy(db: Connection[Any], lives: Iterable[_Life], at: dict[str, int]) -> None:
    lives = iter(lives)
    while group := [(life, _new_ids(life.ids)) for life in islice(lives, AT_ONCE)]:
        for log in LOGS:
            columns = "(notification_id, append, originator_id, originator_version, topic, state)"
            statement = SQL("COPY {} " + columns + " FROM STDIN").format(Identifier(f"{log}_events"))
            with db.cursor().copy(statement) as copy:
                lines = _mixed(group, log, at)
                while chunk := list(islice(lines, CHUNK)):
                    copy.write("".join(chunk))
            sequence = Literal(f"{log}_events_notification_id_seq")
            db.execute(SQL("SELECT setval({}, %s)").format(sequence), (at[log],))


def _mixed(group: list[tuple[_Life, list[str]]], log: str, at: dict[str, int]) -> Iterator[str]:
    """An append of each agency in turn, until all have come to their end."""
    for number in range(max(len(life.appends[log]) for life, _ in group)):
        for life, ids in group:
            append = life.appends[log][number : number + 1]
            first = at[log] + 1
            for line in append[0] if append else ():
                at[log] += 1
                yield f"{at[log]}\t{first}\t{line.text % line.ids(ids)}"


def _new_ids(number: int) -> list[str]:
    return [str(UUID(bytes=os.urandom(16), version=4)) for _ in range(number)]


@contextmanager
def bare(db: Connection[Any], tables: Sequence[str]) -> Iterator[None]:
    """Without indexes, which are made again in the end and not kept up for millions of rows, and without
    the row-level security of an owner, under which nothing can be copied."""
    made = []
    for table in tables:
        db.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        made.append(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        for one in db.execute(CONSTRAINTS, (table,)).fetchall():
            db.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{one["name"]}"')
            made.append(f'ALTER TABLE {table} ADD CONSTRAINT "{one["name"]}" {one["made"]}')
        for one in db.execute(INDEXES, (table,)).fetchall():
            db.execute(f"DROP INDEX {one['name']}")
            made.append(one["made"])
    yield
    for statement in made:
        db.execute(statement)


def _settings(database: str, data: Path) -> Settings:
    return Settings(
        data=data,
        database=database,
        url="http://localhost",
        demo=True,
        stripe_url="http://stripe.localhost",
        stripe_key="sk_test_bench",
        stripe_webhook_secret="whsec_bench",
    )
