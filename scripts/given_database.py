"""Can Heartwood work with the database it was given?"""

from __future__ import annotations

import threading

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from scripts.cannot_start import CannotStart

ANSWER_SECONDS_MAX = 5
VERSION_MIN = 150_000

ANY_TABLE = r"""
    SELECT EXISTS (
        SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE relkind IN ('r', 'p') AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\_%'
    )
"""


def name_of_given_database(url: str) -> str:
    """Where it is, without user or password; refuses one that we cannot work with."""
    try:
        conninfo = make_conninfo(url, connect_timeout=ANSWER_SECONDS_MAX)
    except psycopg.ProgrammingError:
        raise CannotStart(
            "DATABASE_URL is malformed; it looks like postgresql://user:password@host:5432/database."
        ) from None
    shown = shown_name(conninfo)
    with ask(conninfo, shown) as connection:
        found = connection.info.server_version
        if found < VERSION_MIN:
            raise CannotStart(
                f"DATABASE_URL: {shown} is PostgreSQL {found // 10_000}; Heartwood needs 15 or later."
            )
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise CannotStart(f"DATABASE_URL: {shown} is stored as {encoding}; Heartwood needs UTF8.")
        return f"{connection.info.host}:{connection.info.port}/{connection.info.dbname}"


def ask(conninfo: str, shown: str) -> psycopg.Connection:
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
        raise CannotStart(f"DATABASE_URL: {shown} does not answer within {ANSWER_SECONDS_MAX} s.")
    answer = answers[0]
    if isinstance(answer, psycopg.Error):
        raise CannotStart(f"DATABASE_URL: {shown} does not let us in: {answer}") from answer
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
