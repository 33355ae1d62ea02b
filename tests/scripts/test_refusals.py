"""A start that cannot succeed says why, offers a way out and changes nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from scripts.cannot_start import CannotStart
from scripts.data_directory import LAYOUT, DataDirectory
from scripts.ports import free_port
from tests.postgres import Cluster, NewDatabase, temporary_directory
from tests.scripts.starting import refusal, start, started, status_of


@pytest.fixture
def data() -> Iterator[Path]:
    with temporary_directory() as directory:
        yield directory / "var"


def content(directory: Path) -> dict[str, str]:
    """Every file below a directory, to be compared with what it was."""
    return {
        str(path.relative_to(directory)): path.read_text() for path in directory.rglob("*") if path.is_file()
    }


def a_directory(data: Path, **files: str) -> dict[str, str]:
    for name, text in files.items():
        path = data / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return content(data)


@contextmanager
def a_listener(says: bytes = b"") -> Iterator[int]:
    """Something on a port that takes connections and says the same to each, or nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1000)
                    if says:
                        connection.sendall(says)
                    while connection.recv(1000):
                        pass

        threading.Thread(target=answer, daemon=True).start()
        yield int(listening.getsockname()[1])
        listening.shutdown(socket.SHUT_RDWR)


def message(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4, "big") + body


def greeting_of_version(version: str) -> bytes:
    """What a PostgreSQL server of that version says to someone it lets in."""
    parameters = {"server_version": version, "server_encoding": "UTF8", "client_encoding": "UTF8"}
    return (
        message(b"R", (0).to_bytes(4, "big"))
        + b"".join(message(b"S", f"{name}\0{value}\0".encode()) for name, value in parameters.items())
        + message(b"Z", b"I")
    )


def test_a_port_that_another_program_has(data: Path) -> None:
    with a_listener() as port:
        words = refusal(data, port=port)

    assert f"Port {port} is in use by another program" in words
    assert "for example --port" in words
    assert not data.exists()


@pytest.mark.parametrize(
    "options", [["--portt", "1"], ["--dat", "x"], ["--port", "0"], ["--port", "http"], ["extra"]]
)
def test_options_that_do_not_exist_or_make_no_sense(data: Path, options: list[str]) -> None:
    heartwood = start(data, *options)

    code = heartwood.process.wait(60)

    assert code == 2
    assert "usage: scripts/run" in heartwood.output
    assert not data.exists()


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({"HEARTWOOD_HOST": "0.0.0.0"}, "listens on 127.0.0.1 only"),
        ({"STRIPE_SECRET_KEY": "sk_test_1"}, "needs STRIPE_WEBHOOK_SECRET"),
        ({"STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}, "is a live key"),
        ({"HEARTWOOD_SMTP_URL": "smtp://ana:secret@mail.example.com"}, "the demo's people are not real"),
        ({"HEARTWOOD_SMTP_URL": "smtp://ana:secret@"}, "neither smtp://user:password@host:587"),
        ({"HEARTWOOD_PUBLIC_URL": "http://heartwood.example.com"}, "not an address such as https://"),
        ({"HEARTWOOD_TRUSTED_PROXIES": "all"}, "not the number of proxies"),
        ({"DATABASE_URL": "mysql://ana@127.0.0.1/heartwood"}, "DATABASE_URL is malformed"),
        ({"DATABASE_URL": "postgresql://ana:secret@127.0.0.1:http/heartwood"}, "DATABASE_URL"),
    ],
)
def test_settings_that_make_no_sense(data: Path, environ: dict[str, str], reason: str) -> None:
    words = refusal(data, environ=environ)

    assert reason in words
    assert "secret@" not in words
    assert not data.exists()


def test_a_database_where_nobody_listens(data: Path) -> None:
    url = f"postgresql://ana:secret@127.0.0.1:{free_port()}/heartwood"

    words = refusal(data, environ={"DATABASE_URL": url})

    assert "DATABASE_URL: heartwood at 127.0.0.1 does not let us in" in words
    assert "secret" not in words
    assert not data.exists()


def test_a_database_that_never_answers_is_given_up_after_five_seconds(data: Path) -> None:
    with a_listener() as port:
        words = refusal(data, environ={"DATABASE_URL": f"postgresql://ana@127.0.0.1:{port}/heartwood"})

    assert "DATABASE_URL: heartwood at 127.0.0.1" in words
    assert "timeout" in words or "within 5 s" in words
    assert not data.exists()


def test_a_postgresql_that_is_too_old(data: Path) -> None:
    with a_listener(greeting_of_version("14.11")) as port:
        words = refusal(
            data, environ={"DATABASE_URL": f"postgresql://ana@127.0.0.1:{port}/heartwood?sslmode=disable"}
        )

    assert "heartwood at 127.0.0.1 is PostgreSQL 14; Heartwood needs 15 or later" in words
    assert not data.exists()


