"""The outbox: an errand is there if and only if its fact is, and is run until it is done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError
from psycopg.errors import UniqueViolation

from adapters.postgres.logs import open_log
from adapters.postgres.outbox import LEASE, Entry, Outbox
from adapters.stripe.client import client_for
from domain.agency import Agency
from domain.fact import Fact
from domain.notice import StripeNotice
from domain.overage import OverageDue
from domain.permissions import Role
from tests.adapters.errands import (
    ERRAND,
    SECOND,
    PulledPlug,
    deliver,
    entries,
    nothing,
    notice,
    pull_the_plug,
    seen,
)
from tests.house import House


def test_a_fact_that_asks_for_something_leaves_one_errand_in_its_own_transaction(house):
    notice(house)

    (entry,) = entries(house)

    fact = house.agency.notice("evt_1")
    assert (entry["errand"], entry["stream"], entry["version"]) == (ERRAND, fact.id, 1)
    assert (entry["attempts"], entry["done_at"], entry["gave_up_at"]) == (0, None, None)
    assert entry["story"].startswith("request:")


def test_other_facts_leave_none(house):
    house.workspace(house.person("Ana"))

    assert entries(house) == []


def test_a_fact_that_is_not_stored_leaves_no_errand(house):
    notice(house)
    again = StripeNotice.receive(seen(house, body_sha256="1" * 64), because=house.because("stripe"))

    with pytest.raises(IntegrityError):
        house.agency.save(again)

    assert len(entries(house)) == 1


def test_there_is_one_entry_for_a_fact_and_an_errand(house):
    notice(house)
    (stored,) = house.services.evidence.of_stream(house.agency.notice("evt_1").id)

    with pytest.raises(UniqueViolation), house.database.writing() as db:
        house.wiring.outbox.apply(db, [stored])

    assert len(entries(house)) == 1


def test_when_the_errand_cannot_be_written_the_fact_is_not_stored_either(house):
    class Broken(Outbox):
        def apply(self, db: Any, facts: Any) -> None:
            db.execute("SELECT 1 / 0")

    broken = open_log(Agency, house.database, (Broken({}),))

    with pytest.raises(Exception, match="division by zero"):
        broken.receive_notice(seen(house), because=house.because("stripe"))

    assert facts_of(house) == []
    broken.close()


def test_an_errand_is_run_once_and_is_done(house):
    notice(house)
    ran: list[Entry] = []

    delivered = [deliver(house, ran.append) for _ in range(3)]

    assert delivered == [True, False, False]
    assert [(entry.errand, entry.version, entry.attempts) for entry in ran] == [(ERRAND, 1, 1)]
    assert entries(house)[0]["done_at"] == house.clock()


def test_an_errand_that_nobody_knows_fails_like_any_other(house):
    notice(house)

    assert house.wiring.outbox.deliver_one(house.database, {}, house.clock)

    assert entries(house)[0]["last_error"] == f"KeyError: '{ERRAND}'"


def test_while_one_worker_is_at_it_no_other_takes_it(house):
    notice(house)
    others: list[bool] = []

    deliver(house, lambda entry: others.append(deliver(house, nothing)))

    assert others == [False]


def test_many_workers_run_each_errand_once(house):
    for number in range(30):
        notice(house, number)
    ran: list[int] = []

    def work(_: int) -> None:
        while deliver(house, lambda entry: ran.append(entry.entry_id)):
            pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    assert sorted(ran) == [entry["entry_id"] for entry in entries(house)]


def test_what_a_dead_worker_had_taken_is_taken_by_another_once_the_lease_is_over(house):
    notice(house)
    with pytest.raises(PulledPlug):
        deliver(house, pull_the_plug)

    too_early = deliver(house, nothing, house.clock() + LEASE - SECOND)
    in_time = deliver(house, nothing, house.clock() + LEASE)

    assert (too_early, in_time) == (False, True)
    assert (entries(house)[0]["attempts"], entries(house)[0]["done_at"]) == (2, house.clock() + LEASE)


def test_an_errand_done_by_a_worker_that_died_before_it_said_so_has_its_effect_once(house):
    ana = house.person("Ana")
    tree_id, _ = house.agency_of(ana)
    tree = house.agency.tree(tree_id)
    due = OverageDue(
        tree_id=tree_id,
        cycle_started_at=tree.cycle_started_at,
        cycle_ends_at=tree.cycle_ends_at,
        pool_events=25_000,
        used=85_000,
        metering_position=1,
    )
    house.agency.claim_overage(due, because=house.because("clock"))

    def report_and_die(entry: Entry) -> None:
        house.wiring.errands["report_overage"](entry)
        raise PulledPlug

    with pytest.raises(PulledPlug):
        house.wiring.outbox.deliver_one(house.database, {"report_overage": report_and_die}, house.clock)
    house.clock.at += LEASE
    house.wiring.deliver_due()

    reported = [fact for fact in facts_of(house) if fact.name == "Overage.Reported"]
    assert [fact.event.events for fact in reported] == [60_000]
    assert upcoming_cents(house, tree.subscription_id) == 24_900 + 29_000
    assert [entry["done_at"] is None for entry in entries(house)].count(True) == 0


def test_an_invitation_is_mailed_once_even_if_the_worker_dies_after_sending(house):
    ana, ben = house.person("Ana"), house.person("Ben")
    workspace_id = house.workspace(ana)
    because = house.because(f"person:{ana}")
    house.agency.invite(workspace_id, ana, uuid4(), ben, Role.MEMBER, because=because)

    def mail_and_die(entry: Entry) -> None:
        house.wiring.errands["mail_invitation"](entry)
        raise PulledPlug

    with pytest.raises(PulledPlug):
        house.wiring.outbox.deliver_one(house.database, {"mail_invitation": mail_and_die}, house.clock)
    house.clock.at += LEASE
    house.wiring.deliver_due()

    assert [mail.to for mail in house.services.mail.read()] == ["ben@example.com"]


def test_a_database_that_went_away_during_the_errand_loses_nothing(house):
    notice(house)

    def cut(entry: Entry) -> None:
        raise psycopg.OperationalError("the connection is lost")

    deliver(house, cut)
    house.clock.advance(seconds=2)

    assert house.wiring.deliver_due() == 1
    assert house.agency.notice("evt_1").outcome == "not_ours"


def facts_of(house: House) -> list[Fact]:
    with house.database.connection() as db:
        streams = [row["stream"] for row in db.execute("SELECT DISTINCT stream FROM event_index")]
    return [fact for stream in streams for fact in house.services.evidence.of_stream(stream)]


def upcoming_cents(house: House, subscription_id: str) -> int:
    """What Stripe would bill next."""
    client = client_for(
        "sk_test_1",
        base_url="http://stripe.localhost",
        timeout_seconds=5,
        http_client=house.stripe.http_client(),
    )
    return client.v1.invoices.create_preview({"subscription": subscription_id}).total
