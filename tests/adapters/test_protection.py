"""The web's role sees and changes the rows of those it has named, and an event nobody changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection
from psycopg.errors import InsufficientPrivilege
from psycopg.rows import dict_row

from adapters.postgres.database import Database
from adapters.postgres.guards import functions
from adapters.postgres.naming import NOBODY, Named, name
from adapters.postgres.protection import PROTECTED, let_in_role
from adapters.postgres.rebuild import rebuild, rebuild_followed
from adapters.postgres.web_role import faults, let_only_in, name_for
from projections.catalogue import ACCESS, FOLLOWED
from tests.house import House, make_schema
from tests.postgres import WEB_ROLE, Cluster, as_web

# How far the screens have come, which secrets are ours, and hashes of hashes.
OPEN = {"bookmarks", "secret_marks", "proof_heads", "proof_tiles"}
ONE, OTHER = UUID(int=1), UUID(int=2)
KEY, SECRET = "key", b"\x01"
AT = "2099-01-01T00:00:00Z"
VALUES = {
    "uuid": ONE, "text": KEY, "bytea": SECRET, "timestamp with time zone": AT, "boolean": True, "bigint": 7,
    "integer": 77, "smallint": 7, "json": "{}", "jsonb": "{}", "text[]": "{}", "date": "2026-03-01",
}  # fmt: skip
COLUMNS = """
    SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
     WHERE attrelid = ('public.' || %s)::regclass AND attnum > 0 AND NOT attisdropped
       AND attgenerated = '' ORDER BY attnum
"""
TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
       AND relkind IN ('r', 'p', 'v', 'm') AND NOT relispartition
"""
ALL_OF_ONE = Named(tenants=[ONE], person=ONE, keys=[KEY], subjects=[ONE], secret=SECRET, everybody=True)
WHO = {
    "who names nobody": NOBODY,
    "who names another": Named(
        tenants=[OTHER], person=OTHER, keys=["other"], subjects=[OTHER], secret=b"\x02"
    ),
}


@pytest.fixture(scope="module")
def filled(postgres: Cluster) -> Iterator[str]:
    """A database with a row of one tenant in each table."""
    conninfo = postgres.new_database(postgres.template("house", make_schema))
    with psycopg.connect(conninfo) as db:
        db.execute("SELECT heartwood_have_usage(7::smallint, %s)", (AT,))
        for table in sorted(PROTECTED.keys() - {"bookmarks"}):
            insert(db, table)
    yield conninfo
    postgres.drop_database(conninfo)


@pytest.fixture
def web(filled: str) -> Iterator[Connection[Any]]:
    with psycopg.connect(as_web(filled), autocommit=True) as db:
        yield db


def columns_of(db: Connection[Any], table: str) -> dict[str, str]:
    return dict(db.execute(COLUMNS, (table,)).fetchall())


def insert(db: Connection[Any], table: str) -> None:
    columns = columns_of(db, table)
    given = ", ".join(["%s"] * len(columns))
    db.execute(f"INSERT INTO {table} VALUES ({given})", [VALUES[kind] for kind in columns.values()])  # type: ignore[arg-type]


def rows(db: Connection[Any], table: str) -> int:
    found = db.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[arg-type]
    assert found is not None
    return int(found[0])


# Each verb, and how many rows it reached.
VERBS: dict[str, Callable[[Connection[Any], str], int]] = {
    "SELECT": rows,
    "INSERT": lambda db, table: insert(db, table) or 1,
    "UPDATE": lambda db, table: (
        db.execute(
            "UPDATE {0} SET {1} = {1}".format(table, next(iter(columns_of(db, table))))  # type: ignore[arg-type]
        ).rowcount
    ),
    "DELETE": lambda db, table: db.execute(f"DELETE FROM {table}").rowcount,  # type: ignore[arg-type]
    "TRUNCATE": lambda db, table: db.execute(f"TRUNCATE {table}") and 1,  # type: ignore[arg-type]
}


def reached(db: Connection[Any], verb: str, table: str, named: Named) -> int:
    with db.transaction(force_rollback=True):
        name(db, named)
        try:
            return VERBS[verb](db, table)
        except InsufficientPrivilege:
            return 0


def test_every_table_is_protected(web: Connection[Any]) -> None:
    there = {row[0] for row in web.execute(TABLES)}

    assert there == PROTECTED.keys()


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_reaches_a_row_of_whom_nobody_named(
    web: Connection[Any], filled: str, verb: str, who: str
) -> None:
    with psycopg.connect(filled) as owner:
        columns = {table: columns_of(owner, table) for table in PROTECTED}
    assert all(columns.values())
    with web.transaction():
        name(web, ALL_OF_ONE)  # so that the settings are there, and empty, in the next one

    counts = {table: reached(web, verb, table, WHO[who]) for table in PROTECTED.keys() - OPEN}

    assert {table: count for table, count in counts.items() if count} == {}
    with psycopg.connect(filled) as owner:
        assert {rows(owner, table) for table in PROTECTED.keys() - OPEN - {"schema_version"}} == {1}


