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


# Of the plans there were then. What was received before is kept as long as the best of them promised.
USAGE_IN_PARTITIONS = (
    "ALTER TABLE usage RENAME TO usage_before",
    "ALTER INDEX usage_pkey RENAME TO usage_before_pkey",
    "DROP INDEX usage_workspace",
    "CREATE TABLE usage (event_id uuid NOT NULL, batch_id uuid NOT NULL, workspace_id uuid NOT NULL,"
    " kept_days smallint NOT NULL, received_at timestamptz NOT NULL, body json NOT NULL,"
    " PRIMARY KEY (event_id, kept_days, received_at)) PARTITION BY RANGE (kept_days, received_at)",
    "CREATE INDEX usage_workspace ON usage (workspace_id, received_at)",
    """
    DO $$
    DECLARE month timestamptz;
    BEGIN
        FOR month IN SELECT DISTINCT date_trunc('month', received_at, 'UTC') FROM usage_before LOOP
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF usage FOR VALUES FROM (730, %L) TO (730, %L)',
                'usage_730_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM'),
                month,
                (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'
            );
        END LOOP;
    END $$
    """,
    "INSERT INTO usage SELECT event_id, batch_id, workspace_id, 730, received_at, body FROM usage_before",
    "DROP TABLE usage_before",
    "ALTER TABLE usage_keys ALTER COLUMN answer TYPE text",
)

# Whoever was signed in signs in once more: over HTTPS the cookie has another name now.
SESSIONS_LISTED = (
    "DROP TABLE sessions",
    "CREATE TABLE sessions (session_id uuid PRIMARY KEY, person_id uuid NOT NULL,"
    " token_sha256 bytea NOT NULL, token_since timestamptz NOT NULL, next_sha256 bytea,"
    " next_since timestamptz, former_sha256 bytea, former_until timestamptz,"
    " begun_at timestamptz NOT NULL, seen_at timestamptz NOT NULL,"
    " browser text NOT NULL)",
    "CREATE INDEX sessions_person ON sessions (person_id)",
    "CREATE UNIQUE INDEX sessions_token ON sessions (token_sha256)",
    "CREATE UNIQUE INDEX sessions_next ON sessions (next_sha256)",
    "CREATE UNIQUE INDEX sessions_former ON sessions (former_sha256)",
    "ALTER TABLE sign_in_links ADD COLUMN browser_sha256 bytea",
    "CREATE TABLE attempts (key_mac bytea PRIMARY KEY, used integer NOT NULL, ends_at timestamptz NOT NULL)",
    "CREATE INDEX attempts_ends ON attempts (ends_at)",
)
VAULT_ERASES = (
    "CREATE TABLE vault_erased (subject_id uuid PRIMARY KEY)",
    "CREATE INDEX vault_addresses_person ON vault_addresses (person_id)",
)
# Until now there was one secret of each name.
SECRETS_NUMBERED = (
    "ALTER TABLE secret_marks ADD COLUMN number integer NOT NULL DEFAULT 1",
    "ALTER TABLE secret_marks DROP CONSTRAINT secret_marks_pkey",
    "ALTER TABLE secret_marks ADD PRIMARY KEY (name, number)",
    "ALTER TABLE vault_keys ADD COLUMN number integer NOT NULL DEFAULT 1",
    "ALTER TABLE vault_addresses ADD COLUMN number integer NOT NULL DEFAULT 1",
    "CREATE INDEX vault_keys_number ON vault_keys (number)",
    "CREATE INDEX vault_addresses_number ON vault_addresses (number)",
)

REBUILDS_TOLD = (
    "CREATE TABLE rebuilds (rebuild_id uuid PRIMARY KEY, wanted text NOT NULL, asked_by text NOT NULL,"
    " asked_at timestamptz NOT NULL, began_at timestamptz, attempts integer NOT NULL DEFAULT 0,"
    " making text NOT NULL DEFAULT '', facts_read bigint NOT NULL DEFAULT 0,"
    " facts_there bigint NOT NULL DEFAULT 0, ended_at timestamptz, error text)",
    "CREATE UNIQUE INDEX rebuilds_open ON rebuilds ((true)) WHERE ended_at IS NULL",
    "CREATE TABLE rebuilt (projection text PRIMARY KEY, rebuild_id uuid NOT NULL, asked_by text NOT NULL,"
    " ended_at timestamptz NOT NULL, facts bigint NOT NULL, took_ms bigint NOT NULL,"
    " made integer NOT NULL, differences bigint NOT NULL, swapped boolean NOT NULL)",
    "CREATE TABLE lag_samples (log text NOT NULL, at timestamptz NOT NULL, facts bigint NOT NULL,"
    " age_seconds bigint NOT NULL, PRIMARY KEY (log, at))",
)
PROOF = (
    "CREATE TABLE proof_heads (log text NOT NULL, size bigint NOT NULL, root bytea NOT NULL,"
    " at timestamptz NOT NULL, key_id text NOT NULL, signature bytea NOT NULL, PRIMARY KEY (log, size))",
    "CREATE TABLE proof_tiles (log text NOT NULL, level smallint NOT NULL, number bigint NOT NULL,"
    " hashes bytea NOT NULL, PRIMARY KEY (log, level, number))",
)
# What came into a tree, found without reading all that happened in it.
PARTS_FOUND = (
    "CREATE INDEX event_index_parts ON event_index (tree_id, workspace_id) WHERE log = 'agency' AND topic IN"
    " ('Workspace.Opened', 'Workspace.BecameAnchor', 'Workspace.Adopted')",
)

VIEWS_KEPT = (
    "CREATE TABLE saved_views (view_id uuid PRIMARY KEY, person_id uuid NOT NULL, subject_id uuid NOT NULL,"
    " digest text NOT NULL, kept_at timestamptz NOT NULL)",
    "CREATE INDEX saved_views_person ON saved_views (person_id, subject_id)",
)
# A column that is said to be of the type that it has loses its samples, and is not written anew.
SEALED_UNSAMPLED = tuple(
    f"ALTER TABLE {table} ALTER COLUMN {column} TYPE bytea, ALTER COLUMN {column} SET STATISTICS 0"
    for table, column in (("vault_keys", "wrapped_key"), ("vault_entries", "sealed"))
)

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
            *USAGE_IN_PARTITIONS,
            "CREATE TABLE key_traffic (key_id text PRIMARY KEY, second_started bigint NOT NULL,"
            " used integer NOT NULL, last_used_at timestamptz NOT NULL) WITH (fillfactor = 50)",
        ),
        inline=("access", "pools"),
    ),
    5: Step(
        statements=(*SESSIONS_LISTED, *VAULT_ERASES, *SECRETS_NUMBERED),
        inline=("access", "visibility", "single_sign_on"),
    ),
    6: Step(statements=(*REBUILDS_TOLD, *PROOF, *PARTS_FOUND, *VIEWS_KEPT, *SEALED_UNSAMPLED)),
    7: Step(inline=("credits", "customers", "budgets")),
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
