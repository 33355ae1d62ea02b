"""The worker: follows the logs, runs errands, and does what the clock asks for."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from threading import Event, Thread
from types import FrameType

import psycopg
from apscheduler.schedulers.background import BackgroundScheduler
from eventsourcing.persistence import PersistenceError

from scripts.wiring import JOB_SECONDS, Wiring, now, of_environment

ERRAND_POLL_SECONDS = 0.2
LEAD_SECONDS = 2.0
JOIN_SECONDS = 5

log = logging.getLogger(__name__)

Job = Callable[[], object]


def jobs(wiring: Wiring) -> tuple[tuple[str, Job, int], ...]:
    """What the clock asks for: a name, what is to be done, and every how many minutes."""
    return (
        ("claim overage", wiring.overages.claim_all, 10),
        ("forget old errands", lambda: wiring.outbox.prune(wiring.database, wiring.clock()), 60),
    )


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    stop = Event()

    def end(_: int, __: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return work(of_environment(stripe_seconds=JOB_SECONDS), stop)


def work(wiring: Wiring, stop: Event) -> int:
    """Work until told to stop; whatever else ends one part of it ends the others too, so that it is seen."""
    follower = Thread(target=wiring.runner.run, args=(stop,), name="runner", daemon=True)
    scheduler = scheduled(wiring)
    follower.start()
    scheduler.start()
    try:
        log.info("the worker is ready")
        run_errands(wiring, stop, follower)
        return 0 if stop.is_set() else 1
    finally:
        stop.set()
        scheduler.shutdown(wait=False)
        follower.join(JOIN_SECONDS)


def scheduled(wiring: Wiring) -> BackgroundScheduler:
    """Each job at once and then in its interval; what was missed, for however long, is done once."""
    scheduler = BackgroundScheduler(timezone="UTC")
    for name, job, minutes in jobs(wiring):
        scheduler.add_job(
            as_leader(wiring, name, job),
            "interval",
            name=name,
            minutes=minutes,
            next_run_time=now(),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
    return scheduler


def as_leader(wiring: Wiring, name: str, job: Job) -> Callable[[], None]:
    """The job, done only by the worker whose runner leads; a failure is told without a word about anybody."""

    def run() -> None:
        if not wiring.runner.leads.wait(LEAD_SECONDS):
            return
        try:
            job()
        except Exception as error:
            log.error("the job to %s failed: %s", name, type(error).__name__)

    return run


def run_errands(wiring: Wiring, stop: Event, follower: Thread) -> None:
    """One errand after the other until told to stop; a database that is away is waited for.

    A follower that died of something unforeseen ends the worker, so that it is seen.
    """
    while not stop.is_set() and follower.is_alive():
        try:
            idle = wiring.deliver_due(limit=1) == 0
        except (psycopg.OperationalError, psycopg.InterfaceError, PersistenceError) as error:
            log.warning("errands wait for the database: %s", type(error).__name__)
            idle = True
        if idle:
            stop.wait(ERRAND_POLL_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
