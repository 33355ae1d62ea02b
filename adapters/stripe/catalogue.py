"""What our Stripe account sells: found by its lookup keys, and made where it is missing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from typing import TYPE_CHECKING

import stripe

from adapters.stripe.errors import StripeMisconfigured
from domain.plans import CURRENCY, MICROS_PER_CENT, OVERAGE_TIERS, PLANS, Plan

if TYPE_CHECKING:
    from stripe.billing_portal import Configuration
    from stripe.params import PriceCreateParams, PriceCreateParamsTier, ProductCreateParams
    from stripe.params.billing import MeterCreateParams
    from stripe.params.billing_portal import ConfigurationCreateParams, ConfigurationCreateParamsFeatures

METER_EVENT_NAME = "heartwood_overage"
METER_CUSTOMER_KEY = "stripe_customer_id"
METER_VALUE_KEY = "value"
OVERAGE_LOOKUP_KEY = "heartwood_overage_v1"
CREDITS_PRODUCT = "heartwood_credits"
PORTAL = "portal_v1"
PORTAL_MARK = {"heartwood": PORTAL}
PORTAL_FEATURES: ConfigurationCreateParamsFeatures = {
    "subscription_cancel": {"enabled": True, "mode": "at_period_end", "proration_behavior": "none"},
    "subscription_update": {"enabled": False},
    "subscription_pause": {"enabled": False},
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True},
}
PAGE_MAX = 100


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """The ids that checkout, metering and the portal need."""

    plan_price_ids: Mapping[str, str]  # by plan
    overage_price_id: str
    meter_id: str
    portal_configuration_id: str


Ids = Mapping[tuple[str, str], str]  # of what was found or made before, by kind and name
PRODUCT, PRICE, METER, PORTAL_CONFIGURATION = "product", "price", "meter", "portal configuration"


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One thing that we need at Stripe. `find` raises StripeMisconfigured where it is other than ours."""

    kind: str
    name: str  # by which it is found
    find: Callable[[], str | None]
    make: Callable[[Ids], str]

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.name


def lookup_key_of(plan: str) -> str:
    return f"heartwood_{plan}_v1"


def ensure_catalogue(client: stripe.StripeClient) -> Catalogue:
    """Asking twice makes nothing twice."""
    ids: dict[tuple[str, str], str] = {}
    for piece in Stock(client).pieces():
        ids[piece.key] = piece.find() or piece.make(ids)
    return Catalogue(
        plan_price_ids={plan.name: ids[PRICE, lookup_key_of(plan.name)] for plan in _priced()},
        overage_price_id=ids[PRICE, OVERAGE_LOOKUP_KEY],
        meter_id=ids[METER, METER_EVENT_NAME],
        portal_configuration_id=ids[PORTAL_CONFIGURATION, PORTAL],
    )


def _priced() -> list[Plan]:
    return [plan for plan in PLANS.values() if plan.price_cents > 0]


