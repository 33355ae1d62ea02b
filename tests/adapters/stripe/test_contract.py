"""The contract with Stripe: every request of a subscription's life is one that the pinned SDK can mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug.routing import Map, Rule

from adapters.local_stripe.answers import Refusal
from adapters.local_stripe.endpoints import ENDPOINTS, Endpoint
from adapters.local_stripe.in_process import InProcess
from adapters.local_stripe.params import checked, decoded
from tests.house import House
from tests.proofs.paying import Paying

ROUTES = Map([Rule(one.path, methods=[one.method], endpoint=one) for one in ENDPOINTS])
Recorded = list[tuple[str, str, str]]  # method, path, and what was sent, encoded
FREE = {"metadata", "payload"}  # maps of the caller's own names
BEYOND_PAYING = {"/v1/billing_portal/sessions", "/v1/subscription_schedules"}


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """Every request on its way, as the SDK encoded it."""
    sent: Recorded = []
    request = InProcess.request

    def record(
        self: InProcess, method: str, url: str, headers: Any, post_data: Any = None, **kept: Any
    ) -> Any:
        to = urlsplit(url)
        sent.append((method.upper(), to.path, to.query if post_data is None else post_data))
        return request(self, method, url, headers, post_data, **kept)

    monkeypatch.setattr(InProcess, "request", record)
    return sent


def endpoint_of(method: str, path: str) -> Endpoint:
    found, _ = ROUTES.bind("stripe.localhost").match(path, method=method)
    assert isinstance(found, Endpoint)
    return found


def misspelt(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The same request with one name wrong, for each name at each depth that is Stripe's."""
    for name, value in given.items():
        others = {other: kept for other, kept in given.items() if other != name}
        yield {**others, f"{name}_": value}
        if isinstance(value, dict) and name not in FREE:
            for wrong in misspelt(value):
                yield {**others, name: wrong}


def live(house: House) -> None:
    """All that is ever asked for a subscription, the customer portal included."""
    one = Paying(house)
    one.live()
    house.wiring.billing.open_portal(one.tree_id, one.ana, return_url="http://localhost/")


def test_every_request_of_a_life_is_one_of_the_pinned_version(house: House, recorded: Recorded) -> None:
    live(house)

    paths = {endpoint_of(method, path).path for method, path, _ in recorded}
    for method, path, encoded in recorded:
        checked(endpoint_of(method, path).shape, decoded(encoded))
    assert len(recorded) > 50
    assert len(paths) >= 15
    assert paths >= BEYOND_PAYING


def test_a_wrong_name_anywhere_in_any_of_them_is_refused(house: House, recorded: Recorded) -> None:
    live(house)

    taken = []
    for method, path, encoded in {request for request in recorded if request[0] == "POST"}:
        shape = endpoint_of(method, path).shape
        for wrong in misspelt(decoded(encoded)):
            try:
                checked(shape, wrong)
            except Refusal:
                continue
            taken.append((path, wrong))

    assert taken == []
