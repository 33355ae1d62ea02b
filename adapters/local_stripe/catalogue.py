"""What is sold: products, prices, meters and the portal's configuration."""

from __future__ import annotations

from decimal import Decimal

from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import Refusal, must_act_on, unsupported
from adapters.local_stripe.shapes import CONFIGURATION, FEATURES, METER, PRICE, PRODUCT, blank
from adapters.local_stripe.standing import merged
from adapters.local_stripe.store import Json

LOOKUP_KEY = "AND json_extract(body, '$.lookup_key') = ?"
PRODUCT_TEXTS = frozenset({"description", "unit_label"})
PRICE_KEYS = frozenset(
    {
        *("active", "billing_scheme", "currency", "lookup_key", "metadata", "nickname", "product"),
        *("recurring", "tiers", "tiers_mode", "transfer_lookup_key", "unit_amount"),
    }
)
CONFIGURATION_TEXTS = frozenset({"default_return_url", "name"})
ACTIVE_METER = "AND json_extract(body, '$.event_name') = ? AND json_extract(body, '$.status') = 'active'"


def create_product(account: Account, params: Json) -> Json:
    must_act_on(params, PRODUCT_TEXTS | {"active", "id", "metadata", "name"})
    product_id = params.get("id") or account.new_id("prod")
    if account.store.get("product", product_id) is not None:
        raise Refusal(f"Product already exists: {product_id}", code="resource_already_exists", param="id")
    now = account.now()
    kept = {name: params[name] for name in PRODUCT_TEXTS | {"active", "metadata"} if name in params}
    return account.save(blank(PRODUCT, id=product_id, name=params["name"], created=now, updated=now, **kept))


def update_product(account: Account, params: Json, product_id: str) -> Json:
    must_act_on(params, PRODUCT_TEXTS | {"active", "metadata", "name"})
    product = account.find("product", product_id)
    changes = {name: params[name] or None for name in PRODUCT_TEXTS if name in params}
    changes |= {name: params[name] for name in ("active", "name") if name in params}
    return _updated(account, product, params, changes)


def _updated(account: Account, body: Json, params: Json, changes: Json) -> Json:
    if "metadata" in params:
        changes["metadata"] = merged(body["metadata"], params["metadata"])
    if "updated" in body:
        changes["updated"] = account.now()
    return account.save({**body, **changes})


def create_price(account: Account, params: Json) -> Json:
    must_act_on(params, PRICE_KEYS)
    tiered = params.get("billing_scheme") == "tiered"
    amount = params.get("unit_amount")
    if tiered == (amount is not None):
        raise Refusal("Pass either unit_amount or tiers, as the billing scheme says", param="unit_amount")
    lookup_key = params.get("lookup_key")
    _take_lookup_key(account, lookup_key, transfer=params.get("transfer_lookup_key", False))
    return account.save(
        blank(
            PRICE,
            id=account.new_id("price"),
            active=params.get("active", True),
            billing_scheme="tiered" if tiered else "per_unit",
            created=account.now(),
            currency=params["currency"],
            lookup_key=lookup_key,
            metadata=params.get("metadata", {}),
            nickname=params.get("nickname"),
            product=account.find("product", params.get("product", ""), param="product")["id"],
            recurring=_recurring(account, params.get("recurring")),
            tiers=_tiers(params) if tiered else None,
            tiers_mode=params.get("tiers_mode") if tiered else None,
            unit_amount=amount,
            unit_amount_decimal=None if amount is None else str(amount),
        )
    )


def update_price(account: Account, params: Json, price_id: str) -> Json:
    """What a price asks for never changes: only what it is called, and whether it is sold."""
    must_act_on(params, {"active", "lookup_key", "metadata", "nickname", "transfer_lookup_key"})
    price = account.find("price", price_id)
    changes: Json = {name: params[name] for name in ("active", "nickname") if name in params}
    if "lookup_key" in params and params["lookup_key"] != price["lookup_key"]:
        _take_lookup_key(account, params["lookup_key"], transfer=params.get("transfer_lookup_key", False))
        changes["lookup_key"] = params["lookup_key"]
    return _updated(account, price, params, changes)


def _take_lookup_key(account: Account, lookup_key: str | None, *, transfer: bool) -> None:
    for holder in account.store.newest_first("price", LOOKUP_KEY, lookup_key) if lookup_key else ():
        if not transfer:
            raise Refusal(f"A price (`{lookup_key}`) already uses that lookup key.", param="lookup_key")
        account.save({**holder, "lookup_key": None})


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


def update_meter(account: Account, params: Json, meter_id: str) -> Json:
    must_act_on(params, {"display_name"})
    meter = account.find("billing.meter", meter_id)
    changes = {name: params[name] for name in ("display_name",) if name in params}
    return account.save({**meter, **changes, "updated": account.now()})


def deactivate_meter(account: Account, params: Json, meter_id: str) -> Json:
    now = account.now()
    meter = account.find("billing.meter", meter_id)
    ended = {"deactivated_at": now}
    return account.save({**meter, "status": "inactive", "status_transitions": ended, "updated": now})


def create_configuration(account: Account, params: Json) -> Json:
    must_act_on(params, CONFIGURATION_TEXTS | {"features", "metadata"})
    now = account.now()
    return account.save(
        blank(
            CONFIGURATION,
            id=account.new_id("bpc"),
            created=now,
            default_return_url=params.get("default_return_url"),
            features=_features(FEATURES, params["features"]),
            metadata=params.get("metadata", {}),
            name=params.get("name"),
            updated=now,
        )
    )


def update_configuration(account: Account, params: Json, configuration_id: str) -> Json:
    """What is not named stays as it is."""
    must_act_on(params, CONFIGURATION_TEXTS | {"active", "features", "metadata"})
    configuration = account.find("billing_portal.configuration", configuration_id)
    changes = {name: params[name] or None for name in CONFIGURATION_TEXTS if name in params}
    if "active" in params:
        changes["active"] = params["active"]
    if "features" in params:
        changes["features"] = _features(configuration["features"], params["features"])
    return _updated(account, configuration, params, changes)


def _features(before: Json, asked: Json) -> Json:
    for name in ("subscription_update", "subscription_pause"):
        if asked.get(name, {}).get("enabled"):
            raise unsupported(f"features[{name}]")
    if asked.get("subscription_cancel", {}).get("mode", "at_period_end") != "at_period_end":
        raise unsupported("features[subscription_cancel][mode]")
    return {name: {**before[name], **asked.get(name, {})} for name in FEATURES}
