"""`heartwood stripe setup --url`: the webhook endpoint is made once, its secret is shown once."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.local_stripe import LocalStripe
from adapters.stripe.client import API_VERSION
from adapters.stripe.events import NOTICES
from tests.scripts.cli.test_stripe_setup import run, sdk

URL = "https://heartwood.example.com"
ADDRESS = f"{URL}/webhooks/stripe"


@pytest.fixture
def local() -> Iterator[LocalStripe]:
    one = LocalStripe(None, lambda: datetime(2026, 3, 1, 9, tzinfo=UTC), "whsec_of_the_tests")
    yield one
    one.close()


def endpoints(local: LocalStripe) -> list[Any]:
    return sdk(local).v1.webhook_endpoints.list().data


def changed(local: LocalStripe, **fields: Any) -> None:
    """What somebody made of the endpoint in Stripe's dashboard."""
    (endpoint,) = endpoints(local)
    with local.store.transaction():
        local.account.save({**local.account.find("webhook_endpoint", endpoint.id), **fields})


def test_the_endpoint_is_made_once_for_everything_that_we_hear(local: LocalStripe) -> None:
    run(local, "--url", f"{URL}/")
    run(local, "--url", URL)

    (endpoint,) = endpoints(local)
    assert (endpoint.url, endpoint.api_version) == (ADDRESS, API_VERSION)
    assert {*endpoint.enabled_events} == NOTICES


def test_its_secret_is_shown_once_and_in_no_log(local: LocalStripe, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        first = run(local, "--url", URL, "--json")
    second = run(local, "--url", URL, "--json")

    secret = json.loads(first.stdout)["webhook_secret"]
    assert secret.startswith("whsec_")
    assert secret not in caplog.text
    assert secret not in first.stderr
    assert json.loads(second.stdout)["webhook_secret"] is None


def test_it_says_what_to_do_with_the_secret(local: LocalStripe) -> None:
    told = run(local, "--url", URL).stdout

    assert "Set it as STRIPE_WEBHOOK_SECRET:\n  whsec_" in told


def test_a_dry_run_makes_no_endpoint(local: LocalStripe) -> None:
    result = run(local, "--dry-run", "--url", URL, "--json")

    assert json.loads(result.stdout)["pieces"][-1]["state"] == "missing"
    assert endpoints(local) == []


def test_endpoints_of_others_are_left_alone(local: LocalStripe) -> None:
    sdk(local).v1.webhook_endpoints.create(
        {"url": "https://other.example.com/hook", "enabled_events": ["invoice.paid"]}
    )

    run(local, "--url", URL)

    assert sorted(one.url for one in endpoints(local)) == [ADDRESS, "https://other.example.com/hook"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"api_version": "2020-08-27"}, "its API version is 2020-08-27 and not"),
        ({"api_version": None}, "its API version is the account's own and not"),
        ({"status": "disabled"}, "it is disabled"),
        ({"enabled_events": ["invoice.paid"]}, "it does not hear of charge.dispute.closed, "),
    ],
)
def test_an_endpoint_that_would_not_tell_us_everything_is_told(
    local: LocalStripe, fields: dict[str, Any], told: str
) -> None:
    run(local, "--url", URL)
    changed(local, **fields)

    result = run(local, "--url", URL)

    assert result.exit_code == 1
    assert told in result.stdout


def test_an_endpoint_that_hears_everything_hears_what_we_need(local: LocalStripe) -> None:
    run(local, "--url", URL)
    changed(local, enabled_events=["*"])

    assert run(local, "--url", URL).exit_code == 0
