"""Where an account's notices go, as it is set up. The stand-in itself sends where it was told to."""

from __future__ import annotations

import hashlib
import hmac

from adapters.local_stripe.account import API_VERSION, Account
from adapters.local_stripe.answers import Refusal, must_act_on, unsupported
from adapters.local_stripe.shapes import WEBHOOK_ENDPOINT, blank
from adapters.local_stripe.standing import merged
from adapters.local_stripe.store import Json

KNOWN = frozenset({"description", "enabled_events", "metadata", "url"})
SECRET_LENGTH = 32


def create(account: Account, params: Json) -> Json:
    """The secret is in this one answer, and never again."""
    must_act_on(params, KNOWN | {"api_version"})
    if params.get("api_version", API_VERSION) != API_VERSION:
        raise unsupported(f"api_version={params['api_version']}")
    _must_be_an_address(params["url"])
    endpoint = account.save(
        blank(
            WEBHOOK_ENDPOINT,
            id=account.new_id("we"),
            api_version=params.get("api_version"),
            created=account.now(),
            description=params.get("description") or None,
            enabled_events=params["enabled_events"],
            metadata=params.get("metadata") or {},
            url=params["url"],
        )
    )
    drawn = hmac.new(account.secret.encode(), endpoint["id"].encode(), hashlib.sha256).hexdigest()
    return {**endpoint, "secret": f"whsec_{drawn[:SECRET_LENGTH]}"}


def update(account: Account, params: Json, endpoint_id: str) -> Json:
    must_act_on(params, KNOWN | {"disabled"})
    endpoint = account.find("webhook_endpoint", endpoint_id)
    changes: Json = {name: params[name] for name in ("enabled_events", "url") if name in params}
    if "url" in changes:
        _must_be_an_address(changes["url"])
    if "description" in params:
        changes["description"] = params["description"] or None
    if "disabled" in params:
        changes["status"] = "disabled" if params["disabled"] else "enabled"
    if "metadata" in params:
        changes["metadata"] = merged(endpoint["metadata"], params["metadata"])
    return account.save({**endpoint, **changes})


def delete(account: Account, params: Json, endpoint_id: str) -> Json:
    return account.save({**account.find("webhook_endpoint", endpoint_id), "deleted": True})


def _must_be_an_address(url: str) -> None:
    if not url.startswith(("https://", "http://")):
        raise Refusal("Invalid URL: An explicit scheme (such as https) must be provided.", param="url")