def test_a_directory_of_another_version(data: Path) -> None:
    before = a_directory(data, version="heartwood 99\n", secrets__postgres="secret\n")

    words = refusal(data)

    assert "made by another version of Heartwood (it says 'heartwood 99'" in words
    assert content(data) == before


def test_data_of_another_postgresql(data: Path) -> None:
    before = a_directory(data, version=LAYOUT + "\n", postgres__PG_VERSION="14\n")

    words = refusal(data)

    assert "was made by PostgreSQL 14; this Heartwood comes with PostgreSQL 18" in words
    assert content(data) == before


@pytest.mark.parametrize("options", [[], ["--fresh"]])
@pytest.mark.parametrize("files", [{"thesis.txt": "ten years of work"}, {"version": "1.2.3\n"}])
def test_a_directory_that_is_not_ours(data: Path, options: list[str], files: dict[str, str]) -> None:
    before = a_directory(data, **files)

    words = refusal(data, *options)

    assert str(data) in words
    assert "--data" in words
    assert content(data) == before


def test_a_file_in_the_place_of_the_directory(data: Path) -> None:
    data.write_text("not a directory")

    words = refusal(data)

    assert f"{data} is not a directory" in words
    assert data.read_text() == "not a directory"


def test_fresh_never_empties_a_database_that_is_not_ours(data: Path, database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE precious AS SELECT 1 AS one")

    words = refusal(data, "--fresh", environ={"DATABASE_URL": database})

    assert "--fresh never empties a database that is not ours" in words
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT one FROM precious").fetchone() == (1,)


def test_a_given_database_is_used_instead_of_the_embedded_one(data: Path, new_database: NewDatabase) -> None:
    database = new_database()

    with started(data, environ={"DATABASE_URL": database}) as (_, facts):
        health = status_of(f"{facts['url']}/healthz")

    assert health == 200
    assert facts["database"] == database
    assert "ana" in facts["sign_in"]
    assert not (data / "postgres").exists()


def test_a_database_whose_tables_have_the_names_of_ours_is_left_alone(data: Path, database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE members AS SELECT 1 AS one")

    words = refusal(data, environ={"DATABASE_URL": database})

    assert 'the database already has a table "members" that is not ours' in words
    with psycopg.connect(database) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("members",)]


def test_one_database_is_run_on_by_one_heartwood(data: Path, database: str) -> None:
    with started(data, "--no-demo", environ={"DATABASE_URL": database}):
        words = refusal(data.with_name("other"), environ={"DATABASE_URL": database})

    assert "another Heartwood runs on" in words
    assert not data.with_name("other").exists()


def test_a_database_is_not_opened_with_the_secrets_of_another_directory(data: Path, database: str) -> None:
    with started(data, "--no-demo", environ={"DATABASE_URL": database}):
        pass

    words = refusal(data.with_name("other"), "--no-demo", environ={"DATABASE_URL": database})

    assert "the database was written with other secrets than these (vault, pepper)" in words


def test_a_directory_whose_vault_key_is_gone(data: Path) -> None:
    with started(data, "--no-demo"):
        pass
    (data / "secrets" / "vault").unlink()

    words = refusal(data, "--no-demo")

    assert "other secrets than these (vault)" in words
    assert "bring its secrets back from a backup" in words
    assert not (data / "secrets" / "vault").exists()


def test_a_role_that_may_not_make_tables(data: Path, database: str, postgres: Cluster) -> None:
    postgres.admin.execute("CREATE ROLE visitor LOGIN PASSWORD 'visitor'")
    try:
        url = make_conninfo(database, user="visitor", password="visitor")
        words = refusal(data, environ={"DATABASE_URL": url})
    finally:
        postgres.admin.execute("DROP ROLE visitor")

    assert "visitor may not make tables and schemas" in words
    assert "OWNER TO visitor" in words
    assert not data.exists()


def test_the_demo_is_not_written_into_a_database_in_use(data: Path, database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE precious AS SELECT 1 AS one")

    with started(data, environ={"DATABASE_URL": database}) as (heartwood, facts):
        health = status_of(f"{facts['url']}/healthz")

    assert health == 200
    assert "is in use already, so the demo is not written into it" in heartwood.output
    assert facts["sign_in"] == {}


@pytest.mark.skipif(
    not Path("/proc/self").exists(), reason="nothing can be made in /proc, where there is one"
)
def test_a_directory_that_cannot_be_made() -> None:
    nowhere = DataDirectory(Path("/proc/heartwood/var"))

    with pytest.raises(CannotStart, match="choose another with --data"):
        nowhere.make()
