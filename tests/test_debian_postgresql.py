"""The oldest PostgreSQL that we promise: part of the suite on Debian's version 15, where it is installed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from adapters.postgres.embedded.child import User, start_child, stop_child
from adapters.postgres.embedded.place import user_named
from tests.postgres import OTHER_SERVER, temporary_directory
from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path("/usr/lib/postgresql/15/bin")
NOBODY_UID = 65_534
PART = (
    "tests/story",
    "tests/proofs/test_races.py",
    "tests/proofs/test_rebuild.py",
    "tests/adapters/test_ingest.py",
    "tests/adapters/test_protection.py",
)
SECONDS_MAX = 600

pytestmark = pytest.mark.skipif(not PROGRAMS.is_dir(), reason="PostgreSQL 15 of Debian is not installed here")


@pytest.fixture
def debians_server() -> Iterator[str]:
    """The conninfo of a server of version 15 in a temporary directory."""
    user = user_named(NOBODY_UID) if os.geteuid() == 0 else None
    with temporary_directory() as directory:
        data, log = directory / "data", (directory / "log").open("wb")
        make_cluster(data, user)
        command = [PROGRAMS / "postgres", "-D", data, "-k", data, "-c", "listen_addresses=", "-F"]
        server = start_child(
            [*map(str, command), "-c", "max_connections=200"],
            death_signal=signal.SIGINT,
            user=user,
            directory=data,
            output=log,
        )
        conninfo = make_conninfo(host=str(data), user="postgres", dbname="postgres")
        try:
            until(lambda: answers(conninfo), seconds=30)
            yield conninfo
        finally:
            stop_child(server, ((signal.SIGINT, 10.0),))
            log.close()


def make_cluster(data: Path, user: User | None) -> None:
    data.mkdir(mode=0o700)
    if user is not None:
        os.chown(data, user.uid, user.gid)
    command = [PROGRAMS / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    subprocess.run(
        [*map(str, command), "--locale=C.UTF-8", "--no-sync"],
        check=True,
        capture_output=True,
        cwd="/",
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
    )


def answers(conninfo: str) -> bool:
    try:
        psycopg.connect(conninfo, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.mark.timeout(SECONDS_MAX + 60)
def test_part_of_the_suite_passes_on_postgresql_15(debians_server: str) -> None:
    environ = {**os.environ, OTHER_SERVER: debians_server}

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *PART],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
    )

    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
