"""The web's role: how it is made, and what it can do that it should not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from psycopg import Connection
from psycopg.errors import InsufficientPrivilege
from psycopg.sql import SQL, Identifier, Literal

from adapters.postgres.protection import PROTECTED, SEQUENCES, keep_out, let_in, let_in_role

NAME_LENGTH_MAX = 63  # bytes, of PostgreSQL's names
SUFFIX = "_web"
MAY_MAKE = "SELECT rolcreaterole OR rolsuper AS so FROM pg_roles WHERE rolname = current_user"

# What a role can do besides what it was granted in a table.
POWERS = """
    SELECT unnest(array_remove(ARRAY[
        CASE WHEN rolsuper THEN 'is a superuser' END,
        CASE WHEN rolbypassrls THEN 'passes by row-level security' END,
        CASE WHEN rolcreaterole THEN 'may make roles' END,
        CASE WHEN rolcreatedb THEN 'may make databases' END,
        CASE WHEN rolreplication THEN 'may replicate' END,
        CASE WHEN EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid) THEN 'is a member of a role' END,
        CASE WHEN EXISTS (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass
                             AND refobjid = r.oid AND deptype = 'o') THEN 'owns something' END,
        CASE WHEN has_schema_privilege(oid, 'public', 'CREATE') THEN 'may make tables' END,
        CASE WHEN has_database_privilege(oid, current_database(), 'CREATE') THEN 'may make schemas' END
    ], NULL)) AS says FROM pg_roles r WHERE rolname = %s
"""
# MAINTAIN is younger than the oldest PostgreSQL that we promise, so what was granted is read as it is kept.
RIGHTS = """
    SELECT c.relname AS name, c.relkind = 'S' AS is_sequence, array_agg(privilege_type::text) AS verbs
      FROM pg_class c, aclexplode(c.relacl) a
     WHERE c.relnamespace = 'public'::regnamespace
       AND a.grantee IN (0, (SELECT oid FROM pg_roles WHERE rolname = %s))
     GROUP BY c.oid, c.relname, c.relkind ORDER BY c.relname
"""
# Of our tables only: somebody else's may lie beside them, and the rights in those are told of above.
UNPROTECTED = """
    SELECT relname AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
       AND (relname = ANY (%s) OR oid IN (SELECT inhrelid FROM pg_inherits
                                           WHERE inhparent = to_regclass('public.usage')))
       AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY 1
"""


class CannotMakeRole(Exception):
    """The message says what is to be run, by whom it can be."""


def name_for(database: str) -> str:
    """A role is the whole cluster's: its name is made of the database's, so that two never meet."""
    if len(database.encode()) + len(SUFFIX) <= NAME_LENGTH_MAX:
        return database + SUFFIX
    return f"heartwood_{hashlib.sha256(database.encode()).hexdigest()[:32]}{SUFFIX}"


def make(db: Connection[Any], role: str, password: str) -> None:
    """Make it, or give it a new password; it is nobody special. The server sees no more than its proof."""
    proof = db.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    found = db.execute("SELECT 1 AS one FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    statement = SQL("{} ROLE {} LOGIN PASSWORD {}").format(
        SQL("ALTER" if found else "CREATE"), Identifier(role), Literal(proof)
    )
    try:
        db.execute(statement)
    except InsufficientPrivilege as error:
        raise CannotMakeRole(to_run(role)) from error


def may_make(db: Connection[Any]) -> bool:
    row = db.execute(MAY_MAKE).fetchone()
    return bool(row and row["so"])


def to_run(role: str) -> str:
    """What somebody has to run who may."""
    return f"CREATE ROLE \"{role}\" LOGIN PASSWORD '…' NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS;"


def let_only_in(db: Connection[Any], role: str) -> None:
    """From here on this role is the web's, and no other; in one transaction."""
    with db.transaction():
        for former in let_in(db):
            if former != role:
                keep_out(db, former)
        let_in_role(db, role)


def faults(db: Connection[Any], role: str) -> Iterator[str]:
    """What the role can do that it should not, and what it lacks."""
    yield from (f"{role} {row['says']}" for row in db.execute(POWERS, (role,)))
    wanted = {table: set(protected.may) for table, protected in PROTECTED.items() if protected.may}
    wanted |= {name: {"USAGE"} for name in SEQUENCES}
    has = {row["name"]: set(row["verbs"]) for row in db.execute(RIGHTS, (role,))}
    for table in sorted(wanted.keys() | has.keys()):
        may, has_of = wanted.get(table, set()), has.get(table, set())
        if more := has_of - may:
            yield f"{role} may {', '.join(sorted(more))} in {table}"
        if less := may - has_of:
            yield f"{role} may not {', '.join(sorted(less))} in {table}"
    unprotected = db.execute(UNPROTECTED, (list(PROTECTED),))
    yield from (f"{row['name']} shows every row to everybody" for row in unprotected)
