"""The web's role is made by the start, or given, or asked for before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from scripts.cannot_start import CannotStart
from scripts.data_directory import DataDirectory
from scripts.web_database import WEB_URL, refuse_if_no_role, web_conninfo
from scripts.wiring import create_schema
from tests.house import settings_of
from tests.postgres import WEB_ROLE, Cluster, as_web


@pytest.fixture
def directory(tmp_path: Path) -> DataDirectory:
    one = DataDirectory(tmp_path)
    one.secrets.mkdir()
    return one


@pytest.fixture
def ours(database: str, tmp_path: Path) -> str:
    """The owner's way to a database with our schema."""
    create_schema(settings_of(database, tmp_path / "house"))
    return database


@pytest.fixture
def plain(ours: str, postgres: Cluster) -> Iterator[str]:
    """The same database, as its owner who may not make roles."""
    name = str(conninfo_to_dict(ours)["dbname"])
    postgres.admin.execute("CREATE ROLE plain LOGIN PASSWORD 'plain'")
    postgres.admin.execute(f"ALTER DATABASE {name} OWNER TO plain")  # type: ignore[arg-type]
    yield make_conninfo(ours, user="plain", password="plain")
    postgres.admin.execute(f"ALTER DATABASE {name} OWNER TO {postgres.admin.info.user}")  # type: ignore[arg-type]
    postgres.admin.execute("DROP ROLE plain")


def user_of(conninfo: str) -> str:
    with psycopg.connect(conninfo) as db:
        row = db.execute("SELECT current_user FROM bookmarks LIMIT 1").fetchone()
        assert row is not None
        return str(row[0])


def test_it_is_made_once_and_its_password_set_at_every_start(ours: str, directory: DataDirectory) -> None:
    first = web_conninfo({}, directory, owners=ours, makers=ours)
    (directory.secrets / "web_database").unlink()

    second = web_conninfo({}, directory, owners=ours, makers=ours)

    assert user_of(second) == f"{conninfo_to_dict(ours)['dbname']}_web"
    assert conninfo_to_dict(first)["password"] != conninfo_to_dict(second)["password"]


def test_a_role_that_is_given_is_let_in_instead(ours: str, directory: DataDirectory) -> None:
    environ = {WEB_URL: as_web(ours)}
    refuse_if_no_role(environ, ours)

    found = web_conninfo(environ, directory, owners=ours, makers=ours)

    assert user_of(found) == WEB_ROLE
    assert not (directory.secrets / "web_database").exists()


def test_who_may_not_make_a_role_is_told_what_to_run(plain: str) -> None:
    name = conninfo_to_dict(plain)["dbname"]

    with pytest.raises(CannotStart) as refused:
        refuse_if_no_role({}, plain)

    words = str(refused.value)
    assert f'CREATE ROLE "{name}_web" LOGIN PASSWORD' in words
    assert WEB_URL in words


def test_the_owner_is_no_role_for_the_web(ours: str) -> None:
    with pytest.raises(CannotStart, match="is the owner's role"):
        refuse_if_no_role({WEB_URL: ours}, ours)


@pytest.mark.parametrize("url", ["mysql://ana@127.0.0.1/heartwood", "dbname=heartwood"])
def test_an_address_that_is_none(ours: str, url: str) -> None:
    with pytest.raises(CannotStart, match=f"{WEB_URL} is malformed"):
        refuse_if_no_role({WEB_URL: url}, ours)


def test_a_role_that_can_do_more_is_not_used(ours: str, directory: DataDirectory, postgres: Cluster) -> None:
    with psycopg.connect(ours) as db:
        db.execute(f"GRANT CREATE ON SCHEMA public TO {WEB_ROLE}")

    with pytest.raises(CannotStart, match=f"{WEB_ROLE} may make tables"):
        web_conninfo({WEB_URL: as_web(ours)}, directory, owners=ours, makers=ours)
