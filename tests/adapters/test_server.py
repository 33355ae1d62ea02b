"""The embedded PostgreSQL: what its supervisor promises."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from adapters.postgres.embedded.child import processes_in
from adapters.postgres.embedded.place import CannotRun, remove_data
from adapters.postgres.server import EmbeddedServer, ServerFailed
from tests.postgres import temporary_directory
from tests.waiting import until

LINUX = sys.platform == "linux"


@pytest.fixture
def directory() -> Iterator[Path]:
    with temporary_directory() as made:
        yield made


@pytest.fixture
def private_directory() -> Iterator[Path]:
    """A directory that nobody but its owner can enter."""
    with temporary_directory() as made:
        made.chmod(0o700)
        yield made


def a_server(directory: Path, password: str = "correct horse") -> EmbeddedServer:
    return EmbeddedServer(
        directory / "postgres", password=password, log=directory / "postgres.log", durable=False
    )


def one(conninfo: str, query: str) -> object:
    with psycopg.connect(conninfo) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def write_a_note(server: EmbeddedServer) -> None:
    with psycopg.connect(server.conninfo) as connection:
        connection.execute("CREATE TABLE note (words text)")
        connection.execute("INSERT INTO note VALUES ('kept')")


def test_what_was_stored_is_there_after_a_restart(directory: Path) -> None:
    with a_server(directory) as server:
        write_a_note(server)

    with a_server(directory) as server:
        found = one(server.conninfo, "SELECT words FROM note")

    assert found == "kept"


def test_a_path_may_hold_spaces_and_quotes(directory: Path) -> None:
    awkward = directory / 'Ana\'s "clients" – 2026'
    awkward.mkdir(mode=0o711)

    with a_server(awkward) as server:
        found = one(server.conninfo, "SELECT 1")

    assert found == 1


def test_the_cluster_sorts_by_code_point_checks_its_pages_and_listens_to_no_network(directory: Path) -> None:
    with a_server(directory) as server:
        answers = [
            one(server.conninfo, f"SELECT {what}")
            for what in (
                "datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = 'heartwood'",
                "current_setting('server_encoding')",
                "current_setting('data_checksums')",
                "current_setting('listen_addresses')",
                "current_setting('password_encryption')",
            )
        ]
        socket_mode = server.socket.stat().st_mode & 0o777

    assert answers == ["b C.UTF-8", "UTF8", "on", "", "scram-sha-256"]
    assert socket_mode == 0o700


def test_heartwoods_role_owns_its_database_and_is_nobody_special(directory: Path) -> None:
    with a_server(directory) as server:
        owner = one(
            server.conninfo, "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'heartwood'"
        )
        special = one(
            server.conninfo,
            "SELECT rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user",
        )

    assert owner == "heartwood"
    assert special is False


def test_another_password_is_said_to_be_another_and_leaves_no_server(directory: Path) -> None:
    with a_server(directory):
        pass
    server = a_server(directory, password="wrong")

    with pytest.raises(ServerFailed, match="another password"):
        server.start()

    assert processes_in(server.place.data) == []
    with a_server(directory) as server:
        assert one(server.conninfo, "SELECT 1") == 1


def test_a_half_made_cluster_of_an_interrupted_start_is_made_again(directory: Path) -> None:
    half = directory / "postgres.new"
    (half / "base").mkdir(parents=True)

    with a_server(directory) as server:
        found = one(server.conninfo, "SELECT 1")

    assert found == 1
    assert not half.exists()


def test_data_of_another_postgresql_are_refused_and_left_alone(directory: Path) -> None:
    (directory / "postgres").mkdir()
    (directory / "postgres" / "PG_VERSION").write_text("14\n")

    with pytest.raises(CannotRun, match="made by PostgreSQL 14"):
        a_server(directory).start()

    assert [path.name for path in (directory / "postgres").iterdir()] == ["PG_VERSION"]


OWNER = """
import sys
from pathlib import Path
from adapters.postgres.server import EmbeddedServer
directory = Path(sys.argv[1])
server = EmbeddedServer(directory / "postgres", password="correct horse", log=directory / "postgres.log")
with server:
    print("up", flush=True)
    sys.stdin.read()
"""


def an_owner_process(directory: Path) -> subprocess.Popen[str]:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    assert owner.stdout.readline() == "up\n"
    return owner


@pytest.mark.skipif(not LINUX, reason="only the Linux kernel tells a child of its parent's death")
def test_after_kill_9_of_its_owner_the_server_ends_and_the_next_one_finds_its_data(directory: Path) -> None:
    owner = an_owner_process(directory)
    data = directory / "postgres"

    owner.kill()
    owner.communicate()
    until(lambda: not processes_in(data), seconds=5)
    with a_server(directory) as server:
        found = one(server.conninfo, "SELECT current_database()")

    assert found == "heartwood"


@pytest.mark.skipif(not LINUX, reason="only the Linux kernel tells a child of its parent's death")
def test_a_note_of_a_dead_server_whose_number_another_program_has_is_no_obstacle(directory: Path) -> None:
    owner = an_owner_process(directory)
    data = directory / "postgres"
    note = data / "postmaster.pid"
    written = note.read_text().splitlines()
    os.kill(int(written[0]), signal.SIGKILL)
    owner.communicate()
    until(lambda: not processes_in(data), seconds=5)
    note.write_text("\n".join([str(os.getpid()), *written[1:]]) + "\n")

    with a_server(directory) as server:
        found = one(server.conninfo, "SELECT 1")

    assert found == 1


def test_root_runs_the_server_as_another_user_and_everyone_else_as_themselves(directory: Path) -> None:
    with a_server(directory) as server:
        assert server.process is not None
        runs_as = Path(f"/proc/{server.process.pid}").stat().st_uid

    assert runs_as == (pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid())


def test_data_are_kept_where_the_servers_user_can_reach_and_no_permission_changes(
    private_directory: Path,
) -> None:
    link = private_directory / "postgres"

    with a_server(private_directory) as server:
        write_a_note(server)
        note = server.place.note or ""
    with a_server(private_directory) as server:
        found = one(server.conninfo, "SELECT words FROM note")
        kept_in = server.place.data

    assert found == "kept"
    assert private_directory.stat().st_mode & 0o777 == 0o700
    if os.geteuid() == 0:
        assert link.is_symlink()
        assert str(kept_in) in note
    else:
        assert kept_in == link.resolve()
        assert note == ""
    remove_data(link)
    assert not kept_in.exists()


def test_removing_data_follows_no_link_to_what_is_not_ours(directory: Path) -> None:
    precious = directory / "precious"
    precious.mkdir()
    (directory / "postgres").symlink_to(precious)

    remove_data(directory / "postgres")

    assert precious.is_dir()
    assert not os.path.lexists(directory / "postgres")
    shutil.rmtree(precious)
