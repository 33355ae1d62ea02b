"""Do calls of the API fail as they are told to, and is what was done before the failure kept?"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from adapters.stripe.client import client_for
from adapters.stripe.errors import StripeAway
from tests.adapters.local_stripe.bright_signal import KEY, a_client, a_gateway, a_stripe, a_subscription
from tests.adapters.local_stripe.test_server import running

NOBODY = "http://127.0.0.1:9/"


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("error", stripe.APIError),
        ("busy", stripe.RateLimitError),
        ("hang", stripe.APIConnectionError),
        ("reset", stripe.APIConnectionError),
        ("lost_answer", stripe.APIConnectionError),
    ],
)
def test_every_fault_is_what_the_sdk_makes_of_it(kind: str, error: type[stripe.StripeError]) -> None:
    local = a_stripe()
    client = a_client(local)
    local.break_calls(kind, calls=3)

    with pytest.raises(error):
        client.v1.customers.create({"name": "Ana"})
    local.mend_calls()

    assert len(client.v1.customers.list().data) == (1 if kind == "lost_answer" else 0)


def test_each_of_them_is_stripes_own_trouble() -> None:
    local = a_stripe()
    gateway = a_gateway(local)

    for kind in ("error", "busy", "hang", "reset", "lost_answer"):
        local.break_calls(kind, calls=3)
        with pytest.raises(StripeAway):
            gateway.subscription("sub_000001")
        local.mend_calls()


def test_an_answer_that_was_lost_is_given_to_whoever_asks_again_with_the_same_key() -> None:
    local = a_stripe()
    client = a_client(local)
    local.break_calls("lost_answer")

    client.v1.customers.create({"name": "Ana"})

    assert len(client.v1.customers.list().data) == 1


def test_a_fault_strikes_only_where_it_is_told_to() -> None:
    world = a_subscription()
    client = a_client(world.stripe)
    world.stripe.break_calls("busy", path="/v1/invoices", method="GET", after=1, calls=None)

    client.v1.subscriptions.retrieve("sub_000001")
    client.v1.invoices.retrieve("in_000001")
    for _ in range(3):
        with pytest.raises(stripe.RateLimitError):
            client.v1.invoices.retrieve("in_000001")
    world.stripe.mend_calls()

    assert client.v1.invoices.retrieve("in_000001").status == "paid"


def test_faults_are_set_seen_and_cleared_over_http() -> None:
    browser = a_stripe().app.test_client()

    made = browser.post("/_local/faults", json={"kind": "reset", "calls": 2, "path": "/v1/prices"})
    cleared = browser.delete("/_local/faults")

    assert made.json == [
        {"kind": "reset", "calls": 2, "path": "/v1/prices", "method": None, "after": 0, "seconds": 0}
    ]
    assert cleared.json == []


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"kind": "fire"},
        {"kind": "hang", "seconds": 61},
        {"kind": "hang", "seconds": True},
        {"kind": "reset", "calls": 0},
        {"kind": "reset", "path": "/_local"},
        {"kind": "reset", "account": 1},
    ],
)
def test_a_fault_that_there_is_not_is_refused(asked: Any) -> None:
    local = a_stripe()

    answer = local.app.test_client().post("/_local/faults", json=asked)

    assert answer.status_code == 400
    assert local.app.test_client().get("/_local/faults").json == []


def a_client_at(url: str, timeout_seconds: float) -> stripe.StripeClient:
    return client_for(KEY, base_url=url, timeout_seconds=timeout_seconds)


def test_a_running_server_breaks_off_too(tmp_path: Path) -> None:
    with running(tmp_path, NOBODY) as (url, _):
        client = a_client_at(url, 5)
        requests.post(f"{url}/_local/faults", json={"kind": "lost_answer", "calls": 1}, timeout=5)
        client.v1.customers.create({"name": "Ana"})
        requests.post(f"{url}/_local/faults", json={"kind": "reset", "calls": 3}, timeout=5)

        with pytest.raises(stripe.APIConnectionError, match="Connection aborted"):
            client.v1.customers.list()

        assert len(client.v1.customers.list().data) == 1


def test_a_running_server_keeps_whoever_asks_waiting(tmp_path: Path) -> None:
    with running(tmp_path, NOBODY) as (url, _):
        requests.post(f"{url}/_local/faults", json={"kind": "hang", "calls": 1, "seconds": 30}, timeout=5)
        began = time.monotonic()

        customers = a_client_at(url, 0.3).v1.customers.list().data

        assert customers == []  # of the second call, which the SDK makes by itself
        assert time.monotonic() - began > 0.3


def test_what_is_lost_for_good_comes_only_if_it_is_sent_again() -> None:
    local = a_subscription().stripe
    local.turn_knobs(lose_every=1, lose_for_good=True)
    first = local.take_notices()
    local.turn_knobs(lose_every=0)
    second = local.take_notices()

    local.do("send_again", "evt_000002")

    assert (first, second) == ([], [])
    assert [notice.notice_id for notice in local.take_notices()] == ["evt_000002"]
    undelivered = a_client(local).v1.events.list({"delivery_success": False}).data
    assert len(undelivered) == 4
