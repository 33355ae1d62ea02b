"""Pages of objects: the newest first, after or before one of them, as Stripe pages."""

from __future__ import annotations

from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import Refusal, missing_object
from adapters.local_stripe.store import Json

LIMIT = 10
LIMIT_MAX = 100
REFERENCES = frozenset({"customer", "product", "subscription"})
PAGING = frozenset({"limit", "starting_after", "ending_before", "created", "expand"})


def listed(account: Account, kind: str, url: str, params: Json, filters: Json) -> Json:
    """`filters` says where in the object each parameter is found; one that is not there is refused."""
    return paged(account, kind, url, filtered(account, kind, params, filters), params)


def filtered(account: Account, kind: str, params: Json, filters: Json) -> list[Json]:
    where, values = _where(account, params, filters)
    found = [body for body in account.store.newest_first(kind, where, *values) if not body.get("deleted")]
    return _created_within(found, params.get("created"))


def paged(account: Account, kind: str, url: str, found: list[Json], params: Json) -> Json:
    limit = params.get("limit", LIMIT)
    if not 1 <= limit <= LIMIT_MAX:
        raise Refusal(f"This value must be between 1 and {LIMIT_MAX}.", param="limit")
    page, more = _page(kind, found, params, limit)
    for path in params.get("expand", ()):
        if not path.startswith("data."):
            raise Refusal(f"This property cannot be expanded ({path}).", param="expand")
    expand = frozenset(path.removeprefix("data.") for path in params.get("expand", ()))
    data = [account.shown(body, expand) for body in page]
    return {"object": "list", "data": data, "has_more": more, "url": url}


def _where(account: Account, params: Json, filters: Json) -> tuple[str, list[object]]:
    where = ""
    values: list[object] = []
    for name, value in params.items():
        if name in PAGING:
            continue
        if name not in filters:
            raise Refusal(f"The local Stripe does not filter by {name}", code="local_unsupported", param=name)
        if name in REFERENCES:
            account.any_of(name, value, param=name)
        wanted = value if isinstance(value, list) else [value]
        where += f" AND json_extract(body, '$.{filters[name]}') IN ({', '.join('?' * len(wanted))})"
        values += wanted
    return where, values


def _created_within(found: list[Json], created: Json | int | None) -> list[Json]:
    if created is None:
        return found
    bounds = created if isinstance(created, dict) else {"gte": created, "lte": created}
    low = max(bounds.get("gte", 0), bounds.get("gt", -1) + 1)
    high = min(bounds.get("lte", 1 << 62), bounds.get("lt", 1 << 62) - 1)
    return [body for body in found if low <= body["created"] <= high]


def _page(kind: str, found: list[Json], params: Json, limit: int) -> tuple[list[Json], bool]:
    ids = [body["id"] for body in found]
    if "starting_after" in params:
        rest = found[_place(kind, ids, params, "starting_after") + 1 :]
        return rest[:limit], len(rest) > limit
    if "ending_before" in params:
        before = found[: _place(kind, ids, params, "ending_before")]
        return before[-limit:], len(before) > limit
    return found[:limit], len(found) > limit


def _place(kind: str, ids: list[str], params: Json, name: str) -> int:
    if params[name] not in ids:
        raise missing_object(kind, params[name], param=name)
    return ids.index(params[name])
