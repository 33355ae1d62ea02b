"""A database of an earlier version becomes one of this version, with everything that it knew."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from adapters.postgres import schema
from adapters.postgres.logs import LOGS
from projections.catalogue import FOLLOWED
from scripts.wiring import create_schema
from tests.histories.kept import HERE, read
from tests.house import settings_of
from tests.postgres import NewDatabase

COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, column_default
      FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2
"""
INDEXES = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2"
RIGHTS = """
    SELECT relname, relrowsecurity, relforcerowsecurity, relacl::text FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S') ORDER BY 1
"""
SAMPLED = """
    SELECT attrelid::regclass::text AS of, attname, attstattarget FROM pg_attribute
     WHERE attrelid IN ('vault_keys'::regclass, 'vault_entries'::regclass) AND attnum > 0 ORDER BY 1, 2
"""
POLICIES = "SELECT * FROM pg_policies ORDER BY tablename, policyname"
FUNCTIONS = """
    SELECT proname, prosrc, prosecdef, proconfig::text, proacl::text FROM pg_proc
     WHERE pronamespace = 'public'::regnamespace ORDER BY 1
"""


def fill(database: str, history: str) -> None:
    """Both logs as they were stored, and no screen."""
    with psycopg.connect(database) as db:
        for fact in read(HERE / f"{history}.jsonl"):
            db.execute(
                f"INSERT INTO {fact.log}_events VALUES (%s, %s, %s, %s, %s, %s)",
                (fact.stream, fact.version, fact.topic, fact.state, fact.position, fact.append),
            )


def earlier(database: str, version: int = 1) -> None:
    """As that version made it, by its own program."""
    with psycopg.connect(database) as db:
        db.execute((HERE / f"schema_{version}.sql").read_bytes())
        for log in LOGS:
            db.execute("INSERT INTO bookmarks VALUES (%s, 0)", (log,))
        db.execute("INSERT INTO schema_version VALUES (%s)", (version,))
    fill(database, "first_year")


def asked(database: str, query: str) -> list[dict[str, Any]]:
    with psycopg.connect(database, row_factory=dict_row) as db:
        return db.execute(query).fetchall()


def screens(database: str) -> dict[str, list[str]]:
    tables = [table for projection in FOLLOWED for table in projection.tables]
    in_order = "SELECT * FROM {} t ORDER BY t::text"
    return {table: [str(row) for row in asked(database, in_order.format(table))] for table in tables}


@pytest.mark.parametrize("version", range(1, schema.VERSION))
def test_each_version_becomes_what_is_made_today(new_database: NewDatabase, tmp_path: Path, version: int):
    old, new = new_database(), new_database()
    earlier(old, version)
    create_schema(settings_of(new, tmp_path / "new"))

    create_schema(settings_of(old, tmp_path / "old"))

    assert asked(old, "SELECT version FROM schema_version") == [{"version": schema.VERSION}]
    assert asked(old, COLUMNS) == asked(new, COLUMNS)
    assert asked(old, INDEXES) == asked(new, INDEXES)
    assert asked(old, RIGHTS) == asked(new, RIGHTS)
    assert asked(old, SAMPLED) == asked(new, SAMPLED)
    assert asked(old, POLICIES) == asked(new, POLICIES)
    assert asked(old, FUNCTIONS) == asked(new, FUNCTIONS)


RECEIVED = ("2025-12-31 23:59:59.999999Z", "2026-01-01 00:00:00Z", "2026-01-31 23:30:00-05:00", "2026-03-01Z")
ROW = "SELECT event_id, batch_id, workspace_id, received_at, body::text AS body FROM usage ORDER BY 1"
KEY = "SELECT workspace_id, idempotency_key, body_sha256, answer::text AS answer FROM usage_keys"


def test_events_and_keys_that_were_there_are_kept_to_the_byte(new_database: NewDatabase, tmp_path: Path):
    old = new_database()
    earlier(old, 3)
    with psycopg.connect(old) as db:
        for at in RECEIVED:
            event = (uuid4(), uuid4(), uuid4(), at, '{"b" : 1e2,  "a": "é"}')
            db.execute("INSERT INTO usage VALUES (%s, %s, %s, %s, %s)", event)
        answer = '{"event_id": "1", "counted": true}'
        db.execute("INSERT INTO usage_keys VALUES (%s, 'order-1', 'digest', %s)", (uuid4(), answer))
    before = asked(old, ROW), asked(old, KEY)

    create_schema(settings_of(old, tmp_path / "old"))

    kept = "SELECT tableoid::regclass::text AS name, kept_days FROM usage ORDER BY received_at"
    months = ("2025_12", "2026_01", "2026_02", "2026_03")
    assert (asked(old, ROW), asked(old, KEY)) == before
    assert asked(old, kept) == [{"name": f"usage_730_{month}", "kept_days": 730} for month in months]


def test_its_history_is_shown_as_if_it_had_happened_today(new_database: NewDatabase, tmp_path: Path):
    old, new = new_database(), new_database()
    earlier(old)
    create_schema(settings_of(new, tmp_path / "new"))
    fill(new, "first_year")

    create_schema(settings_of(old, tmp_path / "old"))
    create_schema(settings_of(new, tmp_path / "new"))

    shown = screens(old)
    assert shown == screens(new)
    assert len(shown["subscriptions"]) > 0
    assert len(shown["timeline"]) > 0


def test_an_upgrade_that_cannot_be_done_changes_nothing(database: str, tmp_path: Path):
    earlier(database)
    with psycopg.connect(database) as db:
        db.execute("CREATE TABLE secret_marks AS SELECT 'vault' AS name, ''::bytea AS mark WHERE false")
    before = asked(database, COLUMNS), asked(database, "TABLE schema_version")

    with pytest.raises(schema.NotOurs, match="secret_marks"):
        create_schema(settings_of(database, tmp_path))

    assert (asked(database, COLUMNS), asked(database, "TABLE schema_version")) == before
