"""How the web server is set up: what it loads before it forks, and what each of its workers does first.

Nothing is built before the fork: a pool or a thread would not survive it. `scripts/wsgi.py` builds in each
worker.
"""

from __future__ import annotations

import gc
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from scripts import wiring  # noqa: F401
from web import app  # noqa: F401

YIELD_SECONDS = 0.000_1  # for each connection
YIELD_SECONDS_MAX = 0.001  # others wait for their turn in the same loop


def post_worker_init(worker: Any) -> None:
    """What was loaded stays; looking through it for garbage took a fifth of the time of a batch."""
    gc.collect()
    gc.freeze()


class EvenWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A worker that lets those with fewer connections be first.

    All workers listen on one socket, and whichever is awake takes what comes: of a client's eight connections
    nearly all, sometimes, which leaves the other cores idle for as long as they live.
    """

    def accept(self, listener: Any) -> None:
        time.sleep(min(self.nr_conns * YIELD_SECONDS, YIELD_SECONDS_MAX))
        super().accept(listener)
