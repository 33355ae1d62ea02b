"""Does the local Stripe answer whoever asks it as Stripe would?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe
from werkzeug.test import TestResponse

from adapters.local_stripe import LocalStripe
from tests.adapters.local_stripe.bright_signal import (
    BRIGHT_SIGNAL,
    KEY,
    NEW_YEAR,
    a_client,
    a_gateway,
    a_stripe,
    a_subscription,
)

VERSION = "2026-10-28.endive"


def ask(local: LocalStripe, method: str, path: str, **given: Any) -> TestResponse:
    headers = {"Authorization": f"Bearer {KEY}", "Stripe-Version": VERSION, **given.pop("headers", {})}
    return local.app.test_client().open(path, method=method, headers=headers, **given)


def error_of(answer: TestResponse) -> dict[str, Any]:
    assert answer.json is not None
    error: dict[str, Any] = answer.json["error"]
    return error


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Basic x", "Bearer sk_live_1", "Bearer pk_test_1"])
def test_only_a_test_key_opens_it(authorization: str) -> None:
    answer = ask(a_stripe(), "GET", "/v1/prices", headers={"Authorization": authorization})

    assert answer.status_code == 401
    assert error_of(answer)["type"] == "invalid_request_error"


@pytest.mark.parametrize("version", ["", "2020-08-27"])
def test_only_the_pinned_version_is_spoken(version: str) -> None:
    answer = ask(a_stripe(), "GET", "/v1/prices", headers={"Stripe-Version": version})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/refunds"), ("PATCH", "/v1/prices"), ("POST", "/v2/core/events")]
)
def test_what_it_does_not_do_it_says_so(method: str, path: str) -> None:
    answer = ask(a_stripe(), method, path)

    assert answer.status_code == 404


def test_an_unknown_object_is_missing() -> None:
    answer = ask(a_stripe(), "GET", "/v1/subscriptions/sub_9")

    assert answer.status_code == 404
    assert error_of(answer)["code"] == "resource_missing"


def test_an_unknown_object_in_a_parameter_is_a_bad_request() -> None:
    answer = ask(a_stripe(), "POST", "/v1/billing_portal/sessions", data={"customer": "cus_9"})

    assert answer.status_code == 400
    assert (error_of(answer)["code"], error_of(answer)["param"]) == ("resource_missing", "customer")


def test_an_object_of_another_kind_is_missing() -> None:
    local = a_subscription().stripe

    answer = ask(local, "GET", "/v1/subscriptions/cus_000001")

    assert answer.status_code == 404


def test_a_repeated_request_is_answered_as_before() -> None:
    local = a_stripe()
    again = {"headers": {"Idempotency-Key": "one"}, "data": {"email": "ana@brightsignal.example"}}

    first = ask(local, "POST", "/v1/customers", **again)
    second = ask(local, "POST", "/v1/customers", **again)

    assert first.json == second.json
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(a_client(local).v1.customers.list().data) == 1


def test_a_key_belongs_to_one_request() -> None:
    local = a_stripe()
    ask(local, "POST", "/v1/customers", headers={"Idempotency-Key": "one"}, data={"name": "Ana"})

    other = ask(local, "POST", "/v1/customers", headers={"Idempotency-Key": "one"}, data={"name": "Eve"})

    assert other.status_code == 400
    assert error_of(other)["type"] == "idempotency_error"


def test_a_refusal_is_remembered_and_a_malformed_request_is_not() -> None:
    local = a_stripe()
    key = {"Idempotency-Key": "one"}
    malformed = ask(local, "POST", "/v1/customers", headers=key, data={"nonsense": "1"})

    refused = ask(local, "POST", "/v1/products", headers=key, data={"name": "A", "id": "prod_a"})
    ask(local, "POST", "/v1/products", headers={"Idempotency-Key": "two"}, data={"name": "A", "id": "prod_a"})
    same = ask(
        local, "POST", "/v1/products", headers={"Idempotency-Key": "two"}, data={"name": "A", "id": "prod_a"}
    )

    assert error_of(malformed)["code"] == "parameter_unknown"
    assert refused.status_code == 200
    assert (same.status_code, same.headers["Idempotent-Replayed"]) == (400, "true")


def test_a_key_is_forgotten_after_a_day() -> None:
    local = a_stripe()
    again = {"headers": {"Idempotency-Key": "one"}, "data": {"name": "Ana"}}
    first = ask(local, "POST", "/v1/customers", **again)
    local.advance_by(86_401)

    second = ask(local, "POST", "/v1/customers", **again)

    assert first.json != second.json


def test_a_refused_request_leaves_nothing_behind() -> None:
    local = a_stripe()
    gateway = a_gateway(local)
    gateway.ensure_catalogue()
    before = local.store.rows("SELECT count(*) FROM objects")

    answer = ask(
        local, "POST", "/v1/checkout/sessions", data={"mode": "subscription", "success_url": "http://x"}
    )

    assert error_of(answer)["param"] == "line_items"
    assert local.store.rows("SELECT count(*) FROM objects") == before


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_a_plan_needs_a_quantity_and_overage_takes_none(quantity: str) -> None:
    local = a_stripe()
    catalogue = a_gateway(local).ensure_catalogue()
    asked = {"mode": "subscription", "success_url": "http://x"}

    plan = {"line_items[0][price]": catalogue.plan_price_ids["pro"], "line_items[0][quantity]": quantity}
    overage = {"line_items[0][price]": catalogue.overage_price_id, "line_items[0][quantity]": "1"}

    for item in (plan, overage):
        answer = ask(local, "POST", "/v1/checkout/sessions", data=asked | item)
        assert error_of(answer)["param"] == "line_items[0][quantity]"


def test_what_it_would_have_to_lie_about_it_refuses() -> None:
    local = a_subscription().stripe

    answer = ask(local, "POST", "/v1/subscriptions/sub_000001", data={"proration_behavior": "none"})

    assert error_of(answer)["code"] == "local_unsupported"


def test_lists_are_paged_without_a_gap() -> None:
    local = a_stripe()
    client = a_client(local)
    for number in range(25):
        client.v1.customers.create({"name": f"Client {number}"})

    pages = [customer.id for customer in client.v1.customers.list({"limit": 4}).auto_paging_iter()]

    assert pages == [f"cus_{number:06d}" for number in range(25, 0, -1)]
    before = client.v1.customers.list({"limit": 2, "ending_before": "cus_000003"})
    assert [customer.id for customer in before.data] == ["cus_000005", "cus_000004"]


def test_many_ask_at_once_and_each_gets_an_answer_of_its_own() -> None:
    local = a_stripe()
    client = a_client(local)

    with ThreadPoolExecutor(max_workers=8) as crowd:
        made = list(crowd.map(lambda n: client.v1.customers.create({"name": f"Client {n}"}), range(80)))

    assert len({customer.id for customer in made}) == 80
    assert [customer.name for customer in made] == [f"Client {n}" for n in range(80)]


def test_the_lines_of_an_invoice_can_be_listed() -> None:
    local = a_subscription().stripe

    lines = a_client(local).v1.invoices.line_items.list("in_000001")

    assert [line.amount for line in lines.data] == [24_900]


def test_subscriptions_are_listed_by_status() -> None:
    local = a_subscription().stripe
    client = a_client(local)
    client.v1.subscriptions.cancel("sub_000001")

    found = [
        len(client.v1.subscriptions.list({"status": status}).data) for status in ("all", "canceled", "active")
    ]

    assert found == [1, 1, 0]
    assert client.v1.subscriptions.list().data == []


def test_the_next_invoice_can_be_seen_before_it_comes() -> None:
    world = a_subscription()
    world.gateway.report_overage(customer_id="cus_000001", identifier="ov:1", quantity=60_000, at=NEW_YEAR)

    preview = a_client(world.stripe).v1.invoices.create_preview({"subscription": "sub_000001"})
    world.stripe.cancel_in_portal("sub_000001")
    last = a_client(world.stripe).v1.invoices.create_preview({"subscription": "sub_000001"})

    assert [line.amount for line in preview.lines.data] == [24_900, 25_000, 4_000]
    assert preview.lines.data[0].period.start == int(world.seen.cycle_ends_at.timestamp())
    assert last.total == 29_000
    assert len(world.gateway.invoices("sub_000001")) == 1


def test_moved_fields_are_where_the_pinned_version_has_them() -> None:
    local = a_subscription().stripe
    client = a_client(local)

    subscription = client.v1.subscriptions.retrieve("sub_000001").to_dict()
    invoice = client.v1.invoices.retrieve("in_000001").to_dict()

    assert "current_period_end" not in subscription
    assert all("current_period_end" in item for item in subscription["items"]["data"])
    assert not invoice.keys() & {"subscription", "paid", "payment_intent", "charge"}
    assert invoice["parent"]["subscription_details"]["metadata"] == {"tree_id": str(BRIGHT_SIGNAL)}
    line = invoice["lines"]["data"][0]
    assert not line.keys() & {"price", "proration", "type"}
    assert line["parent"]["subscription_item_details"]["proration"] is False
    assert line["pricing"]["price_details"]["price"] == "price_000002"
    assert all(not name.startswith("_") for name in subscription)


def test_undelivered_events_can_be_asked_for() -> None:
    local = a_subscription().stripe
    client = a_client(local)
    waiting = client.v1.events.list({"delivery_success": False}).data

    local.take_notices()

    assert len(waiting) == 5
    assert client.v1.events.list({"delivery_success": False}).data == []
    paid = client.v1.events.list({"types": ["invoice.paid"]}).data
    assert [event.pending_webhooks for event in paid] == [0]


def test_a_changed_customer_is_told_of_once() -> None:
    local = a_subscription().stripe
    local.take_notices()
    client = a_client(local)

    client.v1.customers.update("cus_000001", {"name": "Bright Signal", "metadata": {"a": "1"}})
    client.v1.customers.update("cus_000001", {"name": "Bright Signal", "metadata": {"a": "1"}})

    (notice,) = local.take_notices()
    assert notice.type == "customer.updated"


def test_the_sdk_parses_what_it_is_sent() -> None:
    world = a_subscription()
    notice = world.stripe.take_notices()[1]

    event = stripe.Webhook.construct_event(
        notice.body, notice.signature, "whsec_of_the_tests", tolerance=10**9
    )

    assert event.type == "customer.subscription.created"
    assert event.data.object["id"] == "sub_000001"