class Stock:
    """What an account has of ours, and how the rest is made."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client

    def pieces(self) -> list[Piece]:
        """In the order in which they can be made."""
        plans = [piece for plan in _priced() for piece in self._pieces_of(plan)]
        meter = Piece(kind=METER, name=METER_EVENT_NAME, find=lambda: self._meter_id, make=self._make_meter)
        product = self._product(
            {"id": "heartwood_overage", "name": "Events above the pool", "unit_label": "event"},
            OVERAGE_LOOKUP_KEY,
        )
        overage = Piece(kind=PRICE, name=OVERAGE_LOOKUP_KEY, find=self._overage, make=self._make_overage)
        credits = self._product({"id": CREDITS_PRODUCT, "name": "Credits"})
        portal = Piece(
            kind=PORTAL_CONFIGURATION,
            name=PORTAL,
            find=lambda: self.portal.id if self.portal else None,
            make=self._make_portal,
        )
        return [meter, *plans, product, overage, credits, portal]

    def _pieces_of(self, plan: Plan) -> list[Piece]:
        product: ProductCreateParams = {"id": f"heartwood_{plan.name}", "name": plan.title}
        key = lookup_key_of(plan.name)
        price = Piece(
            kind=PRICE, name=key, find=partial(self._plan, plan), make=partial(self._make_plan, plan)
        )
        return [self._product(product, key), price]

    # Products. One that a price of ours belongs to already is ours, whatever it is called.

    def _product(self, params: ProductCreateParams, lookup_key: str = "") -> Piece:
        return Piece(
            kind=PRODUCT,
            name=params["id"],
            find=partial(self._find_product, params["id"], lookup_key),
            make=partial(self._make_product, params),
        )

    def _find_product(self, product_id: str, lookup_key: str) -> str | None:
        if (price := self._prices.get(lookup_key)) is not None:
            return price.product if isinstance(price.product, str) else price.product.id
        try:
            return self._client.v1.products.retrieve(product_id).id
        except stripe.InvalidRequestError as error:
            if error.code != "resource_missing":
                raise
        return None

    def _make_product(self, params: ProductCreateParams, _: Ids) -> str:
        return self._client.v1.products.create(params, {"idempotency_key": _key("product", params)}).id

    # Prices.

    @cached_property
    def _prices(self) -> dict[str, stripe.Price]:
        """By lookup key; an archived one keeps its key."""
        keys = [*(lookup_key_of(plan.name) for plan in _priced()), OVERAGE_LOOKUP_KEY]
        found = self._client.v1.prices.list(
            {"lookup_keys": keys, "limit": PAGE_MAX, "expand": ["data.tiers"]}
        )
        return {price.lookup_key: price for price in found.data if price.lookup_key}

    def _plan(self, plan: Plan) -> str | None:
        if (price := self._prices.get(lookup_key_of(plan.name))) is None:
            return None
        theirs = f"{_currency(price.currency)} {price.unit_amount} cents {_interval(price)}"
        ours = f"{_currency(CURRENCY)} {plan.price_cents} cents a month"
        _must_agree(lookup_key_of(plan.name), price, theirs, ours)
        return price.id

    def _make_plan(self, plan: Plan, ids: Ids) -> str:
        return self._make_price(
            {
                "lookup_key": lookup_key_of(plan.name),
                "product": ids[PRODUCT, f"heartwood_{plan.name}"],
                "currency": CURRENCY,
                "unit_amount": plan.price_cents,
                "recurring": {"interval": "month", "usage_type": "licensed"},
            }
        )

    def _overage(self) -> str | None:
        if (price := self._prices.get(OVERAGE_LOOKUP_KEY)) is None:
            return None
        meter = price.recurring.meter if price.recurring else None
        tiers = [(tier.up_to, tier.unit_amount_decimal) for tier in price.tiers or ()]
        theirs = f"{_currency(price.currency)} {_tiers_told(tiers)} of meter {meter} {_interval(price)}"
        tiers = [(tier.up_to, _cents(tier.rate_micros)) for tier in OVERAGE_TIERS]
        ours = f"{_currency(CURRENCY)} {_tiers_told(tiers)} of meter {self._meter_id} a month"
        _must_agree(OVERAGE_LOOKUP_KEY, price, theirs, ours)
        return price.id

    def _make_overage(self, ids: Ids) -> str:
        return self._make_price(
            {
                "lookup_key": OVERAGE_LOOKUP_KEY,
                "product": ids[PRODUCT, "heartwood_overage"],
                "currency": CURRENCY,
                "billing_scheme": "tiered",
                "tiers_mode": "graduated",
                "tiers": _tiers(),
                "recurring": {
                    "interval": "month", "usage_type": "metered", "meter": ids[METER, METER_EVENT_NAME],
                },
            }
        )  # fmt: skip

    def _make_price(self, params: PriceCreateParams) -> str:
        return self._client.v1.prices.create(params, {"idempotency_key": _key("price", params)}).id

    # The meter and the portal.

    @cached_property
    def _meter_id(self) -> str | None:
        active = self._client.v1.billing.meters.list({"status": "active", "limit": PAGE_MAX})
        for meter in active.auto_paging_iter():
            if meter.event_name == METER_EVENT_NAME:
                theirs = (
                    meter.default_aggregation.formula,
                    meter.customer_mapping.event_payload_key,
                    meter.value_settings.event_payload_key,
                )
                if theirs != ("sum", METER_CUSTOMER_KEY, METER_VALUE_KEY):
                    raise _other(f"meter {METER_EVENT_NAME}", ", ".join(theirs), "another one")
                return meter.id
        return None

    def _make_meter(self, _: Ids) -> str:
        params: MeterCreateParams = {
            "display_name": "Events above the pool",
            "event_name": METER_EVENT_NAME,
            "default_aggregation": {"formula": "sum"},
            "customer_mapping": {"type": "by_id", "event_payload_key": METER_CUSTOMER_KEY},
            "value_settings": {"event_payload_key": METER_VALUE_KEY},
        }
        return self._client.v1.billing.meters.create(params, {"idempotency_key": _key("meter", params)}).id

    @cached_property
    def portal(self) -> Configuration | None:
        configurations = self._client.v1.billing_portal.configurations.list(
            {"active": True, "limit": PAGE_MAX}
        )
        for configuration in configurations.auto_paging_iter():
            if configuration.metadata is not None and configuration.metadata.to_dict() == PORTAL_MARK:
                return configuration
        return None

    def _make_portal(self, _: Ids) -> str:
        params: ConfigurationCreateParams = {"metadata": PORTAL_MARK, "features": PORTAL_FEATURES}
        made = self._client.v1.billing_portal.configurations.create(
            params, {"idempotency_key": _key("portal", params)}
        )
        return made.id


# What was sold stays what it was: another price takes another key, never the same one.


def _must_agree(lookup_key: str, price: stripe.Price, theirs: str, ours: str) -> None:
    if theirs != ours:
        raise _other(f"price {lookup_key}", theirs, ours)
    if not price.active:
        raise _other(f"price {lookup_key}", "archived", "on sale")


def _other(what: str, theirs: str, ours: str) -> StripeMisconfigured:
    return StripeMisconfigured(
        f"the {what} at Stripe is {theirs}, and ours is {ours}", code="catalogue_differs"
    )


def _currency(code: str) -> str:
    return code.upper()


def _interval(price: stripe.Price) -> str:
    if price.recurring is None:
        return "once"
    every = price.recurring.interval_count
    return f"a {price.recurring.interval}" if every == 1 else f"every {every} {price.recurring.interval}s"


def _tiers_told(tiers: list[tuple[int | None, Decimal | None]]) -> str:
    return ", ".join(f"{rate} cents up to {'the end' if top is None else top}" for top, rate in tiers)


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


def _key(what: str, params: object) -> str:
    """The catalogue is no command of anyone's, so its keys are drawn from what is made."""
    digest = hashlib.sha256(json.dumps(params, sort_keys=True, default=str).encode()).hexdigest()
    return f"heartwood:catalogue:{what}:{digest[:32]}"
