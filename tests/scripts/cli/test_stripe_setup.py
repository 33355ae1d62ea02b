"""`heartwood stripe setup`: what is missing at Stripe is made once, and what differs is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import stripe
from click.testing import CliRunner, Result

from adapters.local_stripe import LocalStripe
from adapters.stripe.client import client_for
from scripts.cli import main

STRIPE = "http://stripe.localhost"
KEY = "sk_test_setup"
PIECES = [
    ("meter", "heartwood_overage"),
    ("product", "heartwood_pro"),
    ("price", "heartwood_pro_v1"),
    ("product", "heartwood_agency"),
    ("price", "heartwood_agency_v1"),
    ("product", "heartwood_agency_voice"),
    ("price", "heartwood_agency_voice_v1"),
    ("product", "heartwood_enterprise"),
    ("price", "heartwood_enterprise_v1"),
    ("product", "heartwood_overage"),
    ("price", "heartwood_overage_v1"),
    ("product", "heartwood_credits"),
    ("portal configuration", "portal_v1"),
]


@pytest.fixture
def local() -> Iterator[LocalStripe]:
    one = LocalStripe(None, lambda: datetime(2026, 3, 1, 9, tzinfo=UTC), "whsec_of_the_tests")
    yield one
    one.close()


def run(local: LocalStripe, *words: str, key: str = KEY) -> Result:
    """The command line with nothing but two variables of the environment: no Heartwood runs."""
    result = CliRunner().invoke(
        main,
        ["--data", "/nowhere", "stripe", "setup", *words],
        obj=local.http_client(),
        env={"STRIPE_SECRET_KEY": key, "HEARTWOOD_STRIPE_URL": STRIPE},
    )
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def states(result: Result) -> list[str]:
    return [piece["state"] for piece in json.loads(result.stdout)["pieces"]]


def sdk(local: LocalStripe) -> stripe.StripeClient:
    return client_for(KEY, base_url=STRIPE, timeout_seconds=5, http_client=local.http_client())


def made(local: LocalStripe) -> list[Any]:
    """Everything of ours that Stripe has."""
    client = sdk(local)
    return [
        *client.v1.prices.list().data,
        *client.v1.billing.meters.list().data,
        *client.v1.billing_portal.configurations.list().data,
    ]


def test_what_is_missing_is_made_and_the_second_time_it_is_found(local: LocalStripe) -> None:
    first = run(local, "--json")
    second = run(local, "--json")

    pieces = [json.loads(result.stdout)["pieces"] for result in (first, second)]
    assert [(one["kind"], one["name"]) for one in pieces[0]] == PIECES
    assert states(first) == ["made"] * len(PIECES)
    assert states(second) == ["found"] * len(PIECES)
    assert [one["id"] for one in pieces[0]] == [one["id"] for one in pieces[1]]
    assert len(made(local)) == 7


def test_a_dry_run_makes_nothing(local: LocalStripe) -> None:
    result = run(local, "--dry-run", "--json")

    assert result.exit_code == 0
    assert states(result) == ["missing"] * len(PIECES)
    assert made(local) == []


def test_what_it_found_and_what_it_made_is_told_in_words(local: LocalStripe) -> None:
    client = sdk(local)
    client.v1.products.create({"id": "heartwood_pro", "name": "Pro"})

    told = run(local).stdout.splitlines()

    assert told[0] == "Stripe in test mode"
    assert any(line.split()[:3] == ["found", "product", "heartwood_pro"] for line in told)
    assert any(line.split()[:3] == ["made", "price", "heartwood_pro_v1"] for line in told)
    assert "No webhook endpoint was looked for: give --url." in told


def test_what_was_half_made_is_made_whole(local: LocalStripe) -> None:
    client = sdk(local)
    client.v1.products.create({"id": "heartwood_agency", "name": "Agency"})

    result = run(local, "--json")

    assert states(result) == ["made"] * 3 + ["found"] + ["made"] * 9


def test_a_price_that_differs_is_told_and_nothing_is_made(local: LocalStripe) -> None:
    client = sdk(local)
    product = client.v1.products.create({"name": "Agency"})
    client.v1.prices.create(
        {
            "lookup_key": "heartwood_agency_v1",
            "product": product.id,
            "currency": "eur",
            "unit_amount": 19_900,
            "recurring": {"interval": "month"},
        }
    )

    result = run(local)

    assert result.exit_code == 1
    assert (
        "the price heartwood_agency_v1 at Stripe is EUR 19900 cents a month,"
        " and ours is EUR 24900 cents a month" in result.stdout
    )
    assert "Nothing was made." in result.stdout
    assert len(made(local)) == 1


def test_a_portal_that_somebody_changed_is_told(local: LocalStripe) -> None:
    run(local)
    (portal,) = sdk(local).v1.billing_portal.configurations.list().data
    with local.store.transaction():  # in Stripe's dashboard
        kept = local.account.find("billing_portal.configuration", portal.id)
        kept["features"]["subscription_pause"]["enabled"] = True
        local.account.save(kept)

    result = run(local)

    assert result.exit_code == 1
    assert "its subscription_pause.enabled is True and not False" in result.stdout


def test_without_a_key_it_says_what_to_set(local: LocalStripe) -> None:
    result = run(local, key="")

    assert result.exit_code == 1
    assert "Set STRIPE_SECRET_KEY" in result.stderr


@pytest.mark.parametrize("key", ["sk_live_1", "rk_live_1"])
def test_a_live_key_asks_for_a_second_word(local: LocalStripe, key: str) -> None:
    result = run(local, key=key)

    assert result.exit_code == 1
    assert "live key" in result.stderr
    assert "--yes" in result.stderr
    assert made(local) == []


def test_a_key_that_stripe_does_not_know_is_told_without_the_key(local: LocalStripe) -> None:
    result = run(local, "--yes", key="sk_live_unknown")

    assert result.exit_code == 1
    assert result.stderr.startswith("heartwood: Stripe: ")
    assert "sk_live_unknown" not in result.output


@pytest.mark.parametrize("url", ["heartwood.example.com", "ftp://example.com", "https://example.com/path"])
def test_an_address_that_cannot_be_one_is_wrong_usage(local: LocalStripe, url: str) -> None:
    result = run(local, "--url", url)

    assert result.exit_code == 2
    assert made(local) == []


def test_it_needs_nothing_of_the_directory(local: LocalStripe, tmp_path: Path) -> None:
    result = run(local)

    assert result.exit_code == 0
    assert list(tmp_path.iterdir()) == []
