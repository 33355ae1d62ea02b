"""Can Heartwood work with the database it was given?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from scripts.cannot_start import CannotStart

ANSWER_SECONDS_MAX = 5
VERSION_MIN = 150_000
RUN_LOCK = 7_201_004
CLAIM_MS_MAX = 2_000

MAY_CREATE = """
    SELECT has_database_privilege(current_database(), 'CREATE')
           AND has_schema_privilege('public', 'CREATE')
"""

ANY_TABLE = r"""
    SELECT EXISTS (
        SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE relkind IN ('r', 'p') AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\_%'
    )
"""


@contextmanager
def claimed(url: str) -> Iterator[str]:
    """Have the database to this Heartwood alone; its name is where it is, without user or password.

    Refuses one that we cannot work with, or that another Heartwood runs on. The claim ends with the
    connection, so nobody has to tidy up after a crash.
    """
    try:
        conninfo = make_conninfo(url, connect_timeout=ANSWER_SECONDS_MAX)
    except psycopg.ProgrammingError:
        raise CannotStart(
            "DATABASE_URL is malformed; it looks like postgresql://user:password@host:5432/database."
        ) from None
    shown = shown_name(conninfo)
    with ask(conninfo, shown) as connection:
        connection.autocommit = True
        refuse_if_unsuitable(connection, shown)
        claim(connection, shown)
        yield f"{connection.info.host}:{connection.info.port}/{connection.info.dbname}"


def refuse_if_unsuitable(connection: psycopg.Connection, shown: str) -> None:
    found = connection.info.server_version
    if found < VERSION_MIN:
        raise CannotStart(
            f"DATABASE_URL: {shown} is PostgreSQL {found // 10_000}; Heartwood needs 15 or later."
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise CannotStart(f"DATABASE_URL: {shown} is stored as {encoding}; Heartwood needs UTF8.")
    if connection.execute(MAY_CREATE).fetchone() != (True,):
        role = connection.info.user
        raise CannotStart(
            f"DATABASE_URL: {role} may not make tables and schemas in {shown}."
            f" Make {role} its owner: ALTER DATABASE … OWNER TO {role}."
        )


def claim(connection: psycopg.Connection, shown: str) -> None:
    """Wait a moment for it: a Heartwood that was just killed may still be on its way out."""
    connection.execute("SET idle_session_timeout = 0")
    connection.execute(f"SET lock_timeout = {CLAIM_MS_MAX}")
    try:
        connection.execute("SELECT pg_advisory_lock(%s)", (RUN_LOCK,))
    except psycopg.errors.LockNotAvailable:
        raise CannotStart(
            f"DATABASE_URL: another Heartwood runs on {shown}; stop it, or use another database."
        ) from None


def ask(conninfo: str, shown: str, variable: str = "DATABASE_URL") -> psycopg.Connection:
    """Connect in a thread of its own: names and several hosts can take longer than one time-out."""
    answers: list[psycopg.Connection | psycopg.Error] = []

    def connect() -> None:
        try:
            answers.append(psycopg.connect(conninfo))
        except psycopg.Error as error:
            answers.append(error)

    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(ANSWER_SECONDS_MAX)
    if not answers:
        raise CannotStart(f"{variable}: {shown} does not answer within {ANSWER_SECONDS_MAX} s.")
    answer = answers[0]
    if isinstance(answer, psycopg.Error):
        raise CannotStart(f"{variable}: {shown} does not let us in: {answer}") from answer
    return answer


def shown_name(conninfo: str) -> str:
    given = conninfo_to_dict(conninfo)
    where = given.get("host") or given.get("hostaddr") or "the local server"
    return f"{given.get('dbname') or 'the default database'} at {where}"


def holds_tables(conninfo: str) -> bool:
    """Does the database hold any table, ours or another's?"""
    with psycopg.connect(conninfo) as connection:
        row = connection.execute(ANY_TABLE).fetchone()
    return bool(row and row[0])
