"""Which fact changed which row: the past is fed fact by fact, and its own tables note what each one changed.

    with noting.tables(tenants) as db:
        noting.feed(db, facts)                 # many at once; nobody notes anything
        changes = noting.feed_noted(db, more)  # one after the other
        noting.rows(db)                        # as they are by then

A trigger notes old and new row, so what changed a field is known exactly, whatever a projection does: rows
that are written anew by each fact, and fields that come back to what they were, too.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow

from adapters.postgres.database import Database
from adapters.postgres.logs import LOGS, fact_of
from adapters.postgres.naming import Named
from adapters.postgres.past import ASIDE, BEGIN, ONLY_ASIDE, PAGE, SECONDS_MAX, Shown
from domain.changes import Change, Row
from domain.fact import Fact
from domain.moments import NotTold

NOTED_MAX = 20_000  # facts between two moments that one comparison follows
AT_ONCE = 500  # facts in one message
TOO_LONG = "the history is too long to be compared"

NOTE = """
    CREATE TEMP TABLE noted (number bigserial PRIMARY KEY, fact integer NOT NULL, of_table text NOT NULL,
        before jsonb, after jsonb) ON COMMIT DROP;
    CREATE FUNCTION pg_temp.noting() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('heartwood.noting', true) <> '' THEN
            INSERT INTO pg_temp.noted (fact, of_table, before, after) VALUES (
                current_setting('heartwood.noting')::integer, TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW));
        END IF;
        RETURN NULL;
    END $$
"""
WATCH = (
    "CREATE TRIGGER noting AFTER INSERT OR UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION pg_temp.noting()"
)
BY_NOW = "SELECT set_config('heartwood.noting', %s, true)"
KEYS = """
    SELECT c.relname AS name, array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum))
           AS columns
      FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey::int2[])
     WHERE i.indisprimary AND c.relnamespace = pg_my_temp_schema() GROUP BY c.relname
"""


class Noting:
    """`compared` are the projections whose rows are held side by side."""

    def __init__(self, database: Database, compared: Sequence[Shown]) -> None:
        self.database = database
        self.compared = compared
        self.names = [table for projection in compared for table in projection.tables]

    @contextmanager
    def tables(self, tenants: Iterable[UUID]) -> Iterator[Connection[DictRow]]:
        """Empty ones, in a transaction in which nothing but them can be changed."""
        with self.database.connection() as db:
            db.execute("; ".join((BEGIN, ASIDE, *Named(tenants=tenants).statements)))
            try:
                db.execute(NOTE)  # several statements go without a pipeline only
                with db.pipeline():
                    for projection in self.compared:
                        projection.create_tables(db)
                    for table in self.names:
                        db.execute(WATCH.format(table=table))
                    db.execute(ONLY_ASIDE)
                yield db
            finally:
                if not db.closed and not db.broken:
                    db.execute("ROLLBACK")

    def facts(self, db: Connection[DictRow], log: str, after: int, upto: int) -> Iterator[Fact]:
        """What a log holds of those who are named, in order."""
        ends = time.monotonic() + SECONDS_MAX
        while after < upto:
            if time.monotonic() > ends:
                raise NotTold(TOO_LONG)
            rows = db.execute(
                "SELECT * FROM heartwood_past(%s, %s, %s, %s)", (log, after, upto, PAGE)
            ).fetchall()
            yield from (fact_of(log, row) for row in rows if row["own"])
            after = rows[-1]["notification_id"] if len(rows) == PAGE else upto

    def feed(self, db: Connection[DictRow], facts: Iterable[Fact]) -> None:
        """Many at once, a page of them in memory."""
        ends, facts = time.monotonic() + SECONDS_MAX, iter(facts)
        while page := list(islice(facts, PAGE)):
            self._apply(db, page)
            if time.monotonic() > ends:
                raise NotTold(TOO_LONG)

    @contextmanager
    def aside(self, db: Connection[DictRow]) -> Iterator[None]:
        """Whatever is fed meanwhile is taken back."""
        with db.transaction(force_rollback=True):
            yield

    def feed_noted(self, db: Connection[DictRow], facts: Sequence[Fact]) -> list[Change]:
        """One after the other; what they changed, in order."""
        if len(facts) > NOTED_MAX:
            raise NotTold(f"more than {NOTED_MAX:,} facts lie between the two moments; choose closer ones")
        ends = time.monotonic() + SECONDS_MAX
        db.execute("DELETE FROM noted")
        for first in range(0, len(facts), AT_ONCE):
            with db.pipeline():
                for number, fact in enumerate(facts[first : first + AT_ONCE], start=first):
                    db.execute(BY_NOW, (str(number),))
                    for projection in self._followers(fact):
                        projection.apply(db, [fact])
                db.execute(BY_NOW, ("",))
            if time.monotonic() > ends:
                raise NotTold("too much lies between the two moments; choose closer ones")
        noted = db.execute("SELECT fact, of_table, before, after FROM noted ORDER BY number").fetchall()
        return list(_of_each(facts, noted, self.keys(db)))

    def rows(self, db: Connection[DictRow]) -> dict[str, list[Row]]:
        return {
            table: [row["row"] for row in db.execute(f"SELECT to_jsonb(t) AS row FROM {table} t")]
            for table in self.names
        }

    def keys(self, db: Connection[DictRow]) -> dict[str, list[str]]:
        """By which columns the rows of each table are known."""
        return {row["name"]: row["columns"] for row in db.execute(KEYS)}

    def _apply(self, db: Connection[DictRow], facts: Sequence[Fact]) -> None:
        for log in LOGS:
            of_log = [fact for fact in facts if fact.log == log]
            with db.pipeline():
                for projection in self.compared:
                    if log in projection.logs and of_log:
                        projection.apply(db, of_log)

    def _followers(self, fact: Fact) -> Iterator[Shown]:
        return (one for one in self.compared if fact.log in one.logs)


def _of_each(
    facts: Sequence[Fact], noted: Iterable[Row], keys: Mapping[str, Sequence[str]]
) -> Iterator[Change]:
    """What each fact made of a row in the end: one that it wrote anew as it was, it did not change."""
    first: dict[tuple[int, str, tuple[Any, ...]], Row | None] = {}
    last: dict[tuple[int, str, tuple[Any, ...]], Row | None] = {}
    for one in noted:
        row = one["before"] or one["after"]
        of = one["fact"], one["of_table"], tuple(row[column] for column in keys[one["of_table"]])
        first.setdefault(of, one["before"])
        last[of] = one["after"]
    for of, before in first.items():
        if before != last[of]:
            yield Change(fact=facts[of[0]], table=of[1], before=before, after=last[of])
