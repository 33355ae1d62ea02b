"""A PostgreSQL of our own: the programs of a package, under this supervisor."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from adapters.postgres.embedded.child import processes_in, start_child, stop_child
from adapters.postgres.embedded.place import CannotRun, Place, choose_place, socket_directory

DATABASE = "heartwood"
ROLE = "heartwood"  # owns the database and is nobody special
SUPERUSER = "postgres"
CONNECTIONS_MAX = 160  # four processes with three pools each
STARTING_SECONDS_MAX = 60.0  # a recovery after a power cut takes its time
LEAVING_SECONDS_MAX = 10.0
FAST_THEN_AT_ONCE = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0))
LOG_BYTES_SHOWN = 2_000

ENVIRON = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
CLUSTER = (
    "--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
    "--data-checksums", "--auth=scram-sha-256", f"--username={SUPERUSER}",
)  # fmt: skip
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": str(CONNECTIONS_MAX),
    "cluster_name": "heartwood",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For tests, whose data nobody will miss after a power cut.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ServerFailed(Exception):
    """The server did not do what it was asked; its log ends with the reason."""


class EmbeddedServer:
    """One server process and the cluster it serves, from `with` to the end of the block."""

    def __init__(
        self, data: Path, *, password: str, log: Path, durable: bool = True, settings: Mapping[str, str] = {}
    ) -> None:
        self.link = data.absolute()
        self.password = password
        self.log = log
        self.durable = durable
        self.settings = {**SETTINGS, **({} if durable else FORGETFUL), **settings}
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def conninfo(self) -> str:
        return self.conninfo_of(ROLE, DATABASE)

    @property
    def admin_conninfo(self) -> str:
        return self.conninfo_of(SUPERUSER, "postgres")

    def conninfo_of(self, user: str, database: str) -> str:
        return make_conninfo(host=str(self.socket), user=user, password=self.password, dbname=database)

    def start(self) -> None:
        self.place: Place = choose_place(self.link)
        wait_until_left(self.place.data)
        self.socket = socket_directory(self.place.data, self.place.user)
        try:
            if not (self.place.data / "PG_VERSION").exists():
                self.make_cluster()
            command: list[str | Path] = [self.place.programs / "postgres"]
            command += ["-D", self.place.data, "-k", self.socket]
            for name, value in self.settings.items():
                command += ["-c", f"{name}={value}"]
            self.process = self.start_program(command, death_signal=signal.SIGINT)
            self.wait_until_it_answers()
            self.make_database()
        except BaseException:  # an interruption too must leave nothing behind
            self.stop()
            raise

    def stop(self) -> None:
        """End the sessions and write everything down; if that takes too long, the next start recovers."""
        if self.process is not None:
            stop_child(self.process, FAST_THEN_AT_ONCE)
        shutil.rmtree(self.socket, ignore_errors=True)

    def start_program(
        self, command: list[str | Path], *, death_signal: signal.Signals
    ) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return start_child(
                command, death_signal=death_signal, user=self.place.user, directory=Path("/"),
                environ=ENVIRON, output=output,
            )  # fmt: skip

    def make_cluster(self) -> None:
        """Build the cluster beside its place and move it there whole, so that there is never half of one."""
        draft = self.place.data.with_name(self.place.data.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        secret = self.write_secret()
        if user := self.place.user:
            os.chown(draft, user.uid, user.gid)
        command: list[str | Path] = [self.place.programs / "initdb", "-D", draft, f"--pwfile={secret}"]
        command += [*CLUSTER, *([] if self.durable else ["--no-sync"])]
        initdb = self.start_program(command, death_signal=signal.SIGKILL)
        try:
            if initdb.wait() != 0:
                raise self.failed(f"initdb ended with exit code {initdb.returncode}")
        finally:
            stop_child(initdb, ())
            secret.unlink()
        draft.rename(self.place.data)

    def write_secret(self) -> Path:
        """The password in a file of the server's user; opened so that no link laid there is followed."""
        path = self.socket / "password"
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w") as secret:
            secret.write(self.password)
            if user := self.place.user:
                os.fchown(secret.fileno(), user.uid, user.gid)
        return path

    def wait_until_it_answers(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + STARTING_SECONDS_MAX
        while True:
            try:
                psycopg.connect(self.admin_conninfo, connect_timeout=5).close()
                return
            except psycopg.OperationalError as error:
                if "authentication failed" in str(error):
                    raise ServerFailed(f"{self.place.data} has another password than ours.") from error
                if self.process.poll() is not None:
                    raise self.failed(f"PostgreSQL ended with exit code {self.process.returncode}") from error
                if time.monotonic() > deadline:
                    raise self.failed(f"PostgreSQL does not answer: {error}") from error
            time.sleep(0.02)

    def make_database(self) -> None:
        with psycopg.connect(self.admin_conninfo, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                create_role = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
                connection.execute(create_role.format(sql.Identifier(ROLE), sql.Literal(self.password)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                create_database = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(create_database.format(sql.Identifier(DATABASE), sql.Identifier(ROLE)))

    def empty_database(self) -> None:
        """Begin the database again."""
        with psycopg.connect(self.admin_conninfo, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(DATABASE)))
        self.make_database()

    def failed(self, what: str) -> ServerFailed:
        with contextlib.suppress(OSError):
            end = self.log.read_bytes()[-LOG_BYTES_SHOWN:].decode(errors="replace")
            return ServerFailed(f"{what}. The end of {self.log}:\n{end}")
        return ServerFailed(what)


def wait_until_left(data: Path) -> None:
    """Let the server of a killed Heartwood finish, and take away the note of one that could not."""
    deadline = time.monotonic() + LEAVING_SECONDS_MAX
    while left := processes_in(data):
        if time.monotonic() > deadline:
            raise CannotRun(f"PostgreSQL still runs on {data} (process {min(left)}).")
        time.sleep(0.05)
    if Path("/proc/self/cwd").exists():
        # After a restart of the machine its process number may be anybody's, and PostgreSQL would refuse.
        (data / "postmaster.pid").unlink(missing_ok=True)
