"""A real PostgreSQL for the tests: one server a session, a database of its own for every test that asks.

With HEARTWOOD_TEST_DATABASE_URL that server is used instead of the embedded one; its role must be allowed to
create databases.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from adapters.postgres.server import ROLE, EmbeddedServer
from adapters.postgres.web_role import name_for

OTHER_SERVER = "HEARTWOOD_TEST_DATABASE_URL"

PREFIX = "heartwood-tests-"  # and then the process that made it
MEMORY = Path("/dev/shm")
MEMORY_BYTES_MIN = 4 * 1024**3
WEB_ROLE = "heartwood_test_web"

NewDatabase = Callable[..., str]


def as_web(conninfo: str) -> str:
    """The same database, as the web's role."""
    return make_conninfo(conninfo, user=WEB_ROLE, password=WEB_ROLE)


class Cluster:
    """A server that databases can be made on, as fast as it can copy files."""

    def __init__(self, *, admin_conninfo: str, conninfo: str, owner: str | None) -> None:
        self.admin = psycopg.connect(admin_conninfo, autocommit=True)
        self.conninfo = conninfo
        self.owner = owner
        self.make_web_role()
        self.templates: dict[str, str] = {}
        self.databases: set[str] = set()

    def make_web_role(self) -> None:
        """One for all databases of the server; what it may do is said in each of them. A start on one of
        them makes a role for it, as the owner may."""
        if not self.admin.execute("SELECT FROM pg_roles WHERE rolname = %s", [WEB_ROLE]).fetchone():
            create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
            self.admin.execute(create.format(sql.Identifier(WEB_ROLE), sql.Literal(WEB_ROLE)))
        if self.owner:
            self.admin.execute(sql.SQL("ALTER ROLE {} CREATEROLE").format(sql.Identifier(self.owner)))

    def new_database(self, template: str | None = None) -> str:
        """The conninfo of a fresh database: an empty one, or a copy of one that nobody is connected to."""
        name = f"heartwood_test_{secrets.token_hex(6)}"
        statement = sql.SQL("CREATE DATABASE {} STRATEGY FILE_COPY TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template or "template0")
        )
        if template is None:
            statement += sql.SQL(" ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
        if self.owner:
            statement += sql.SQL(" OWNER {}").format(sql.Identifier(self.owner))
        self.admin.execute(statement)
        self.databases.add(name)
        return make_conninfo(self.conninfo, dbname=name)

    def template(self, name: str, build: Callable[[str], None]) -> str:
        """The database to copy for tests that begin alike: built once a session, by `build(conninfo)`."""
        if name not in self.templates:
            conninfo = self.new_database()
            build(conninfo)
            self.templates[name] = str(conninfo_to_dict(conninfo)["dbname"])
            self.disconnect(self.templates[name])
        return self.templates[name]

    def disconnect(self, name: str) -> None:
        """End what a builder left open: a database in use cannot be copied."""
        self.admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name]
        )

    def drop_database(self, conninfo: str) -> None:
        name = str(conninfo_to_dict(conninfo)["dbname"])
        self.admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self.admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name_for(name))))
        self.databases.discard(name)

    def close(self) -> None:
        for name in sorted(self.databases):
            self.drop_database(make_conninfo(dbname=name))
        self.admin.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The session's server."""
    if url := os.environ.get(OTHER_SERVER):
        cluster = Cluster(admin_conninfo=url, conninfo=url, owner=None)
        yield cluster
        cluster.close()
        return
    with temporary_directory(of_memory()) as directory:
        server = EmbeddedServer(
            directory / "postgres",
            password=secrets.token_hex(16),
            log=directory / "postgres.log",
            durable=False,
            settings={"max_connections": "200", "autovacuum": "off"},
        )
        with server:
            cluster = Cluster(admin_conninfo=server.admin_conninfo, conninfo=server.conninfo, owner=ROLE)
            yield cluster
            cluster.admin.close()


@pytest.fixture
def new_database(postgres: Cluster) -> Iterator[NewDatabase]:
    """Makes databases that are gone after the test."""
    made: list[str] = []

    def make(template: str | None = None) -> str:
        made.append(postgres.new_database(template))
        return made[-1]

    yield make
    for conninfo in made:
        postgres.drop_database(conninfo)


@pytest.fixture
def database(new_database: NewDatabase) -> str:
    """The conninfo of an empty database of this test's own."""
    return new_database()


def of_memory() -> Path | None:
    """Where files lie in memory, if there is room: most of a test's time would go into copying databases.

    What a session left there that was killed would be in the way for ever; a later one takes it away.
    """
    for left in MEMORY.glob(f"{PREFIX}*"):
        pid = left.name.removeprefix(PREFIX).partition("-")[0]
        if left.stat().st_uid == os.geteuid() and pid.isdigit() and not Path("/proc", pid).exists():
            shutil.rmtree(left, ignore_errors=True)
    roomy = (
        MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_BYTES_MIN
    )
    return MEMORY if roomy else None


@contextmanager
def temporary_directory(place: Path | None = None) -> Iterator[Path]:
    """A directory that PostgreSQL's user can enter when the tests run as root; pytest's own are closed."""
    path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place))
    path.chmod(0o711)
    try:
        yield path
    finally:
        shutil.rmtree(path)
