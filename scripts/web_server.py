"""What the web server loads before it forks: modules, which its workers then need not load one by one.

Nothing is built here: a pool or a thread would not survive the fork. `scripts/wsgi.py` builds in each worker.
"""

from __future__ import annotations

from scripts import wiring  # noqa: F401
from web import app  # noqa: F401
