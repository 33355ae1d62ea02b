"""How a downgrade is explained, whichever way the end came."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.tree import TreeStatus
from projections.history.downgrade import explain
from projections.history.downgrade.story import How
from tests.histories.life import (
    ACME,
    ADAM,
    ANA,
    ANCHOR,
    BIRCH,
    DAY,
    TREE,
    Life,
    an_agency,
    digest,
    everything_once,
)
from tests.projections.explained import explained, run_out

# Not ended.


def test_facts_of_no_tree_have_no_story():
    life = Life()
    life.agency.sign_up(ANCHOR, ANA, digest("Bright Signal"), because=life.by(ANA))

    story = explain(life.facts)

    assert story is None


def test_a_tree_that_was_never_paid_for_awaits_payment():
    life = Life()
    life.agency.sign_up(ANCHOR, ANA, digest("Bright Signal"), because=life.by(ANA))
    life.agency.choose_plan(ANCHOR, ANA, "agency", TREE, because=life.by(ANA))

    story = explained(life)

    assert (story.status, story.end, story.workspaces) == (TreeStatus.AWAITING_PAYMENT, None, ())


def test_an_active_tree_says_what_would_become_of_it():
    life = an_agency()

    story = explained(life)

    assert (story.status, story.end, story.cancellation) == (TreeStatus.ACTIVE, None, None)
    assert [(one.workspace_id, one.plan_from, one.plan_to) for one in story.workspaces] == [
        (ANCHOR, "agency", "free"),
        (ACME, "agency", "free"),
        (BIRCH, "agency", "free"),
    ]
    assert all(one.downgraded_at is None for one in story.workspaces)
    assert story.ways_out == ()


def test_a_scheduled_end_can_still_be_taken_back():
    life = an_agency()
    life.cancelled_in_portal("evt_cancel")

    story = explained(life)

    assert story.end is None
    assert story.cancellation is not None
    assert story.cancellation.ends_at == life.cycle[1]
    assert [(way.kind, way.until, way.still_open) for way in story.ways_out] == [
        ("reactivate", life.cycle[1], True)
    ]


def test_a_request_that_stripe_has_not_confirmed_is_shown_as_such():
    life = an_agency()
    life.agency.request_cancellation(TREE, ADAM, because=life.by(ADAM))

    story = explained(life)

    assert story.cancellation is None
    assert story.asked is not None
    assert story.asked.actor == f"person:{ADAM}"


# Ended.


def test_a_cancellation_in_the_portal_that_ran_out_names_its_notices():
    life = run_out(an_agency())

    story = explained(life)

    assert story.end is not None
    assert story.end.how is How.AS_SCHEDULED
    assert story.end.reason == "cancellation_requested"
    notice = story.end.hand.notice
    assert notice is not None
    assert (notice.notice_id, notice.type) == ("evt_end", "customer.subscription.deleted")
    assert (notice.created_at, notice.outcome) == (life.cycle[1], "synced")
    assert story.cancellation is not None
    assert story.cancellation.asked is None
    assert story.cancellation.scheduled.notice is not None
    assert story.cancellation.scheduled.notice.notice_id == "evt_cancel"


def test_a_cancellation_on_our_page_names_the_person_also_when_the_notice_confirmed_it():
    life = an_agency()
    life.agency.request_cancellation(TREE, ADAM, because=life.by(ADAM))
    life.cancelled_in_portal("evt_confirmed")
    life.now = life.cycle[1]
    life.ended()

    story = explained(life)

    assert story.cancellation is not None
    assert story.cancellation.asked is not None
    assert story.cancellation.asked.actor == f"person:{ADAM}"
    assert story.cancellation.scheduled.actor == "stripe"
    assert story.asked is None


def test_cancellations_that_were_taken_back_come_before_the_one_that_counted():
    life = everything_once()

    story = explained(life)

    assert [one.asked.actor if one.asked else None for one in story.earlier] == [f"person:{ANA}"]
    taken_back = story.earlier[0]
    assert taken_back.reactivation_asked is not None
    assert taken_back.reactivation_asked.actor == f"person:{ADAM}"
    assert taken_back.reactivated is not None
    assert story.cancellation is not None
    assert story.cancellation.scheduled.cause == "notice:evt_cancel_2"


def test_a_date_that_was_moved_is_one_cancellation_with_the_last_date():
    life = an_agency()
    life.cancelled_in_portal("evt_cancel")
    moved = life.cycle[1] + 5 * DAY
    life.notice("evt_moved", "customer.subscription.updated", life.subscription(ends_at=moved))

    story = explained(life)

    assert story.cancellation is not None
    assert story.cancellation.ends_at == moved
    assert story.cancellation.scheduled.cause == "notice:evt_cancel"
    assert story.earlier == ()


@pytest.mark.parametrize(
    ("reason", "days", "how", "way_out"),
    [
        ("cancellation_requested", 2, How.AT_ONCE, "cancel_at_period_end"),
        ("cancellation_requested", 30, How.AT_PERIOD_END, "reactivate"),
        ("payment_failed", 2, How.NOT_PAID, "pay_invoice"),
        ("payment_disputed", 2, How.DISPUTED, "answer_dispute"),
        ("a_new_word", 2, How.AT_ONCE, "cancel_at_period_end"),
    ],
)
def test_an_end_without_a_schedule_is_told_by_its_reason(reason, days, how, way_out):
    life = an_agency().days_later(days)
    life.ended(because=reason)

    story = explained(life)

    assert story.end is not None
    assert (story.end.how, story.end.reason) == (how, reason)
    assert story.cancellation is None
    assert [way.kind for way in story.ways_out] == [way_out]


def test_a_scheduled_end_that_was_cut_short_came_at_once():
    life = an_agency()
    life.cancelled_in_portal("evt_cancel")
    life.days_later(2).ended()

    story = explained(life)

    assert story.end is not None
    assert story.end.how is How.AT_ONCE
    assert story.cancellation is not None


def test_an_end_for_payment_names_the_invoice_and_the_warnings():
    life = an_agency()
    life.invoice("in_paid", "open")
    life.invoice("in_paid", "paid")
    life.days_later(1).invoice("in_open", "open")
    life.notice("evt_failed", "invoice.payment_failed", life.subscription(status="past_due"))
    life.days_later(14).ended(because="payment_failed")
    life.invoice("in_open", "void")

    story = explained(life)

    assert [(one.invoice_id, one.status, one.total_cents) for one in story.invoices_unpaid] == [
        ("in_open", "open", 24_900)
    ]
    assert story.ways_out[0].since == story.invoices_unpaid[0].created_at
    assert ("StripeNotice.Received", "invoice.payment_failed") in [
        (step.name, step.fields.get("type")) for step in story.steps
    ]


def test_an_end_that_no_notice_told_us_of_names_the_clock():
    life = an_agency().days_later(2)
    seen = life.subscription(status="canceled", ended_at=life.now)
    life.agency.sync_subscription(TREE, seen, because=life.by_clock("reconcile"))

    story = explained(life)

    assert story.end is not None
    assert (story.end.hand.notice, story.end.hand.cause) == (None, "tick:reconcile@2026-01-10T09:00:02Z")
    assert story.end.reason == "canceled"
    assert story.spans is not None
    assert (story.spans.notice_took, story.spans.whole) == (None, timedelta())


def test_the_notice_that_made_us_ask_did_it_also_when_stripes_own_word_came_later():
    life = an_agency().days_later(2)
    seen = life.subscription(status="canceled", ended_at=life.now, ended_because="cancellation_requested")
    life.notice("evt_first", "customer.subscription.updated", seen)
    life.notice("evt_word", "customer.subscription.deleted", seen)

    story = explained(life)

    assert story.end is not None
    assert story.end.hand.notice is not None
    assert story.end.hand.notice.notice_id == "evt_first"
    assert story.end.word_of_stripe is not None
    assert story.end.word_of_stripe.notice_id == "evt_word"
    assert "evt_word" in [step.fields.get("notice_id") for step in story.steps]
