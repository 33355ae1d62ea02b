"""The schema: made whole in a database that is ours, and not at all in one that is somebody else's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from adapters.postgres import schema
from scripts.wiring import create_schema
from tests.house import settings_of
from tests.postgres import Cluster


def relations(database: str) -> set[str]:
    with psycopg.connect(database) as db:
        rows = db.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        return {name for (name,) in rows}


@pytest.mark.parametrize("name", ["members", "dashboard", "outbox", "agency_events", "sessions", "parked"])
@pytest.mark.parametrize("kind", ["TABLE", "VIEW", "MATERIALIZED VIEW"])
def test_a_table_of_a_stranger_is_not_taken_for_ours(database: str, tmp_path: Path, kind: str, name: str):
    with psycopg.connect(database) as db:
        db.execute(f"CREATE {kind} {name} AS SELECT 1 AS one")
    before = relations(database)

    with pytest.raises(schema.NotOurs) as refused:
        create_schema(settings_of(database, tmp_path))

    assert str(refused.value) == (
        f'the database already has a table "{name}" that is not ours; give Heartwood an empty database'
    )
    assert relations(database) == before


def test_a_table_of_a_stranger_that_is_in_nobodys_way_is_left_alone(database: str, tmp_path: Path):
    with psycopg.connect(database) as db:
        db.execute("CREATE TABLE precious AS SELECT 1 AS one")

    create_schema(settings_of(database, tmp_path))

    assert {"precious", "members", "agency_events"} <= relations(database)


def test_several_that_start_at_once_make_it_once(database: str, tmp_path: Path):
    with ThreadPoolExecutor(3) as starts:
        made = [starts.submit(create_schema, settings_of(database, tmp_path)) for _ in range(3)]
        answers = [one.result() for one in made]

    assert answers == [None] * 3
    assert "members" in relations(database)


def test_a_database_of_another_version_is_refused(database: str, tmp_path: Path):
    create_schema(settings_of(database, tmp_path))
    with psycopg.connect(database) as db:
        db.execute("UPDATE schema_version SET version = 99")

    with pytest.raises(schema.OtherVersion, match="version 99"):
        create_schema(settings_of(database, tmp_path))


def test_a_role_that_may_not_make_tables_is_told_what_to_do(postgres: Cluster, database: str, tmp_path: Path):
    postgres.admin.execute("DROP ROLE IF EXISTS guest")
    postgres.admin.execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    try:
        with pytest.raises(schema.NotAllowed, match=r"the role guest may not .*OWNER TO guest"):
            create_schema(settings_of(make_conninfo(database, user="guest", password="guest"), tmp_path))

        assert relations(database) == set()
    finally:
        postgres.admin.execute("DROP ROLE guest")
