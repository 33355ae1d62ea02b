"""What the web server loads before it forks is safe to share."""

from __future__ import annotations

import os
import subprocess
import sys

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
