"""The worker: follows the logs, runs errands, and does what the clock asks for."""

from __future__ import annotations

import logging
import signal
import sys
from threading import Event, Thread
from types import FrameType

import psycopg
from apscheduler.schedulers.background import BackgroundScheduler
from eventsourcing.persistence import PersistenceError
from psycopg_pool import PoolTimeout

from scripts.wiring import JOB_SECONDS, Wiring, of_environment

ERRAND_POLL_SECONDS = 0.2
OVERAGE_MINUTES = 60
JOIN_SECONDS = 5

log = logging.getLogger(__name__)


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    wiring = of_environment(stripe_seconds=JOB_SECONDS)
    stop = Event()

    def end(_: int, __: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    follower = Thread(target=wiring.runner.run, args=(stop,), name="runner")
    follower.start()
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(wiring.overages.claim_all, "interval", minutes=OVERAGE_MINUTES, max_instances=1)
    scheduler.start()
    log.info("the worker is ready")
    run_errands(wiring, stop, follower)
    died = not stop.is_set()
    stop.set()
    scheduler.shutdown(wait=False)
    follower.join(JOIN_SECONDS)
    return 1 if died else 0


def run_errands(wiring: Wiring, stop: Event, follower: Thread) -> None:
    """One errand after the other until told to stop; a database that is away is waited for.

    A follower that died of something unforeseen ends the worker, so that it is seen.
    """
    while not stop.is_set() and follower.is_alive():
        try:
            idle = wiring.deliver_due(limit=1) == 0
        except (psycopg.OperationalError, PersistenceError, PoolTimeout) as error:
            log.warning("errands wait for the database: %s", type(error).__name__)
            idle = True
        if idle:
            stop.wait(ERRAND_POLL_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
