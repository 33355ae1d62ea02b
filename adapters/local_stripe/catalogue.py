"""What is sold: products, prices, meters and the portal's configuration."""

from __future__ import annotations

from decimal import Decimal

from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import Refusal, unsupported
from adapters.local_stripe.shapes import CONFIGURATION, FEATURES, METER, PRICE, PRODUCT, blank
from adapters.local_stripe.store import Json

LOOKUP_KEY = "AND json_extract(body, '$.lookup_key') = ?"
ACTIVE_METER = "AND json_extract(body, '$.event_name') = ? AND json_extract(body, '$.status') = 'active'"


def create_product(account: Account, params: Json) -> Json:
    product_id = params.get("id") or account.new_id("prod")
    if account.store.get("product", product_id) is not None:
        raise Refusal(f"Product already exists: {product_id}", code="resource_already_exists", param="id")
    now = account.now()
    kept = {name: params[name] for name in ("description", "metadata", "unit_label") if name in params}
    return account.save(blank(PRODUCT, id=product_id, name=params["name"], created=now, updated=now, **kept))


def create_price(account: Account, params: Json) -> Json:
    for name in ("currency_options", "custom_unit_amount", "product_data", "transform_quantity"):
        if name in params:
            raise unsupported(name)
    tiered = params.get("billing_scheme") == "tiered"
    amount = params.get("unit_amount")
    if tiered == (amount is not None):
        raise Refusal("Pass either unit_amount or tiers, as the billing scheme says", param="unit_amount")
    lookup_key = params.get("lookup_key")
    if lookup_key is not None and account.store.newest_first("price", LOOKUP_KEY, lookup_key):
        raise Refusal(f"A price (`{lookup_key}`) already uses that lookup key.", param="lookup_key")
    return account.save(
        blank(
            PRICE,
            id=account.new_id("price"),
            billing_scheme="tiered" if tiered else "per_unit",
            created=account.now(),
            currency=params["currency"],
            lookup_key=lookup_key,
            metadata=params.get("metadata", {}),
            product=account.find("product", params.get("product", ""), param="product")["id"],
            recurring=_recurring(account, params.get("recurring")),
            tiers=_tiers(params) if tiered else None,
            tiers_mode=params.get("tiers_mode") if tiered else None,
            unit_amount=amount,
            unit_amount_decimal=None if amount is None else str(amount),
        )
    )


def _recurring(account: Account, given: Json | None) -> Json:
    if given is None or given["interval"] != "month" or given.get("interval_count", 1) != 1:
        raise unsupported("recurring[interval]")
    usage_type = given.get("usage_type", "licensed")
    if (usage_type == "metered") != ("meter" in given):
        raise Refusal("A metered price needs a meter, and only a metered price", param="recurring[meter]")
    if "meter" in given:
        account.find("billing.meter", given["meter"], param="recurring[meter]")
    return {
        "interval": "month",
        "interval_count": 1,
        "meter": given.get("meter"),
        "trial_period_days": None,
        "usage_type": usage_type,
    }


def _tiers(params: Json) -> list[Json]:
    if params.get("tiers_mode") != "graduated":
        raise unsupported("tiers_mode")
    tiers, below = params.get("tiers") or [], 0
    if not tiers or tiers[-1]["up_to"] != "inf":
        raise Refusal("The last tier must be up to `inf`", param="tiers")
    for tier in tiers[:-1]:
        if tier["up_to"] == "inf" or tier["up_to"] <= below:
            raise Refusal("Tiers must be in the order of their cumulative bounds", param="tiers")
        below = tier["up_to"]
    return [_tier(tier) for tier in tiers]


def _tier(given: Json) -> Json:
    amount = given.get("unit_amount_decimal", given.get("unit_amount"))
    if amount is None:
        raise Refusal("A tier needs a unit amount", param="tiers")
    whole = Decimal(amount) == int(amount)
    return {
        "flat_amount": None,
        "flat_amount_decimal": None,
        "unit_amount": int(amount) if whole else None,
        "unit_amount_decimal": format(Decimal(amount).normalize(), "f"),
        "up_to": None if given["up_to"] == "inf" else given["up_to"],
    }


def create_meter(account: Account, params: Json) -> Json:
    event_name = params["event_name"]
    if account.store.newest_first("billing.meter", ACTIVE_METER, event_name):
        raise Refusal(f"An active meter with event name {event_name} already exists", param="event_name")
    if params["default_aggregation"]["formula"] != "sum":
        raise unsupported("default_aggregation[formula]")
    now = account.now()
    kept = {name: value for name, value in params.items() if name in METER}
    return account.save(blank(METER, id=account.new_id("mtr"), created=now, updated=now, **kept))


def create_configuration(account: Account, params: Json) -> Json:
    asked = params["features"]
    for name in ("subscription_update", "subscription_pause"):
        if asked.get(name, {}).get("enabled"):
            raise unsupported(f"features[{name}]")
    if asked.get("subscription_cancel", {}).get("mode", "at_period_end") != "at_period_end":
        raise unsupported("features[subscription_cancel][mode]")
    features = {name: {**FEATURES[name], **asked.get(name, {})} for name in FEATURES}
    now = account.now()
    return account.save(
        blank(
            CONFIGURATION,
            id=account.new_id("bpc"),
            created=now,
            default_return_url=params.get("default_return_url"),
            features=features,
            metadata=params.get("metadata", {}),
            name=params.get("name"),
            updated=now,
        )
    )
