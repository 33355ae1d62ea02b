"""What our Stripe account sells: found by its lookup keys, and made where it is missing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import stripe

from adapters.stripe.errors import StripeMisconfigured
from domain.plans import CURRENCY, MICROS_PER_CENT, OVERAGE_TIERS, PLANS, Plan

if TYPE_CHECKING:
    from stripe.params import PriceCreateParams, PriceCreateParamsTier, ProductCreateParams
    from stripe.params.billing import MeterCreateParams
    from stripe.params.billing_portal import ConfigurationCreateParams

METER_EVENT_NAME = "heartwood_overage"
METER_CUSTOMER_KEY = "stripe_customer_id"
METER_VALUE_KEY = "value"
OVERAGE_LOOKUP_KEY = "heartwood_overage_v1"
PORTAL_MARK = {"heartwood": "portal_v1"}
PAGE_MAX = 100


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """The ids that checkout, metering and the portal need."""

    plan_price_ids: Mapping[str, str]  # by plan
    overage_price_id: str
    meter_id: str
    portal_configuration_id: str


def lookup_key_of(plan: str) -> str:
    return f"heartwood_{plan}_v1"


def ensure_catalogue(client: stripe.StripeClient) -> Catalogue:
    """Asking twice makes nothing twice."""
    prices = _prices_by_lookup_key(client)
    meter_id = _ensure_meter(client)
    return Catalogue(
        plan_price_ids={plan.name: _ensure_plan(client, plan, prices) for plan in _sold()},
        overage_price_id=_ensure_overage(client, meter_id, prices),
        meter_id=meter_id,
        portal_configuration_id=_ensure_portal(client),
    )


def _sold() -> list[Plan]:
    return [plan for plan in PLANS.values() if plan.price_cents > 0]


def _prices_by_lookup_key(client: stripe.StripeClient) -> dict[str, stripe.Price]:
    keys = [*(lookup_key_of(plan.name) for plan in _sold()), OVERAGE_LOOKUP_KEY]
    found = client.v1.prices.list(
        {"lookup_keys": keys, "active": True, "limit": PAGE_MAX, "expand": ["data.tiers"]}
    )
    return {price.lookup_key: price for price in found.data if price.lookup_key}


def _ensure_plan(client: stripe.StripeClient, plan: Plan, prices: Mapping[str, stripe.Price]) -> str:
    lookup_key = lookup_key_of(plan.name)
    if (price := prices.get(lookup_key)) is not None:
        _must_agree(lookup_key, (price.currency, price.unit_amount), (CURRENCY, plan.price_cents))
        return price.id
    product_id = _ensure_product(client, {"id": f"heartwood_{plan.name}", "name": plan.title})
    return _make_price(
        client,
        {
            "lookup_key": lookup_key,
            "product": product_id,
            "currency": CURRENCY,
            "unit_amount": plan.price_cents,
            "recurring": {"interval": "month", "usage_type": "licensed"},
        },
    )


def _ensure_overage(client: stripe.StripeClient, meter_id: str, prices: Mapping[str, stripe.Price]) -> str:
    if (price := prices.get(OVERAGE_LOOKUP_KEY)) is not None:
        meter = price.recurring.meter if price.recurring else None
        tiers = [(tier.up_to, tier.unit_amount_decimal) for tier in price.tiers or ()]
        ours = [(tier.up_to, _cents(tier.rate_micros)) for tier in OVERAGE_TIERS]
        _must_agree(OVERAGE_LOOKUP_KEY, (price.currency, meter, tiers), (CURRENCY, meter_id, ours))
        return price.id
    product_id = _ensure_product(
        client, {"id": "heartwood_overage", "name": "Events above the pool", "unit_label": "event"}
    )
    return _make_price(
        client,
        {
            "lookup_key": OVERAGE_LOOKUP_KEY,
            "product": product_id,
            "currency": CURRENCY,
            "billing_scheme": "tiered",
            "tiers_mode": "graduated",
            "tiers": _tiers(),
            "recurring": {"interval": "month", "usage_type": "metered", "meter": meter_id},
        },
    )


def _tiers() -> list[PriceCreateParamsTier]:
    return [
        {
            "up_to": "inf" if tier.up_to is None else tier.up_to,
            "unit_amount_decimal": _cents(tier.rate_micros),
        }
        for tier in OVERAGE_TIERS
    ]


def _cents(micros: int) -> Decimal:
    return Decimal(micros) / MICROS_PER_CENT


def _must_agree(lookup_key: str, theirs: object, ours: object) -> None:
    """What was sold stays what it was: another price takes another key, never the same one."""
    if theirs != ours:
        raise StripeMisconfigured(
            f"the price {lookup_key} at Stripe is {theirs}, and our plan table says {ours}",
            code="catalogue_differs",
        )


def _ensure_product(client: stripe.StripeClient, params: ProductCreateParams) -> str:
    try:
        return client.v1.products.retrieve(params["id"]).id
    except stripe.InvalidRequestError as error:
        if error.code != "resource_missing":
            raise
    return client.v1.products.create(params, {"idempotency_key": _key("product", params)}).id


def _make_price(client: stripe.StripeClient, params: PriceCreateParams) -> str:
    return client.v1.prices.create(params, {"idempotency_key": _key("price", params)}).id


def _ensure_meter(client: stripe.StripeClient) -> str:
    for meter in client.v1.billing.meters.list({"status": "active", "limit": PAGE_MAX}).auto_paging_iter():
        if meter.event_name == METER_EVENT_NAME:
            theirs = (
                meter.default_aggregation.formula,
                meter.customer_mapping.event_payload_key,
                meter.value_settings.event_payload_key,
            )
            _must_agree(METER_EVENT_NAME, theirs, ("sum", METER_CUSTOMER_KEY, METER_VALUE_KEY))
            return meter.id
    params: MeterCreateParams = {
        "display_name": "Events above the pool",
        "event_name": METER_EVENT_NAME,
        "default_aggregation": {"formula": "sum"},
        "customer_mapping": {"type": "by_id", "event_payload_key": METER_CUSTOMER_KEY},
        "value_settings": {"event_payload_key": METER_VALUE_KEY},
    }
    return client.v1.billing.meters.create(params, {"idempotency_key": _key("meter", params)}).id


def _ensure_portal(client: stripe.StripeClient) -> str:
    configurations = client.v1.billing_portal.configurations.list({"active": True, "limit": PAGE_MAX})
    for configuration in configurations.auto_paging_iter():
        if configuration.metadata is not None and configuration.metadata.to_dict() == PORTAL_MARK:
            return configuration.id
    params: ConfigurationCreateParams = {
        "metadata": PORTAL_MARK,
        "features": {
            "subscription_cancel": {
                "enabled": True, "mode": "at_period_end", "proration_behavior": "none",
            },
            "subscription_update": {"enabled": False},
            "subscription_pause": {"enabled": False},
            "invoice_history": {"enabled": True},
            "payment_method_update": {"enabled": True},
        },
    }  # fmt: skip
    made = client.v1.billing_portal.configurations.create(params, {"idempotency_key": _key("portal", params)})
    return made.id


def _key(what: str, params: object) -> str:
    """The catalogue is no command of anyone's, so its keys are drawn from what is made."""
    digest = hashlib.sha256(json.dumps(params, sort_keys=True, default=str).encode()).hexdigest()
    return f"heartwood:catalogue:{what}:{digest[:32]}"
