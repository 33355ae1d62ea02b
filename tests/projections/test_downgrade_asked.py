"""Who is told to have ended it: only whose request it followed from."""

from __future__ import annotations

import pytest

from projections.history.downgrade.words import answers, headline
from tests.histories.life import ADAM, ANA, TREE, Life, an_agency, names
from tests.projections.explained import explained

PORTAL = "It was ended at once at Stripe itself"


def told(life: Life) -> dict[str, str]:
    return {one.question: one.answer for one in answers(explained(life), names())}


def refused(life: Life) -> None:
    asked = life.agency.tree(TREE).asked_at_version
    life.agency.refuse_request(TREE, asked, "resource_missing", because=life.by(ADAM))


@pytest.mark.parametrize("request_of", ["request_cancellation", "request_end"])
def test_a_request_that_stripe_refused_ended_nothing(request_of: str):
    life = an_agency()
    getattr(life.agency, request_of)(TREE, ADAM, because=life.by(ADAM))
    refused(life)
    life.days_later(2).ended()

    words = told(life)

    assert words["Who ended it at once?"].startswith(PORTAL)
    assert "Adam" not in " ".join(words.values())
    assert "Tree.RequestRefused" in [step.name for step in explained(life).steps]


@pytest.mark.parametrize("request_of", ["request_cancellation", "request_end"])
def test_what_had_ended_at_stripe_did_not_end_because_somebody_asked_later(request_of: str):
    life = an_agency()
    seen = life.subscription(status="canceled", ended_at=life.now, ended_because="cancellation_requested")
    life.days_later(1)
    asking = life.by(ADAM)
    getattr(life.agency, request_of)(TREE, ADAM, because=asking)
    life.agency.sync_subscription(TREE, seen, because=asking)

    words = told(life)

    assert words["Who ended it at once?"].startswith(PORTAL)
    assert "Who asked to cancel?" not in words


def test_a_request_to_cancel_does_not_end_it_at_once():
    life = an_agency()
    life.agency.request_cancellation(TREE, ADAM, because=life.by(ADAM))
    life.days_later(1).ended()

    words = told(life)

    assert words["Who ended it at once?"].startswith(PORTAL)


def test_an_end_that_was_asked_for_here_names_the_person():
    life = an_agency()
    life.agency.request_end(TREE, ADAM, because=life.by(ADAM))
    life.ended()

    words = told(life)

    assert words["Who ended it at once?"].startswith("Adam, on our billing page on")
    assert "has not confirmed" not in " ".join(words.values())


def test_a_scheduled_end_that_another_cut_short_names_both():
    life = an_agency()
    life.agency.request_cancellation(TREE, ANA, because=life.by(ANA))
    life.cancelled_in_portal("evt_cancel")
    life.days_later(1).agency.request_end(TREE, ADAM, because=life.by(ADAM))
    life.ended()

    words = told(life)

    assert words["Who ended it at once?"].startswith("Adam, on our billing page")
    assert words["Who had cancelled for a later date?"].startswith("Ana, on our billing page")


def test_an_end_for_payment_is_nobodys_wish():
    life = an_agency()
    life.agency.request_end(TREE, ADAM, because=life.by(ADAM))
    life.days_later(1).ended(because="payment_failed")

    assert explained(life).asked is None
    assert "Adam" not in headline(explained(life), names()) + " ".join(told(life).values())


def test_a_cancellation_that_no_date_was_heard_of_names_who_asked_when_the_cycle_is_over():
    life = an_agency()
    life.agency.request_cancellation(TREE, ADAM, because=life.by(ADAM))
    life.now = life.cycle[1]
    life.ended()

    words = told(life)

    assert words["Who cancelled?"].startswith("Adam, on our billing page on")


def test_a_refused_request_did_not_set_the_date_that_came_later():
    life = an_agency()
    life.agency.request_cancellation(TREE, ADAM, because=life.by(ADAM))
    refused(life)
    life.cancelled_in_portal("evt_cancel")

    words = told(life)

    assert words["Who cancelled?"].startswith("Somebody, at Stripe itself")
