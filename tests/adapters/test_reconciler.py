"""The reconciler: what was lost between Stripe and us is found again, and mended by the one sync."""

from __future__ import annotations

from datetime import timedelta
from threading import Event
from typing import Any
from uuid import UUID

import pytest

from adapters.stripe.errors import StripeAway
from adapters.stripe.reconciler import Interrupted
from tests.adapters.billed import fill, names, stripe_away
from tests.adapters.lost import cancelled_unheard, drifts, facts_in_log, forgotten, hear, reconcile, runs
from tests.house import House


def last(house: House, tree_id: UUID) -> Any:
    return house.services.evidence.of_stream(tree_id)[-1].event


# Notices that never arrived.


def test_a_notice_that_never_arrived_is_acted_on_by_the_same_errand(house: House) -> None:
    tree_id = cancelled_unheard(house)

    hear(house)

    assert names(house, tree_id)[-1] == "Tree.CancellationScheduled"
    scheduled = last(house, tree_id)
    notice_id = scheduled.cause.removeprefix("notice:")
    received = house.agency.fact(house.agency.notice(notice_id).id, 1)
    assert (received.actor, scheduled.actor) == ("clock", "clock")
    assert received.cause.startswith("tick:reconcile-notices@")
    assert received.story == scheduled.story == f"notice:{notice_id}"


def test_a_notice_is_remembered_once_however_it_came(house: House) -> None:
    cancelled_unheard(house)
    hear(house)
    before = facts_in_log(house)

    hear(house)
    with house.stripe.store.transaction():
        house.stripe.store.write("UPDATE deliveries SET state = 'waiting'")
    house.deliver_notices()

    assert facts_in_log(house) == before


def test_what_stripe_wrote_is_sealed_as_if_it_had_arrived(house: House) -> None:
    tree_id = cancelled_unheard(house)

    hear(house)

    notice = house.agency.notice(last(house, tree_id).cause.removeprefix("notice:"))
    body = house.wiring.vault.body(notice.id)
    assert body is not None
    assert notice.notice_id in body


def test_notices_that_arrived_are_not_asked_for_again(house: House) -> None:
    house.agency_of(house.person("Ana"))
    before = facts_in_log(house)

    hear(house)

    assert facts_in_log(house) == before
    assert runs(house) == []


def test_a_run_that_heard_something_is_noted_without_a_word_about_anybody(house: House) -> None:
    cancelled_unheard(house)

    hear(house)
    house.run_followed()

    (run,) = runs(house)
    assert (run.job, run.repaired, run.drifts) == ("notices", run.checked, 0)
    assert run.repaired > 0


# Subscriptions and invoices.


def test_a_cancellation_of_which_nothing_was_heard_is_found_at_night(house: House) -> None:
    tree_id = cancelled_unheard(house)

    reconcile(house)

    scheduled = last(house, tree_id)
    assert type(scheduled).__qualname__ == "Tree.CancellationScheduled"
    assert scheduled.actor == "clock"
    assert scheduled.cause == scheduled.story
    assert scheduled.story.startswith("tick:reconcile-subscriptions@")
    assert [(run.job, run.repaired, run.drifts) for run in runs(house)] == [("subscriptions", 1, 0)]


def test_a_payment_of_which_nothing_was_heard_begins_the_agency(house: House) -> None:
    ana = house.person("Ana")
    tree_id, _ = house.pays_for_agency(house.workspace(ana), ana)
    forgotten(house)

    reconcile(house)

    assert house.agency.tree(tree_id).status == "active"


def test_an_end_of_which_nothing_was_heard_downgrades_everybody(house: House) -> None:
    tree_id = cancelled_unheard(house)
    house.clock.at = house.agency.tree(tree_id).cycle_ends_at + timedelta(hours=2)
    house.stripe.advance(house.clock())
    forgotten(house)

    reconcile(house)

    tree = house.agency.tree(tree_id)
    assert tree.status == "ended"
    assert house.agency.workspace(tree.anchor_id).plan == "free"
    assert drifts(house) == []


def test_a_year_of_invoices_of_which_nothing_was_heard_is_complete(house: House) -> None:
    tree_id, _ = house.agency_of(house.person("Ana"))
    house.clock.advance(days=500)
    house.stripe.advance(house.clock())
    forgotten(house)

    reconcile(house)

    found = {
        fact.event.invoice_id for fact in house.services.evidence.of_tree(tree_id) if "Invoice" in fact.name
    }
    theirs = house.wiring.gateway.invoices(str(house.agency.tree(tree_id).subscription_id), limit=100)
    assert len(theirs) > 12
    assert found == {invoice.invoice_id for invoice in theirs}


def test_a_night_in_which_nothing_was_lost_records_nothing(house: House) -> None:
    _, anchor_id = house.agency_of(house.person("Ana"))
    fill(house, anchor_id, 27_000)
    house.wiring.overages.claim_all()
    house.wiring.deliver_due()
    before = facts_in_log(house)

    reconcile(house)

    assert facts_in_log(house) == before


def test_while_stripe_is_away_nothing_is_concluded(house: House) -> None:
    house.agency_of(house.person("Ana"))
    before = facts_in_log(house)

    with stripe_away(house), pytest.raises(StripeAway):
        house.wiring.reconciler.reconcile_subscriptions()

    assert facts_in_log(house) == before


def test_one_that_stripe_cannot_answer_for_does_not_keep_the_others_from_being_mended(house: House) -> None:
    behind = cancelled_unheard(house)  # the newest come first
    odd, _ = house.agency_of(house.person("Ben"), "Odd")
    path = f"/v1/subscriptions/{house.agency.tree(odd).subscription_id}"
    house.stripe.break_calls("error", path=path, calls=None)

    reconcile(house)

    assert names(house, behind)[-1] == "Tree.CancellationScheduled"
    assert [(one.kind, one.tree_id) for one in drifts(house)] == [("not_compared", odd)]


def test_where_stripe_answers_for_nobody_in_a_row_the_run_is_not_done(house: House) -> None:
    for name in ("Ana", "Ben", "Vera"):
        house.agency_of(house.person(name), name)
    house.stripe.break_calls("error", path="/v1/subscriptions/", calls=None)
    before = facts_in_log(house)

    with pytest.raises(StripeAway):
        house.wiring.reconciler.reconcile_subscriptions()

    assert facts_in_log(house) == before


def test_a_worker_that_is_to_end_does_not_wait_for_it(house: House) -> None:
    house.agency_of(house.person("Ana"))
    house.wiring.reconciler.stop = Event()
    house.wiring.reconciler.stop.set()

    with pytest.raises(Interrupted):
        house.wiring.reconciler.reconcile_subscriptions()
