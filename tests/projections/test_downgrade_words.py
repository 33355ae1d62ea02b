"""The story in words: the answer first, every name resolved, nothing said that is not so."""

from __future__ import annotations

import re
from datetime import timedelta

from domain.tree import TreeStatus
from projections.history.downgrade import explain
from projections.history.downgrade.words import (
    answers,
    digests_in_story,
    earlier,
    headline,
    mentions_of,
    step_sentence,
)
from tests.histories.life import (
    ACME,
    ADAM,
    ANA,
    ANCHOR,
    BEN,
    BIRCH,
    EVE,
    TREE,
    Life,
    an_agency,
    digest,
    everything_once,
    names,
)

AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}")


def told(life: Life) -> dict[str, str]:
    story = explain(life.facts)
    assert story is not None
    return {"": headline(story, names())} | {one.question: one.answer for one in answers(story, names())}


def test_the_headline_answers_first():
    life = everything_once()

    words = told(life)

    assert words[""] == (
        "The agency of Bright Signal was downgraded on 6 March 2026, 09:00 UTC: 2 workspaces went from"
        " Agency to Free, because a scheduled cancellation ran out without being taken back."
    )


def test_the_notice_that_did_it_is_named():
    life = everything_once()

    words = told(life)

    assert words["What did it?"].startswith(
        "Stripe’s notice evt_end (customer.subscription.deleted), made 6 March"
    )
    assert "“cancellation_requested”: somebody asked for it" in words["Why?"]
    assert "Somebody, at Stripe itself" in words["Who cancelled?"]
    assert "through notice evt_cancel_2" in words["Who cancelled?"]


def test_earlier_cancellations_say_who_took_them_back():
    story = explain(everything_once().facts)
    assert story is not None

    sentences = earlier(story, names())

    assert len(sentences) == 1
    assert sentences[0].startswith("Ana, on our billing page on 7 February 2026")
    assert "Adam took it back on our billing page" in sentences[0]


def test_what_would_have_prevented_it_names_the_last_moment():
    life = everything_once()

    words = told(life)

    assert "Reactivate" in words["What would have prevented it?"]
    assert "until 6 March 2026, 09:00 UTC" in words["What would have prevented it?"]


def test_an_end_at_once_says_that_nothing_could_be_done_afterwards():
    life = an_agency().days_later(2)
    life.ended()

    words = told(life)

    assert "was cancelled at once" in words[""]
    assert "until 4 February 2026, 09:00 UTC to reactivate" in words["What would have prevented it?"]
    assert "Who cancelled?" not in words


def test_an_end_by_a_clock_that_is_ahead_of_ours_says_so_once():
    life = an_agency().days_later(2)
    seen = life.subscription(status="canceled", ended_at=life.now + timedelta(days=45))
    life.notice("evt_end", "customer.subscription.deleted", seen)

    words = told(life)

    assert words[""].endswith(" Stripe’s clock was ahead of ours by 44 days 23 hours.")
    assert words["How long did it take?"] == "That cannot be told from two clocks that differ."
    assert "ahead" not in told(everything_once())[""]


def test_an_unpaid_agency_says_which_invoice():
    life = an_agency()
    life.invoice("in_open", "open")
    life.days_later(2).ended(because="payment_failed")

    words = told(life)

    assert "payment failed" in words[""]
    assert "Invoice HW-in_open over € 249.00" in words["What was not paid?"]
    assert "Paying the open invoice" in words["What would have prevented it?"]


def test_an_end_that_we_asked_for_ourselves_says_so():
    life = an_agency().days_later(2)
    seen = life.subscription(status="canceled", ended_at=life.now)
    life.agency.sync_subscription(TREE, seen, because=life.by_clock("reconcile"))

    words = told(life)

    assert words["What did it?"].startswith(
        "No notice: we asked Stripe ourselves (the clock’s check reconcile)"
    )


def test_the_notice_that_made_us_ask_and_stripes_own_word_are_told_apart():
    life = an_agency().days_later(2)
    seen = life.subscription(status="canceled", ended_at=life.now, ended_because="cancellation_requested")
    life.notice("evt_first", "customer.subscription.updated", seen)
    life.notice("evt_word", "customer.subscription.deleted", seen)

    words = told(life)

    assert words["What did it?"].startswith("Stripe’s notice evt_first (customer.subscription.updated)")
    assert "Stripe’s own word of the end is notice evt_word" in words["What did it?"]


def test_an_agency_that_goes_on_says_so():
    active, scheduled = an_agency(), an_agency()
    scheduled.cancelled_in_portal("evt_cancel")

    assert told(active)[""].endswith("is active: it was not downgraded, and no end is scheduled.")
    assert "its subscription ends on 4 February 2026" in told(scheduled)[""]
    assert "One click" in told(scheduled)["What can still be done?"]


def test_an_agency_that_was_never_paid_for_says_so():
    life = Life()
    life.agency.sign_up(ANCHOR, ANA, digest("Bright Signal"), because=life.by(ANA))
    life.agency.choose_plan(ANCHOR, ANA, "agency", TREE, because=life.by(ANA))

    words = told(life)

    assert words == {"": "The agency of Bright Signal was never paid for, so nothing could be downgraded."}
    assert life.agency.tree(TREE).status is TreeStatus.AWAITING_PAYMENT


def test_no_id_of_ours_is_left_in_the_words():
    life = everything_once()
    story = explain(life.facts)
    assert story is not None

    words = [*told(life).values(), *(step_sentence(step, names()) for step in story.steps)]

    assert not [one for one in words if AN_ID.search(one)]


def test_everybody_in_the_story_is_mentioned():
    story = explain(everything_once().facts)
    assert story is not None

    found = mentions_of(story)

    assert found.people >= {ANA, ADAM, BEN, EVE}
    assert found.workspaces >= {ANCHOR, ACME, BIRCH}
    assert digests_in_story(story)[BIRCH] == digest("Birch & Sons")
