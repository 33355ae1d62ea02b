"""As whom does the web reach the database? As a role that owns nothing, made at the start or given."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from adapters.postgres import web_role
from adapters.postgres.web_role import CannotMakeRole
from scripts.cannot_start import CannotStart
from scripts.data_directory import DataDirectory
from scripts.given_database import ANSWER_SECONDS_MAX, ask

WEB_URL = "HEARTWOOD_WEB_DATABASE_URL"
SECRET = "web_database"


def refuse_if_no_role(environ: Mapping[str, str], owners: str) -> None:
    """Before anything is changed: a role was given that is not the owner's, or one can be made."""
    if url := environ.get(WEB_URL):
        with ask(_conninfo(url), f"the database of {WEB_URL}", WEB_URL) as web, psycopg.connect(owners) as db:
            if web.info.user == db.info.user:
                raise CannotStart(f"{WEB_URL}: {web.info.user} is the owner's role; the web needs its own.")
            if web.info.dbname != db.info.dbname:
                raise CannotStart(f"{WEB_URL} leads to {web.info.dbname}, DATABASE_URL to {db.info.dbname}.")
        return
    with psycopg.connect(owners, row_factory=dict_row) as db:
        if not web_role.may_make(db):
            raise CannotStart(_what_to_do(db.info.user, web_role.name_for(db.info.dbname)))


def web_conninfo(environ: Mapping[str, str], directory: DataDirectory, *, owners: str, makers: str) -> str:
    """How the web connects, once its role is let in; `makers` may make roles where the owner may not."""
    url = environ.get(WEB_URL)
    given = _conninfo(url) if url else _made(directory, owners, makers)
    role = psycopg.conninfo.conninfo_to_dict(given)["user"]
    with psycopg.connect(owners, row_factory=dict_row, autocommit=True) as db:
        web_role.let_only_in(db, str(role))
        if found := list(web_role.faults(db, str(role))):
            raise CannotStart(f"The web's role can do what it should not: {'; '.join(found)}.")
    _look(given, str(role))
    return given


def _conninfo(url: str) -> str:
    try:
        conninfo = make_conninfo(url, connect_timeout=ANSWER_SECONDS_MAX)
    except psycopg.ProgrammingError:
        conninfo = ""
    if "user" not in psycopg.conninfo.conninfo_to_dict(conninfo):
        raise CannotStart(
            f"{WEB_URL} is malformed; it looks like postgresql://user:password@host:5432/database."
        )
    return conninfo


def _made(directory: DataDirectory, owners: str, makers: str) -> str:
    password = directory.secret(SECRET)
    with psycopg.connect(owners) as db:
        dbname, owner = db.info.dbname, db.info.user
    role = web_role.name_for(dbname)
    with psycopg.connect(makers, row_factory=dict_row, autocommit=True) as db:
        try:
            web_role.make(db, role, password)
        except CannotMakeRole as error:
            raise CannotStart(_what_to_do(owner, role)) from error
    return make_conninfo(owners, user=role, password=password, dbname=dbname)


def _look(conninfo: str, role: str) -> None:
    try:
        with psycopg.connect(conninfo) as db:
            db.execute("SELECT FROM bookmarks")
    except psycopg.Error as error:
        raise CannotStart(
            f"The web's role {role} is not let into the database: {error}."
            f" Let it in there, or give another role in {WEB_URL}."
        ) from error


def _what_to_do(owner: str, role: str) -> str:
    return (
        f"DATABASE_URL: {owner} may not make the role of the web, which owns nothing and sees one tenant's"
        f" rows at a time. Let somebody who may run: {web_role.to_run(role)}"
        f" Then set {WEB_URL} to the same database as that role."
    )
