"""What must hold in a healthy database, each asked of it in one question."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection

from adapters.postgres import schema
from adapters.postgres.database import Database
from adapters.postgres.logs import LOGS, head
from adapters.postgres.parking import causes
from adapters.postgres.protection import let_in
from adapters.postgres.web_role import faults
from adapters.secret_marks import SecretMarks
from projections.history.wording import count, counted
from scripts.cli import check_queries as queries

SERVER_MIN = 15
FOLLOW_SECONDS = 5.0
POLL_SECONDS = 0.1
SHOWN_MAX = 3


@dataclass(frozen=True, kw_only=True)
class Finding:
    name: str
    ok: bool
    says: str
    what_to_do: str | None = None


Check = Callable[[Connection[Any]], Finding]


def findings(database: Database, marks: SecretMarks) -> Iterator[Finding]:
    """One after the other; without an answer, or with another schema, the rest cannot be asked."""
    try:
        with database.connect() as db:
            for first in (server, schema_version):
                finding = first(db)
                yield finding
                if not finding.ok:
                    return
            yield secrets(db, marks)
            yield followed(db)
            db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for check in CHECKS:
                yield check(db)
            db.execute("ROLLBACK")
    except psycopg.OperationalError as error:
        says = str(error).strip().partition("\n")[0]
        yield _wrong("database", says, "start it with scripts/run, or see to the server of DATABASE_URL")


# The checks, in the order in which they are made.


def server(db: Connection[Any]) -> Finding:
    number = int(db.execute("SHOW server_version_num").fetchone()["server_version_num"])  # type: ignore[index]
    says = f"PostgreSQL {number // 10_000}.{number % 10_000} answers"
    if number // 10_000 < SERVER_MIN:
        return _wrong("database", says, f"use PostgreSQL {SERVER_MIN} or later")
    return _right("database", says)


def schema_version(db: Connection[Any]) -> Finding:
    found = schema.version_of(db)
    if found == schema.VERSION:
        return _right("schema", f"version {found}")
    says = f"version {found}" if found else "there is none"
    return _wrong("schema", f"{says}; this program needs {schema.VERSION}", "use the program that made it")


def secrets(db: Connection[Any], marks: SecretMarks) -> Finding:
    if wrong := marks.wrong(db):
        todo = (
            "bring DIR/secrets back from a backup, or use the data directory that this database was made with"
        )
        return _wrong("secrets", f"not those that this database was written with: {', '.join(wrong)}", todo)
    says = "those that this database was written with"
    if len(marks.marked(db, "vault")) > 1:
        says += "; the vault’s is being exchanged, and if nobody is at it: heartwood keys rotate vault"
    return _right("secrets", says)


def followed(db: Connection[Any]) -> Finding:
    """Whether the screens reach, within some seconds, what is in the logs now."""
    heads = {log: head(db, log) for log in LOGS}
    deadline = time.monotonic() + FOLLOW_SECONDS
    while behind := _behind(db, heads):
        if time.monotonic() >= deadline:
            says = " and ".join(f"{log} is {count(far)} positions behind" for log, far in behind.items())
            return _wrong("screens", says, "see that the worker runs: scripts/run starts it")
        time.sleep(POLL_SECONDS)
    return _right("screens", "they show everything that is in the logs")


def _behind(db: Connection[Any], heads: dict[str, int]) -> dict[str, int]:
    marks = {row["log"]: row["position"] for row in db.execute("SELECT log, position FROM bookmarks")}
    return {log: heads[log] - marks[log] for log in LOGS if marks[log] < heads[log]}


def parked(db: Connection[Any]) -> Finding:
    found = causes(db)
    if not found:
        return _right("parked", "no screen has given up on a fact")
    listed = "; ".join(
        f"{row['projection']} at {row['log']} {row['position']}: {row['error']}" for row in found[:SHOWN_MAX]
    )
    todo = "mend the cause, then heartwood rebuild --all"
    return _wrong("parked", f"{counted(len(found), 'fact')} not followed: {listed}", todo)


def leaves(log: str) -> Check:
    def check(db: Connection[Any]) -> Finding:
        row = db.execute(queries.LEAVES.format(log=log), {"log": log}).fetchone()
        gaps = db.execute(queries.GAPS.format(log=log)).fetchone()
        assert row is not None, "a query of counts has a row"
        assert gaps is not None, "a query of counts has a row"
        wrong = {name: row[name] for name in ("unlisted", "orphaned", "misplaced", "altered") if row[name]}
        wrong |= {"with gaps": gaps["streams"]} if gaps["streams"] else {}
        if not wrong:
            return _right(f"log {log}", f"{counted(row['facts'], 'fact')}, dense, each as it was hashed")
        says = ", ".join(f"{count(number)} {name}" for name, number in wrong.items())
        return _wrong(f"log {log}", says, "keep this database as it is, and restore a backup beside it")

    return check


def heads(db: Connection[Any]) -> Finding:
    rows = db.execute(queries.HEADS).fetchall()
    short = [row for row in rows if row["leaves"] < row["size"]]
    if short:
        listed = " and ".join(
            f"{row['log']} has {count(row['leaves'])} leaves, and signed {count(row['size'])}"
            for row in short
        )
        return _wrong("heads", listed, "heartwood verify, and keep this database as it is")
    told = "; ".join(
        f"{row['log']} on {row['at']:%Y-%m-%d %H:%M}Z, {counted(row['leaves'] - row['size'], 'fact')} since"
        for row in rows
    )
    return _right("heads", f"last signed: {told}" if told else "none was signed yet")


def pools(db: Connection[Any]) -> Finding:
    rows = db.execute(queries.POOLS).fetchall()
    if not rows:
        return _right("pools", "every count equals the sum of its facts")
    listed = "; ".join(
        f"{row['pool_id']} from {row['cycle_started_at']:%Y-%m-%d}:"
        f" counted {row['counted'] or 0}, by the facts {row['facts'] or 0}"
        for row in rows[:SHOWN_MAX]
    )
    return _wrong("pools", f"{count(len(rows))} differ: {listed}", "heartwood rebuild pools")


def ledgers(db: Connection[Any]) -> Finding:
    rows = db.execute(queries.LEDGERS).fetchall()
    if not rows:
        return _right("credits", "every balance is the sum of its lines")
    listed = "; ".join(
        f"{row['tree_id']}: balance {row['balance']}, by the lines {row['lines']};"
        f" held {row['held']}, by the calls {row['running']} (micro-euros)"
        for row in rows[:SHOWN_MAX]
    )
    return _wrong("credits", f"{count(len(rows))} differ: {listed}", "heartwood rebuild credits")


def usage(db: Connection[Any]) -> Finding:
    rows = db.execute(queries.USAGE).fetchall()
    if not rows:
        return _right("usage", "the raw rows are those that the facts count")
    listed = "; ".join(
        f"batch {row['batch_id']}: {row['rows'] or 0} rows, the fact says {row['events'] or 0}"
        for row in rows[:SHOWN_MAX]
    )
    todo = "the facts are what is billed; look for who changed the table usage"
    return _wrong("usage", f"{count(len(rows))} batches differ: {listed}", todo)


def outbox(db: Connection[Any]) -> Finding:
    row = db.execute(queries.OUTBOX).fetchone()
    assert row is not None, "a query of counts has a row"
    says = f"{count(row['waiting'])} waiting, {count(row['given_up'])} given up"
    if not row["given_up"]:
        return _right("outbox", says)
    todo = "see to the cause; then set gave_up_at to null and attempts to 0 in table outbox to try again"
    return _wrong("outbox", f"{says}; the last error: {row['last_error']}", todo)


def role_of_web(db: Connection[Any]) -> Finding:
    """What the web may do in the database, besides what its pages need."""
    roles = let_in(db)
    if not roles:
        return _wrong("web", "no role is let in for it", "start it with scripts/run")
    found = [fault for role in roles for fault in faults(db, role)]
    if found:
        more = f" and {count(len(found) - SHOWN_MAX)} more" if len(found) > SHOWN_MAX else ""
        todo = "take from the role what it was given; what it lacks it is given by the next start"
        return _wrong("web", "; ".join(found[:SHOWN_MAX]) + more, todo)
    return _right("web", f"{', '.join(roles)} sees the rows of those it names, and changes no event")


def owners(db: Connection[Any]) -> Finding:
    return _none_of(db, "owners", queries.OWNERLESS, "every workspace has one", "have no owner")


def trees(db: Connection[Any]) -> Finding:
    good = "children and parents agree with the facts"
    return _none_of(db, "trees", queries.TREES, good, "do not agree with the facts of their tree")


def gate(db: Connection[Any]) -> Finding:
    if _behind(db, {log: head(db, log) for log in LOGS}):
        return _right("gate", "not compared: facts came in just now, and the screens are on their way")
    good = "the overview and the gate tell the same of every workspace"
    return _none_of(db, "gate", queries.GATE, good, "are told differently", "heartwood rebuild dashboard")


def _none_of(
    db: Connection[Any], name: str, query: str, good: str, bad: str, todo: str = "heartwood rebuild access"
) -> Finding:
    rows = db.execute(query).fetchall()
    if not rows:
        return _right(name, good)
    listed = ", ".join(str(row["workspace_id"]) for row in rows[:SHOWN_MAX])
    return _wrong(name, f"{counted(len(rows), 'workspace')} {bad}: {listed}", todo)


CHECKS: tuple[Check, ...] = (
    role_of_web,
    parked,
    *(leaves(log) for log in LOGS),
    heads,
    pools,
    ledgers,
    usage,
    outbox,
    owners,
    trees,
    gate,
)


def _right(name: str, says: str) -> Finding:
    return Finding(name=name, ok=True, says=says)


def _wrong(name: str, says: str, todo: str) -> Finding:
    return Finding(name=name, ok=False, says=says, what_to_do=todo)
