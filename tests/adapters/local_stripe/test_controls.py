"""Do the local Stripe's clock and network do what they are told, and nothing else?"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from adapters.local_stripe import engine
from adapters.local_stripe.knobs import KNOBS
from adapters.stripe.errors import StripeTryAgain
from adapters.stripe.notices import NoticeRefused
from tests.adapters.local_stripe.bright_signal import (
    NEW_YEAR,
    a_gateway,
    a_stripe,
    a_subscription,
)
from tests.waiting import until


@pytest.mark.parametrize("asked", [{"seconds": 3_600}, {"to": "2026-01-01T10:00:00+00:00"}])
def test_the_clock_is_moved_over_http(asked: dict[str, Any]) -> None:
    local = a_stripe()

    answer = local.app.test_client().post("/_local/advance", json=asked)

    assert answer.json == {"now": "2026-01-01T10:00:00+00:00"}
    assert local.now() == NEW_YEAR + timedelta(hours=1)


def test_a_leap_stands_still_at_each_end_of_a_period() -> None:
    world = a_subscription()
    local, stood = world.stripe, []
    local.hear = lambda: stood.append(local.now())

    local.app.test_client().post("/_local/advance", json={"to": "2026-03-15T09:00:00+00:00"})

    assert stood == [NEW_YEAR, NEW_YEAR.replace(month=2), NEW_YEAR.replace(month=3)]


def test_a_leap_that_takes_too_long_says_where_the_clock_is_and_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    local, heard = a_stripe(), threading.Event()
    local.hear = lambda: bool(heard.wait(10)) or None
    monkeypatch.setattr(engine, "LEAP_SECONDS_MAX", 0.01)

    answer = local.app.test_client().post("/_local/advance", json={"seconds": 3_600})
    heard.set()

    assert answer.status_code == 202
    assert answer.json == {"now": "2026-01-01T09:00:00+00:00", "leaping_to": "2026-01-01T10:00:00+00:00"}
    until(lambda: local.now() == NEW_YEAR + timedelta(hours=1))


@pytest.mark.parametrize(
    "asked",
    [
        {},
        [],
        {"seconds": -1},
        {"seconds": 1.5},
        {"seconds": "1"},
        {"seconds": 10**12},
        {"to": "tomorrow"},
        {"to": "2026-01-02"},
        {"to": "2025-12-31T00:00:00+00:00"},
        {"to": "2126-01-01T00:00:00+00:00"},
        {"to": "2026-01-02T00:00:00+00:00", "seconds": 1},
        {"to": 5},
    ],
)
def test_the_clock_goes_forward_only(asked: Any) -> None:
    local = a_stripe()

    answer = local.app.test_client().post("/_local/advance", json=asked)

    assert answer.status_code == 400
    assert local.now() == NEW_YEAR


def test_a_form_of_another_site_cannot_move_it() -> None:
    local = a_stripe()

    answer = local.app.test_client().post(
        "/_local/advance", data='{"seconds": 60}', headers={"Content-Type": "text/plain"}
    )

    assert answer.status_code == 400
    assert local.now() == NEW_YEAR


@pytest.mark.parametrize(
    "asked",
    [
        {"nonsense": 1},
        {"twice": 1},
        {"lose_every": True},
        {"lose_every": -1},
        {"fail_next": "2"},
        {"after_retries": "deleted"},
    ],
)
def test_a_knob_that_does_not_exist_is_refused(asked: dict[str, Any]) -> None:
    local = a_stripe()

    answer = local.app.test_client().post("/_local/knobs", json=asked)

    assert answer.status_code == 400
    assert local.knobs() == KNOBS


def test_knobs_keep_what_is_not_named() -> None:
    browser = a_stripe().app.test_client()
    browser.post("/_local/knobs", json={"twice": True})

    answer = browser.post("/_local/knobs", json={"lose_every": 3})

    assert answer.json == {**KNOBS, "twice": True, "lose_every": 3}
    assert browser.get("/_local/knobs").json == answer.json


def test_every_notice_twice() -> None:
    local = a_stripe()
    local.turn_knobs(twice=True)

    ids = [notice.notice_id for notice in a_subscription(local).stripe.take_notices()]

    assert len(ids) == 10
    assert len(set(ids)) == 5


def test_notices_in_no_order_are_all_there() -> None:
    local = a_subscription().stripe
    local.turn_knobs(shuffle=True)

    ids = [notice.notice_id for notice in local.take_notices()]

    assert sorted(ids) == [f"evt_{number:06d}" for number in range(1, 6)]
    assert ids != sorted(ids)


def test_a_lost_notice_comes_again() -> None:
    local = a_subscription().stripe
    local.turn_knobs(lose_every=2)
    first = [notice.notice_id for notice in local.take_notices()]
    local.turn_knobs(lose_every=0)

    second = [notice.notice_id for notice in local.take_notices()]

    assert first == ["evt_000001", "evt_000003", "evt_000005"]
    assert second == ["evt_000002", "evt_000004"]


def test_a_tampered_notice_is_refused_and_comes_again() -> None:
    world = a_subscription()
    world.stripe.turn_knobs(tamper_every=5)
    *_, tampered = world.stripe.take_notices()
    world.stripe.turn_knobs(tamper_every=0)

    (again,) = world.stripe.take_notices()

    with pytest.raises(NoticeRefused, match="signature_invalid"):
        world.gateway.read_notice(tampered.body, tampered.signature, now=NEW_YEAR)
    assert again.notice_id == tampered.notice_id
    assert world.gateway.read_notice(again.body, again.signature, now=NEW_YEAR).type == "invoice.paid"


def test_late_notices_are_late() -> None:
    local = a_stripe()
    local.turn_knobs(late_seconds=60)
    a_subscription(local)

    now = local.take_notices()
    local.account.clock = lambda: NEW_YEAR + timedelta(seconds=60)

    assert now == []
    assert len(local.take_notices()) == 5


def test_an_api_that_fails_is_tried_again_later() -> None:
    local = a_stripe()
    gateway = a_gateway(local)
    gateway.ensure_catalogue()
    local.turn_knobs(fail_next=3)

    with pytest.raises(StripeTryAgain, match="told to"):
        gateway.subscription("sub_1")

    assert gateway.subscription("sub_1") is None
