"""What the web server loads before it forks is safe to share."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

from scripts.programs import web

LOOK = """
import gc, threading
import scripts.web_server
from psycopg import Connection
from psycopg_pool import ConnectionPool

assert threading.active_count() == 1, threading.enumerate()
assert not [one for one in gc.get_objects() if isinstance(one, (Connection, ConnectionPool))]
"""


def test_nothing_is_built_before_the_web_server_forks() -> None:
    without_settings = {
        name: value for name, value in os.environ.items() if not name.startswith("HEARTWOOD_")
    }

    looked = subprocess.run(
        [sys.executable, "-P", "-c", LOOK], env=without_settings, capture_output=True, text=True, check=False
    )

    assert looked.returncode == 0, looked.stderr


def test_the_web_server_is_not_told_how_the_owner_of_the_database_connects() -> None:
    owners = "postgresql://owner:secret@127.0.0.1/heartwood"
    told = {"DATABASE_URL": owners, "HEARTWOOD_DATABASE": owners, "HEARTWOOD_URL": "http://127.0.0.1:8000"}

    with socket.socket() as listening:
        program = web(told, listening=listening, database="user=web dbname=heartwood")

    assert program.environ["HEARTWOOD_DATABASE"] == "user=web dbname=heartwood"
    assert owners not in program.environ.values()
