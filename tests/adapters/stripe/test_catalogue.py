"""Is what we sell found at Stripe, and made only where it is missing?"""

from __future__ import annotations

from decimal import Decimal

import pytest

from adapters.stripe.errors import StripeMisconfigured
from domain.plans import OVERAGE_TIERS
from tests.adapters.local_stripe.bright_signal import a_client, a_gateway, a_stripe


def test_the_catalogue_is_made_once() -> None:
    local = a_stripe()

    first = a_gateway(local).ensure_catalogue()
    second = a_gateway(local).ensure_catalogue()

    assert first == second
    assert set(first.plan_price_ids) == {"pro", "agency", "agency_voice", "enterprise"}
    assert len(a_client(local).v1.prices.list().data) == 5


def test_the_overage_price_has_the_tiers_of_our_table() -> None:
    local = a_stripe()
    catalogue = a_gateway(local).ensure_catalogue()

    price = a_client(local).v1.prices.retrieve(catalogue.overage_price_id, {"expand": ["tiers"]})

    assert [(tier.up_to, tier.unit_amount_decimal) for tier in price.tiers or ()] == [
        (tier.up_to, Decimal(tier.rate_micros) / 10_000) for tier in OVERAGE_TIERS
    ]
    assert price.recurring is not None
    assert price.recurring.meter == catalogue.meter_id


def test_tiers_are_shown_only_to_who_asks_for_them() -> None:
    local = a_stripe()
    catalogue = a_gateway(local).ensure_catalogue()

    price = a_client(local).v1.prices.retrieve(catalogue.overage_price_id)

    assert "tiers" not in price


def test_a_price_that_differs_from_our_table_is_nobodys_to_sell() -> None:
    local = a_stripe()
    client = a_client(local)
    product = client.v1.products.create({"name": "Agency"})
    client.v1.prices.create(
        {
            "lookup_key": "heartwood_agency_v1",
            "product": product.id,
            "currency": "eur",
            "unit_amount": 100,
            "recurring": {"interval": "month"},
        }
    )

    with pytest.raises(StripeMisconfigured, match="heartwood_agency_v1"):
        a_gateway(local).ensure_catalogue()


def test_the_portal_cancels_at_the_periods_end_and_sells_nothing_else() -> None:
    local = a_stripe()
    catalogue = a_gateway(local).ensure_catalogue()

    found = a_client(local).v1.billing_portal.configurations.list().data

    assert [configuration.id for configuration in found] == [catalogue.portal_configuration_id]
    features = found[0].features
    assert (features.subscription_cancel.enabled, features.subscription_cancel.mode) == (
        True,
        "at_period_end",
    )
    assert not features.subscription_update.enabled
    assert not features.subscription_pause.enabled
