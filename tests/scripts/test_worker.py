"""The worker: it ends as a whole or goes on as a whole, and does what the clock asks for while it leads."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from adapters.postgres.jobs import JobRun
from adapters.postgres.outbox import KEPT
from scripts import worker
from scripts.wiring import Wiring
from scripts.worker import DAY, Job, as_leader, work
from tests.adapters.billed import fill
from tests.adapters.errands import deliver, entries, nothing, notice
from tests.adapters.lost import cancelled_unheard
from tests.house import House, settings_of
from tests.waiting import until

ROOT = Path(worker.__file__).parent.parent
ENDS_SECONDS_MAX = 20


@contextmanager
def a_worker(house: House, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program itself, as `scripts/run` starts it; Stripe does not answer it."""
    settings = house.wiring.settings
    environ = {
        **os.environ,
        "HEARTWOOD_DATA": str(settings.data),
        "HEARTWOOD_DATABASE": settings.database,
        "HEARTWOOD_URL": "http://127.0.0.1:1",
        "HEARTWOOD_STRIPE_URL": "http://127.0.0.1:1",
        "STRIPE_SECRET_KEY": "sk_test_local",
        "STRIPE_WEBHOOK_SECRET": "whsec_test",
    }
    with log.open("wb") as output:
        command = [sys.executable, "-m", "scripts.worker"]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=output, stderr=output)
    try:
        until(lambda: "the worker is ready" in log.read_text() or process.poll() is not None, seconds=30)
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def working(wiring: Wiring) -> Iterator[Thread]:
    """A worker in a thread."""
    stop = Event()
    thread = Thread(target=work, args=(wiring, stop))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(ENDS_SECONDS_MAX)
    assert not thread.is_alive()


def test_a_worker_that_cannot_go_on_ends_with_an_error(house: House, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    with a_worker(house, log) as process:
        with house.database.writing() as db:
            db.execute("DROP TABLE outbox")

        code = process.wait(ENDS_SECONDS_MAX)

    assert code == 1
    assert "UndefinedTable" in log.read_text()


def test_a_worker_that_is_told_to_stop_ends_without_an_error(house: House, tmp_path: Path) -> None:
    with a_worker(house, tmp_path / "worker.log") as process:
        process.terminate()

        code = process.wait(ENDS_SECONDS_MAX)

    assert code == 0


def test_it_claims_overage_at_once(house: House) -> None:
    ana = house.person("Ana")
    tree_id, anchor_id = house.agency_of(ana)
    fill(house, anchor_id, 26_000)

    with working(house.wiring):
        until(lambda: "Overage.Reported" in facts_about(house, tree_id))

    assert facts_about(house, tree_id).count("Overage.Claimed") == 1


def test_it_forgets_old_errands(house: House) -> None:
    notice(house, number=1)
    deliver(house, nothing)
    house.clock.at += KEPT * 2
    notice(house, number=2)
    deliver(house, nothing)
    old, young = entries(house)

    with working(house.wiring):
        until(lambda: old not in entries(house))

    assert entries(house) == [young]


def test_only_the_worker_that_leads_does_what_the_clock_asks_for(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LEAD_SECONDS", 0.5)
    done: list[str] = []
    other = Wiring(settings_of(house.database.conninfo, tmp_path), clock=house.clock)

    with working(house.wiring):
        until(house.wiring.runner.leads.is_set)
        with working(other):
            for name, wiring in (("first", house.wiring), ("second", other)):
                as_leader(wiring, a_job(lambda name=name: done.append(name)))()
    with working(other):
        until(other.runner.leads.is_set)
        house.clock.advance(hours=1)
        as_leader(other, a_job(lambda: done.append("second, leading")))()

    assert done == ["first", "second, leading"]
    assert not house.wiring.runner.leads.is_set()
    for log in (other.agency, other.metering, other.database):
        log.close()


def test_a_job_that_fails_is_told_without_a_word_about_anybody(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble() -> None:
        raise ValueError("ana@example.com has moved")

    house.wiring.runner.leads.set()

    with caplog.at_level(logging.DEBUG):
        as_leader(house.wiring, a_job(stumble))()

    assert caplog.messages == ["the job to try this failed: ValueError"]
    assert "example.com" not in caplog.text


def test_a_job_is_done_once_in_its_interval_by_whichever_worker(house: House, tmp_path: Path) -> None:
    done: list[int] = []
    job = a_job(lambda: done.append(house.clock().hour))
    other = Wiring(settings_of(house.database.conninfo, tmp_path), clock=house.clock)
    house.wiring.runner.leads.set()
    other.runner.leads.set()

    for minutes in (0, 1, 58, 1, 1):
        house.clock.advance(minutes=minutes)
        for wiring in (house.wiring, other):
            as_leader(wiring, job)()

    assert done == [9, 10]
    other.database.close()


def test_a_nightly_job_is_done_at_once_and_then_every_night(house: House) -> None:
    done: list[str] = []
    job = a_job(lambda: done.append(f"{house.clock():%d %H}"), every=DAY)
    house.wiring.runner.leads.set()

    for _ in range(60):
        as_leader(house.wiring, job)()
        house.clock.advance(hours=1)

    assert done == ["01 09", "02 03", "03 03"]


def test_a_job_that_failed_is_tried_again_after_some_minutes_and_support_sees_it(house: House) -> None:
    tried: list[int] = []

    def stumble() -> None:
        tried.append(house.clock().minute)
        if len(tried) < 3:
            raise ValueError

    house.wiring.runner.leads.set()
    job, errors = a_job(stumble, every=DAY), []

    for _ in range(12):
        as_leader(house.wiring, job)()
        errors.append(job_run(house).error)
        house.clock.advance(minutes=1)

    assert tried == [0, 5, 10]
    assert errors == ["ValueError"] * 10 + [None] * 2


def test_a_job_that_is_not_done_any_more_shows_on_health(house: House) -> None:
    house.wiring.runner.leads.set()
    as_leader(house.wiring, a_job(lambda: None))()

    well = house.wiring.health()
    house.clock.advance(hours=2, minutes=1)
    late = house.wiring.health()

    assert (well["status"], well["jobs"]) == ("ok", {"late": 0})
    assert (late["why"], late["jobs"]) == (["jobs_late"], {"late": 1})


def test_a_worker_reconciles_by_itself(house: House) -> None:
    tree_id = cancelled_unheard(house)
    before = facts_about(house, tree_id)

    with working(house.wiring):
        until(lambda: "Tree.CancellationScheduled" in facts_about(house, tree_id))

    assert "Tree.CancellationScheduled" not in before
    assert facts_about(house, tree_id).count("Tree.CancellationScheduled") == 1
    assert house.services.evidence.of_stream(tree_id)[-1].event.actor == "clock"


def job_run(house: House) -> JobRun:
    with house.database.reading() as db:
        (run,) = house.wiring.job_runs.all(db)
    return run


def a_job(act: Callable[[], object], every: timedelta = timedelta(hours=1)) -> Job:
    return Job(name="try this", act=act, every=every)


def facts_about(house: House, tree_id: object) -> list[str]:
    with house.database.connection() as db:
        rows = db.execute("SELECT topic FROM event_index WHERE tree_id = %s ORDER BY position", (tree_id,))
        return [row["topic"] for row in rows]
