"""The worker: follows the logs, runs errands, and does what the clock asks for."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Thread
from types import FrameType

import psycopg
from apscheduler.schedulers.background import BackgroundScheduler
from eventsourcing.persistence import PersistenceError

from adapters import logs
from scripts.wiring import JOB_SECONDS, Wiring, now, of_environment

ERRAND_POLL_SECONDS = 0.2
LEAD_SECONDS = 2.0
JOIN_SECONDS = 5
BEAT = timedelta(minutes=1)
SOON = timedelta(seconds=5)  # after whatever took a ledger below its threshold
NIGHT_HOUR = 3  # UTC
DAY = timedelta(days=1)
LATE_MIN = timedelta(minutes=30)

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Job:
    """What the clock asks for. Each one is bounded and may be done twice."""

    name: str
    act: Callable[[], object]
    every: timedelta  # a whole day means every night

    @property
    def beat(self) -> timedelta:
        """How often it is asked whether it is due."""
        return min(self.every, BEAT)

    def since(self, at: datetime) -> datetime:
        """If it was done since then, it need not be done now."""
        if self.every < DAY:
            return at - self.every + self.beat / 2  # beats are not exact
        night = at.replace(hour=NIGHT_HOUR, minute=0, second=0, microsecond=0)
        return night if night <= at else night - DAY

    def late_at(self, done_at: datetime) -> datetime:
        return done_at + self.every + max(min(self.every, DAY / 4), LATE_MIN)


def jobs(wiring: Wiring) -> tuple[Job, ...]:
    overages, reconciler = wiring.overages, wiring.reconciler
    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    return (
        Job(name="claim overage", act=overages.claim_all, every=hour),
        Job(name="claim overage of cycles that end", act=overages.claim_ending, every=minute),
        Job(name="ask for credit notes", act=wiring.credits.request_all, every=hour),
        Job(name="charge phone numbers", act=wiring.numbers.charge_all, every=hour),
        Job(name="give notice of quotas", act=wiring.quotas.note_all, every=minute),
        Job(name="top up by itself", act=wiring.top_ups.ask_where_low, every=SOON),
        Job(name="take up what came late", act=wiring.ledgers.thaw_late, every=minute),
        Job(name="settle top-ups", act=wiring.top_ups.settle_waiting, every=hour),
        Job(name="give notice of budgets", act=wiring.budgets.note_all, every=minute),
        Job(name="compare overage", act=overages.compare_lagging, every=5 * minute),
        Job(name="hear undelivered notices", act=reconciler.hear_undelivered, every=hour),
        Job(name="reconcile subscriptions", act=reconciler.reconcile_subscriptions, every=DAY),
        Job(name="reconcile overage", act=reconciler.reconcile_overage, every=DAY),
        Job(
            name="keep the tables of usage",
            act=lambda: wiring.usage_tables.keep_up(wiring.clock()),
            every=hour,
        ),
        Job(name="sign the heads of the logs", act=wiring.heads.sign_all, every=hour),
        Job(
            name="forget old errands",
            act=lambda: wiring.outbox.prune(wiring.database, wiring.clock()),
            every=hour,
        ),
        Job(name="give up calls that nobody ended", act=wiring.abandoning.abandon_all, every=minute),
        Job(name="destroy old texts of calls", act=wiring.retiring.retire_texts, every=hour),
        Job(
            name="note how far the screens are",
            act=lambda: wiring.lags.note(wiring.database, wiring.clock()),
            every=minute,
        ),
    )


def main() -> int:
    logs.configure()
    stop = Event()

    def end(_: int, __: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return work(of_environment(stripe_seconds=JOB_SECONDS), stop)


def work(wiring: Wiring, stop: Event) -> int:
    """Work until told to stop; whatever else ends one part of it ends the others too, so that it is seen."""
    follower = Thread(target=wiring.runner.run, args=(stop,), name="runner", daemon=True)
    rebuilder = Thread(
        target=wiring.rebuilder.run, args=(stop, wiring.runner.leads), name="rebuilder", daemon=True
    )
    wiring.reconciler.stop = stop
    scheduler = scheduled(wiring)
    follower.start()
    rebuilder.start()
    scheduler.start()
    try:
        log.info("the worker is ready")
        run_errands(wiring, stop, follower)
        return 0 if stop.is_set() else 1
    finally:
        stop.set()
        jobs_end = Thread(target=scheduler.shutdown, name="jobs end", daemon=True)
        jobs_end.start()
        jobs_end.join(JOIN_SECONDS)
        follower.join(JOIN_SECONDS)
        rebuilder.join(JOIN_SECONDS)


def scheduled(wiring: Wiring) -> BackgroundScheduler:
    """At every beat each job is done if it is due; what was missed, for however long, is done once."""
    scheduler = BackgroundScheduler(timezone="UTC")
    for job in jobs(wiring):
        scheduler.add_job(
            as_leader(wiring, job),
            "interval",
            name=job.name,
            seconds=job.beat.seconds,
            next_run_time=now(),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
    return scheduler


def as_leader(wiring: Wiring, job: Job) -> Callable[[], None]:
    """The job if it is due, done only by the worker whose runner leads; a failure is told without a word
    about anybody, and tried again after some minutes."""

    def run() -> None:
        if not wiring.runner.leads.wait(LEAD_SECONDS):
            return
        try:
            _do_if_due(wiring, job)
        except Exception as error:
            log.error("the job to %s failed: %s", job.name, type(error).__name__)

    return run


def _do_if_due(wiring: Wiring, job: Job) -> None:
    at, late_at = wiring.clock(), job.late_at(wiring.clock())
    runs, database = wiring.job_runs, wiring.database
    if not runs.begin(database, job.name, at, since=job.since(at), late_at=late_at):
        return
    try:
        job.act()
    except Exception as error:
        runs.failed(database, job.name, error)
        raise
    runs.done(database, job.name, at, late_at=late_at)


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
