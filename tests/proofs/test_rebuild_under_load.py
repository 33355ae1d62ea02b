"""While everything is made anew and who is at it is killed: is it the same, once, and never seen half?"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from datetime import timedelta
from itertools import cycle, islice
from random import Random
from threading import Event
from uuid import uuid4

import pytest

from adapters.postgres.logs import LOGS, fact_of, head, rows_after
from projections.catalogue import ALL as PROJECTIONS
from scripts.benches.running import Planted
from scripts.policies import POLICIES
from scripts.wiring import Wiring, now
from tests.proofs.at_once import meanwhile
from tests.proofs.at_work import AtWork
from tests.proofs.groves import Grove, Grown
from tests.proofs.killed import POSTGRES, SEED, WEB, WORKER, Killed, killed, wired
from tests.proofs.over_http import HttpBrowser
from tests.proofs.rebuilding import Rebuilding, command, conninfo_of
from tests.proofs.retrying import Clients
from tests.proofs.rows import rows_of
from tests.proofs.tallies import answers, event_ids
from tests.waiting import until

__all__ = ["killed"]

LONG = os.environ.get("HEARTWOOD_LONG") == "1"
TREES, WATCHED = (60, 5) if LONG else (25, 3)
REBUILDER = "who rebuilds at the command line"
ORDER = (REBUILDER, WEB, WORKER, REBUILDER, POSTGRES) if LONG else (REBUILDER, WEB, WORKER, POSTGRES)
KILLS = 20 if LONG else 4
KILLED_SECONDS_MAX = 120
FOLLOWED_SECONDS_MAX = 60
READERS, TRACKERS = 2, 2
LOOKS_MIN = 40
LEASED = timedelta(minutes=11)  # an errand of a worker that was killed is tried again by then
EVERYTHING = PROJECTIONS.values()


@pytest.fixture(autouse=True)
def sam_is_staff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the Heartwood starts."""
    monkeypatch.setenv("HEARTWOOD_STAFF", "sam@example.com")


def people_at_work(killed: Killed) -> tuple[AtWork, Rebuilding, Clients]:
    """Ana, who owns all the trees, Sam of support, and programs that track."""
    with wired(killed.data) as wiring:
        ana = wiring.vault.remember("Ana", "ana@example.com", uuid4())
        sam = wiring.vault.remember("Sam", "sam@example.com", uuid4())
        grove = Grove(wiring.agency, wiring.clock, keys=wiring.keys, name_digest=wiring.vault.keep_text)
        trees = [tree for _ in range(TREES) for tree in grove.plant(1, ana)]
        sessions = [wiring.sessions.begin(one, wiring.clock()) for one in (ana, sam)]
        until(lambda: all_is_followed(wiring), seconds=FOLLOWED_SECONDS_MAX)
    port = killed.heartwood.port
    work = AtWork(port, sessions[0], trees[:WATCHED])
    browser, conninfo = HttpBrowser(port, sessions[1]), conninfo_of(killed.data)
    rebuilding = Rebuilding(killed.data, conninfo, browser, work.unwell, Random(SEED))
    return work, rebuilding, Clients(port, programs_of(trees), requests_max=sys.maxsize)


def programs_of(trees: list[Grown]) -> list[Planted]:
    return [Planted(workspace_id=one, key=key) for tree in trees for one, key in tree.keys.items()]


def all_is_followed(wiring: Wiring) -> bool:
    with wiring.database.reading() as db:
        marks = {row["log"]: row["position"] for row in db.execute("SELECT * FROM bookmarks")}
        return all(marks[log] >= head(db, log) for log in LOGS)


