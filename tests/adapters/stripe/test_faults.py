"""Is whatever goes wrong with Stripe one of three kinds?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import stripe

from adapters.stripe.client import client_for
from adapters.stripe.errors import StripeFault, StripeMisconfigured, StripeRefused, StripeTryAgain, our_faults
from adapters.stripe.gateway import connect
from tests.adapters.local_stripe.bright_signal import BASE_URL, SECRET, a_client, a_gateway, a_stripe


class Says(stripe.HTTPClient):
    """A network that answers one thing, and remembers where it was sent."""

    name = "says"

    def __init__(self, status: int, error: str = '{"error": {"message": "no"}}') -> None:
        super().__init__()
        self.answer = (error, status, {"stripe-should-retry": "false"})
        self.urls: list[str] = []

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        self.urls.append(url)
        return self.answer


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, '{"error": {"message": "no", "code": "parameter_unknown"}}', StripeMisconfigured),
        (400, '{"error": {"message": "no"}}', StripeRefused),
        (400, '{"error": {"message": "no", "type": "idempotency_error"}}', StripeRefused),
        (401, '{"error": {"message": "no"}}', StripeMisconfigured),
        (402, '{"error": {"message": "no"}}', StripeRefused),
        (403, '{"error": {"message": "no"}}', StripeMisconfigured),
        (404, '{"error": {"message": "no such page"}}', StripeRefused),
        (409, '{"error": {"message": "no"}}', StripeTryAgain),
        (429, '{"error": {"message": "no"}}', StripeTryAgain),
        (500, '{"error": {"message": "no"}}', StripeTryAgain),
        (503, "<html>", StripeTryAgain),
        (200, "<html>", StripeTryAgain),
    ],
)
def test_every_answer_is_of_one_kind(status: int, error: str, kind: type[StripeFault]) -> None:
    gateway = connect(
        "sk_test_1",
        base_url=BASE_URL,
        webhook_secret=SECRET,
        timeout_seconds=1,
        http_client=Says(status, error),
    )

    with pytest.raises(kind):
        gateway.subscription("sub_1")


def test_a_stripe_that_does_not_answer_is_asked_again_later() -> None:
    gateway = connect("sk_test_1", base_url="http://127.0.0.1:9", webhook_secret=SECRET, timeout_seconds=0.2)

    with pytest.raises(StripeTryAgain):
        gateway.subscription("sub_1")


def test_every_address_is_the_one_we_gave() -> None:
    says = Says(500)
    client = client_for("sk_test_1", base_url="http://here.localhost/", timeout_seconds=1, http_client=says)

    for ask in (
        lambda: client.v1.customers.list(),
        lambda: client.v1.billing.meter_events.create({"event_name": "x", "payload": {}}),
        lambda: client.v2.billing.meter_event_session.create(),
        lambda: client.v1.files.list(),
    ):
        with pytest.raises(StripeTryAgain), our_faults():
            ask()

    assert {url.split("/v")[0] for url in says.urls} == {"http://here.localhost"}
    assert len(says.urls) == 4


def test_telemetry_is_off() -> None:
    a_gateway(a_stripe())

    assert stripe.enable_telemetry is False


def test_a_key_of_another_account_is_our_mistake() -> None:
    with pytest.raises(StripeMisconfigured, match="API Key"):
        a_gateway(a_stripe(), key="sk_other").subscription("sub_1")


def test_an_unknown_parameter_is_our_mistake_and_names_itself() -> None:
    client = a_client(a_stripe())

    with pytest.raises(StripeMisconfigured, match="payment_method_types") as fault, our_faults():
        client.v1.checkout.sessions.create({"payment_method_types": ["card"]})  # type: ignore[arg-type]

    assert fault.value.code == "parameter_unknown"
    assert fault.value.request_id == "req_00000001"


def test_one_failure_is_survived_with_the_same_key() -> None:
    local = a_stripe()
    gateway = a_gateway(local)
    local.turn_knobs(fail_next=1)

    catalogue = gateway.ensure_catalogue()

    assert catalogue == a_gateway(local).ensure_catalogue()
