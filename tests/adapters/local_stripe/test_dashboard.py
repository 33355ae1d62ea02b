"""Can the owner of the account see and do in the dashboard what they can at Stripe?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from adapters.local_stripe.deeds import DEEDS
from adapters.local_stripe.hosted.dashboard import SECTIONS
from tests.adapters.local_stripe.bright_signal import (
    ANAS_EMAIL,
    World,
    a_stripe,
    a_subscription,
    types_of,
)
from tests.adapters.local_stripe.test_pages import buttons

SUBSCRIPTION, CUSTOMER = "sub_000001", "cus_000001"


def page(world: World, path: str) -> TestResponse:
    return world.stripe.app.test_client().get(path)


def do(world: World, deed: str, object_id: str, **given: str) -> TestResponse:
    form = {"deed": deed, "id": object_id, "back": "/", **given}
    return world.stripe.app.test_client().post("/do", data=form, follow_redirects=True)


@pytest.mark.parametrize("path", SECTIONS)
def test_every_section_is_there_before_anything_has_happened(path: str) -> None:
    shown = a_stripe().app.test_client().get(path)

    assert shown.status_code == 200
    assert f'<a href="{path}" aria-current="page">' in shown.text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/", SUBSCRIPTION),
        ("/", ANAS_EMAIL),
        ("/customers", CUSTOMER),
        ("/invoices", "HW0001-0001"),
        ("/disputes", "du_000001"),
        ("/events", "customer.subscription.created"),
        ("/network", "late seconds"),
    ],
)
def test_what_happened_is_shown(path: str, said: str) -> None:
    world = a_subscription()
    world.stripe.do("dispute", "ch_000001")

    assert said in page(world, path).text


def test_what_can_be_done_depends_on_where_a_subscription_stands() -> None:
    world = a_subscription()
    active = buttons(page(world, "/"))[3:]

    do(world, "pause_collection", SUBSCRIPTION, behavior="void")
    do(world, "cancel_at_period_end", SUBSCRIPTION)
    scheduled = buttons(page(world, "/"))[3:]
    do(world, "cancel", SUBSCRIPTION)

    plan = ["Cancel now", "Cancel at period end", "Change plan", "Pause collection", "Pause"]
    assert active == plan
    assert scheduled == ["Cancel now", "Reactivate", "Change plan", "Resume collection", "Pause"]
    assert buttons(page(world, "/"))[3:] == []


def test_a_life_can_be_clicked_through() -> None:
    world = a_subscription(plan="pro")
    world.stripe.take_notices()
    agency = world.gateway.catalogue().plan_price_ids["agency"]

    changed = do(world, "change_plan", SUBSCRIPTION, price=agency)
    do(world, "set_card", CUSTOMER, card="declining")
    world.stripe.advance(world.seen.cycle_ends_at + timedelta(hours=1))
    invoices = page(world, "/invoices")
    do(world, "mark_uncollectible", "in_000003")
    do(world, "dispute", "in_000001")
    do(world, "delete_customer", CUSTOMER)

    told = types_of(world.stripe)
    assert changed.status_code == 200
    assert world.again().plan == "agency"
    assert buttons(invoices)[3:6] == ["Charge", "Void", "Mark uncollectible"]
    assert told[-3:] == ["charge.dispute.created", "customer.subscription.deleted", "customer.deleted"]
    assert "deleted</span>" in page(world, "/customers").text


def test_what_cannot_be_done_is_said_and_changes_nothing() -> None:
    world = a_subscription()

    answer = do(world, "void", "in_000001")

    assert answer.status_code == 400
    assert "open or uncollectible" in answer.text
    assert do(world, "explode", SUBSCRIPTION).status_code == 400
    assert do(world, "void", "in_9").status_code == 404


@pytest.mark.parametrize("path", ["/do", "/clock", "/knobs", "/faults", "/faults/clear", "/i/in_000001/pay"])
def test_another_site_presses_none_of_its_buttons(path: str) -> None:
    world = a_subscription()
    before = world.again()

    answer = world.stripe.app.test_client().post(
        path,
        data={"deed": "cancel", "id": SUBSCRIPTION, "step": "month", "twice": "on", "kind": "reset"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403
    assert world.again() == before
    assert world.stripe.now() == before.cycle_started_at


def test_the_events_say_what_became_of_them() -> None:
    world = a_subscription()
    world.stripe.take_notices()
    do(world, "send_again", "evt_000001")
    do(world, "lose", "evt_000001")

    shown = page(world, "/events").text
    again = do(world, "send_again", "evt_000001")

    assert shown.count('<span class="state">delivered</span>') == 4
    assert shown.count('<span class="state">lost</span>') == 1
    assert again.status_code == 200
    assert [notice.notice_id for notice in world.stripe.take_notices()] == ["evt_000001"]


def test_knobs_are_turned_in_a_form() -> None:
    world = a_subscription()
    browser = world.stripe.app.test_client()
    numbers = {name: "0" for name, value in world.stripe.knobs().items() if type(value) is int}

    browser.post("/knobs", data={**numbers, "twice": "on", "lose_every": "3", "after_retries": "unpaid"})
    refused = browser.post("/knobs", data={**numbers, "late_seconds": "soon", "after_retries": "unpaid"})

    knobs = world.stripe.knobs()
    assert (knobs["twice"], knobs["lose_every"], knobs["after_retries"]) == (True, 3, "unpaid")
    assert refused.status_code == 400


def test_calls_are_broken_and_mended_in_a_form() -> None:
    world = a_subscription()
    browser = world.stripe.app.test_client()
    fault = {"kind": "busy", "path": "/v1/", "after": "0", "calls": "", "seconds": "0"}

    shown = browser.post("/faults", data=fault, follow_redirects=True)
    refused = browser.post("/faults", data={**fault, "kind": "fire"})
    browser.post("/faults/clear")

    assert "busy: any call of /v1/…, all of them" in shown.text
    assert refused.status_code == 400
    assert world.again() == world.seen


def test_deeds_are_done_over_http_too() -> None:
    world = a_subscription()
    browser = world.stripe.app.test_client()

    done = browser.post("/_local/do", json={"deed": "set_card", "id": CUSTOMER, "card": "declining"})
    unknown = browser.post("/_local/do", json={"deed": "explode", "id": CUSTOMER})
    by_a_form = browser.post("/_local/do", data={"deed": "cancel", "id": SUBSCRIPTION})

    assert done.json == {"done": True}
    assert (unknown.status_code, by_a_form.status_code) == (400, 400)
    assert "declining" in page(world, "/customers").text
    assert world.again() == world.seen


@pytest.mark.parametrize("deed", DEEDS)
def test_every_deed_needs_something_to_do_it_to(deed: str) -> None:
    world = a_subscription()

    answer = world.stripe.app.test_client().post("/_local/do", json={"deed": deed, "id": "x_9"})

    assert answer.status_code == (400 if deed == "set_card" else 404)  # a card comes first
    assert world.again() == world.seen