def kill_while_they_work(killed: Killed, work: AtWork, rebuilding: Rebuilding) -> None:
    """Each at an instant at which a rebuild is under way."""
    for kind in islice(cycle(ORDER), KILLS):
        if kind == REBUILDER:
            rebuilding.kill_next.set()
            until(lambda: rebuilding.failed or not rebuilding.kill_next.is_set(), seconds=KILLED_SECONDS_MAX)
            continue
        under_way = rebuilding.runs_in_the_worker if kind == WORKER else rebuilding.has_shadow
        until(lambda of=under_way: rebuilding.failed or of(), seconds=KILLED_SECONDS_MAX)  # type: ignore[misc]
        assert rebuilding.failed == []
        with work.unwell.because_of_a_kill():
            killed.kill(kind)
        looked = work.looks.total()
        until(lambda least=looked + WATCHED: work.looks.total() >= least, seconds=KILLED_SECONDS_MAX)  # type: ignore[misc]


def tracking(clients: Clients, seed: int) -> object:
    def track(stop: Event) -> None:
        clients.run(seed)

    return track


@pytest.mark.timeout(3_600 if LONG else 600)
def test_rebuilds_that_are_killed_change_nothing_and_nobody_notices(killed: Killed) -> None:
    work, rebuilding, clients = people_at_work(killed)
    programs = [tracking(clients, number) for number in range(TRACKERS)]

    with meanwhile(*[work.read] * READERS, work.write, rebuilding.run, *programs):  # type: ignore[list-item]
        try:
            kill_while_they_work(killed, work, rebuilding)
        finally:
            clients.gone.set()

    print(
        f"{work.looks.total()} looks, {work.renamed} renamed, {len(work.invited)} invited,"
        f" {clients.requests} tracked, rebuilt {dict(rebuilding.done)}, killed {dict(killed.kills)} and"
        f" {rebuilding.killed} at it, {len(work.unanswered)} unanswered after kills"
    )
    assert work.halves == []
    assert work.not_excused() == []
    assert (rebuilding.differing, rebuilding.failed) == ([], [])
    assert min(work.looks.values()) >= LOOKS_MIN / 4
    assert rebuilding.killed == sum(kind == REBUILDER for kind in islice(cycle(ORDER), KILLS))
    assert_nothing_is_left_over(killed, rebuilding)
    with wired(killed.data) as wiring:
        assert_each_was_done_once(wiring, work, clients)


def assert_nothing_is_left_over(killed: Killed, rebuilding: Rebuilding) -> None:
    """Once more, now that nothing is killed: the same rows, and neither shadow nor lock."""
    until(lambda: not rebuilding.is_open(), seconds=KILLED_SECONDS_MAX)
    with wired(killed.data) as wiring:
        until(lambda: all_is_followed(wiring), seconds=FOLLOWED_SECONDS_MAX)
        before = rows_of(wiring.database, *EVERYTHING)
        said, complained = command(killed.data, "rebuild", "--all", "--json").communicate()
        assert complained == ""
        assert {one["name"]: one["differences"] for one in json.loads(said)["rebuilt"]} == dict.fromkeys(
            PROJECTIONS, 0
        )
        assert rows_of(wiring.database, *EVERYTHING) == before
    assert (rebuilding.has_shadow(), rebuilding.locks_held()) == (False, 0)


def assert_each_was_done_once(wiring: Wiring, work: AtWork, clients: Clients) -> None:
    """Errands, mails and events: those that the facts ask for, and no other."""
    with wiring.database.reading() as db:
        asked = Counter(
            (row["stream"], row["version"], row["errand"])
            for row in db.execute("SELECT stream, version, errand FROM outbox")
        )
        facts = [fact_of(log, row) for log in LOGS for row in rows_after(db, log, 0, limit=2**31)]
    assert asked == Counter(
        (fact.stream, fact.version, errand) for fact in facts for errand in POLICIES.get(type(fact.event), ())
    )
    later = Wiring(wiring.settings, clock=lambda: now() + LEASED)
    until(lambda: later.deliver_due() == 0, seconds=FOLLOWED_SECONDS_MAX)
    later.agency.close()
    later.database.close()
    mails = Counter(mail.to for address in work.invited for mail in wiring.mail_folder.kept_for(address))
    assert mails == Counter(work.invited)
    told = {(one.workspace_id, one.idempotency_key): one.event_id for one in clients.heard}
    assert answers(wiring.database) == told
    assert sorted(event_ids(wiring.database)) == sorted(told.values())
