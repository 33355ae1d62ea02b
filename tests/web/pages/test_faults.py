"""When Stripe or the database fails: what is said is true, and says what to do."""

from __future__ import annotations

import pytest
from eventsourcing.persistence import OperationalError
from flask import Flask

from adapters.stripe.errors import StripeMisconfigured, StripeRefused, StripeTryAgain
from domain.billing import BillingFault
from domain.conflicts import Contended
from tests.web.pages.scene import Scene, text_of

STRIPE_AWAY = 100  # calls that fail, more than any page makes
KINDS = [
    (StripeTryAgain("timeout"), 503, "We look at Stripe again by ourselves"),
    (StripeRefused("card declined"), 409, "To ask again gets the same answer."),
    (StripeMisconfigured("no such price"), 502, "To try again does not help. Tell support the request id"),
    (BillingFault("unnamed"), 503, "We look at Stripe again by ourselves"),
]


@pytest.mark.parametrize(("fault", "status", "hint"), KINDS)
def test_each_kind_of_fault_of_stripe_has_an_answer_of_its_own(
    scene: Scene, fault: BillingFault, status: int, hint: str
) -> None:
    answered, text = answer_to(scene.house.app, fault)

    assert answered == status
    assert hint in text
    assert str(fault) not in text


def answer_to(app: Flask, fault: Exception, method: str = "POST") -> tuple[int, str]:
    with app.test_request_context("/w/x/billing/cancel", method=method):
        response = app.make_response(app.handle_user_exception(fault))
    return response.status_code, response.get_data(as_text=True)


def test_an_end_that_waits_for_stripes_meter_says_so(scene: Scene) -> None:
    fault = StripeTryAgain("not counted yet", code="overage_not_counted")

    answered, text = answer_to(scene.house.app, fault)

    assert answered == 503
    assert "Stripe is still counting the events above the pool." in text
    assert "The plan ends as soon as it has; nothing more to do." in text


def test_so_does_the_page_whose_button_was_clicked(scene: Scene) -> None:
    scene.track(scene.child_id, 31_000)
    scene.house.stripe.turn_knobs(count_late_seconds=120)
    ana = scene.browser("Ana")

    answer = ana.post(scene.path("/w/{anchor}/billing/end"), sure="yes")

    assert 'data-code="overage_not_counted"' in answer.get_data(as_text=True)
    assert "The plan ends as soon as it has; nothing more to do." in text_of(answer)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_has_to_wait_for_somebody_else_reads_so(scene: Scene, method: str) -> None:
    answered, text = answer_to(scene.house.app, Contended("subscription"), method)

    assert answered == 503
    assert "Somebody else is changing the same thing just now" in text
    assert "database" not in text


def test_while_stripe_is_away_what_was_asked_is_noted_and_nothing_more_is_said_to_be(scene: Scene) -> None:
    ana, path = scene.browser("Ana"), scene.path("/w/{anchor}/billing")
    scene.house.stripe.turn_knobs(fail_next=STRIPE_AWAY)

    answer = ana.post(f"{path}/cancel")

    assert answer.status_code == 503
    assert "whether Stripe did it is not certain yet" in text_of(answer)
    assert scene.facts()[-1] == "Tree.CancellationRequested"
    scene.house.stripe.turn_knobs(fail_next=0)
    assert "The Agency plan ends on" not in text_of(ana.get(path))


def test_the_request_id_that_support_is_told_is_the_one_of_the_log(scene: Scene, caplog) -> None:
    app = scene.house.app

    with app.test_request_context("/w/x/billing/cancel", method="POST"):
        app.preprocess_request()
        response = app.make_response(app.handle_user_exception(StripeMisconfigured("no such price")))

    request_id = caplog.records[-1].getMessage().split()[1].rstrip(":")
    assert f"the request id {request_id}." in response.get_data(as_text=True)


def test_nothing_is_promised_that_a_page_does_not_keep(scene: Scene) -> None:
    sent = answer_to(scene.house.app, OperationalError("gone"), "POST")[1]
    read = answer_to(scene.house.app, OperationalError("gone"), "GET")[1]

    assert "send the same form again" in sent
    assert "Nothing is made twice." in sent
    assert "Reload the page" in read
    assert "twice" not in read
