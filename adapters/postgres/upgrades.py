"""How a database of an earlier version becomes one of this version.

What is kept is changed by statements, which are written once and stay. Screens are never changed: they are
made anew from the logs, empty at first, and followed again by whoever starts next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from adapters.postgres.logs import LOGS, rows_after
from adapters.postgres.parking import unpark_everything
from adapters.postgres.poison import Fed, feed

BATCH = 5_000


@dataclass(frozen=True, kw_only=True)
class Step:
    """What makes a version of the version before it."""

    statements: tuple[str, ...] = ()
    inline: tuple[str, ...] = ()  # of these projections the tables have changed


STEPS: Mapping[int, Step] = {
    2: Step(statements=("CREATE TABLE secret_marks (name text PRIMARY KEY, mark bytea NOT NULL)",)),
    3: Step(
        statements=(
            "CREATE TABLE job_runs (name text PRIMARY KEY, tried_at timestamptz NOT NULL,"
            " done_at timestamptz, late_at timestamptz NOT NULL, error text)",
            "CREATE INDEX pool_overages_ends ON pool_overages (cycle_ends_at)",
        )
    ),
    4: Step(
        statements=(
            "ALTER TABLE pool_counts ADD COLUMN voided bigint NOT NULL DEFAULT 0",
            "ALTER TABLE pool_overages ADD COLUMN credited bigint NOT NULL DEFAULT 0",
            "CREATE INDEX pool_counts_voided ON pool_counts (pool_id) WHERE voided > 0",
            "CREATE INDEX pool_counts_started ON pool_counts (cycle_started_at)",
            "CREATE INDEX pool_draws_pool ON pool_draws (pool_id)",
        )
    ),
}


class Remade(Fed, Protocol):
    @property
    def tables(self) -> Mapping[str, str]: ...
    def create(self, db: Connection[Any]) -> None: ...


def upgrade(
    db: Connection[Any], steps: Sequence[Step], inline: Sequence[Remade], followed: Sequence[Remade]
) -> None:
    """Take the steps, in the caller's transaction; raises Poison if an inline projection cannot follow."""
    for step in steps:
        for statement in step.statements:
            db.execute(statement)
    changed = {name for step in steps for name in step.inline}
    for projection in (*followed, *(one for one in inline if one.name in changed)):
        for table in projection.tables:
            db.execute(SQL("DROP TABLE IF EXISTS {}").format(Identifier("public", table)))
        projection.create(db)
    for projection in inline:
        if projection.name in changed:
            _follow(db, projection)
    db.execute("UPDATE bookmarks SET position = 0")
    unpark_everything(db)


def _follow(db: Connection[Any], projection: Remade) -> None:
    for log in LOGS:
        position = 0
        while log in projection.logs and (rows := rows_after(db, log, position, limit=BATCH)):
            feed(db, [projection], log, rows)
            position = rows[-1]["notification_id"]