def test_nor_in_a_session_that_never_named_anybody(web: Connection[Any]) -> None:
    reads = {table for table, protected in PROTECTED.items() if "SELECT" in protected.may} - OPEN

    assert {table: rows(web, table) for table in reads} == dict.fromkeys(reads, 0)


def test_whoever_is_named_is_seen(web: Connection[Any]) -> None:
    reads = {table for table, protected in PROTECTED.items() if "SELECT" in protected.may}

    counts = {table: reached(web, "SELECT", table, ALL_OF_ONE) for table in reads}

    assert [table for table, count in counts.items() if not count] == []


@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
@pytest.mark.parametrize("log", ["agency_events", "metering_events", "event_index"])
def test_an_event_is_not_changed_even_by_whom_it_is_about(web: Connection[Any], log: str, verb: str) -> None:
    with web.transaction(force_rollback=True):
        name(web, ALL_OF_ONE)

        with pytest.raises(InsufficientPrivilege, match="permission denied"):
            VERBS[verb](web, log)


def test_a_partition_is_reached_through_its_table_only(web: Connection[Any]) -> None:
    with pytest.raises(InsufficientPrivilege, match="permission denied"):
        rows(web, "usage_7_2099_01")


def test_the_role_is_nobody_special(filled: str) -> None:
    database = Database(filled)
    with database.connect() as db:
        assert list(faults(db, WEB_ROLE)) == []
        with db.transaction(force_rollback=True):
            db.execute(f"GRANT DELETE ON agency_events TO {WEB_ROLE}")
            db.execute(f"REVOKE SELECT ON dashboard FROM {WEB_ROLE}")
            db.execute("GRANT SELECT ON schema_version TO PUBLIC")
            db.execute("ALTER TABLE timeline NO FORCE ROW LEVEL SECURITY")
            db.execute(f"GRANT CREATE ON SCHEMA public TO {WEB_ROLE}")

            found = list(faults(db, WEB_ROLE))

    assert found == [
        f"{WEB_ROLE} may make tables",
        f"{WEB_ROLE} may DELETE in agency_events",
        f"{WEB_ROLE} may not SELECT in dashboard",
        f"{WEB_ROLE} may SELECT in schema_version",
        "timeline shows every row to everybody",
    ]


def test_nobody_else_may_call_what_looks_with_the_owners_eyes(filled: str) -> None:
    with psycopg.connect(filled) as db:
        for function in functions():
            signature = function.split("(")[0]
            row = db.execute(
                "SELECT bool_or(has_function_privilege('pg_monitor', oid, 'EXECUTE')) FROM pg_proc"
                " WHERE proname = %s AND prosecdef",
                (signature,),
            ).fetchone()
            assert row == (False,), signature


STATE = """
    SELECT relname, relrowsecurity, relforcerowsecurity, (SELECT array_agg(one::text ORDER BY one::text)
           FROM unnest(relacl) AS one) AS rights
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1
"""
POLICIES = "SELECT * FROM pg_policies ORDER BY tablename, policyname"


def protection_of(conninfo: str) -> list[Any]:
    with psycopg.connect(conninfo, row_factory=dict_row) as db:
        return [*db.execute(STATE), *db.execute(POLICIES)]


def test_what_is_rebuilt_is_protected_like_what_was_there(house: House) -> None:
    house.agency_of(house.person("Ana"), children=1)
    before = protection_of(house.database.conninfo)

    rebuild(house.database, ACCESS, lambda _, __: None, inline=True)
    rebuild_followed(house.database, FOLLOWED, lambda _, __: None)

    assert protection_of(house.database.conninfo) == before


def test_a_role_that_was_the_webs_before_is_kept_out(house: House) -> None:
    with house.database.connect() as db:
        let_in_role(db, "pg_monitor")

        let_only_in(db, WEB_ROLE)

        assert list(faults(db, WEB_ROLE)) == []
        assert not any("pg_monitor" in str(row) for row in protection_of(house.database.conninfo))


def test_two_databases_of_a_server_have_roles_of_their_own() -> None:
    long = [name_for("h" * 62 + letter) for letter in "ab"]

    assert name_for("heartwood") == "heartwood_web"
    assert len({*long}) == 2
    assert all(len(one) <= 63 for one in long)
