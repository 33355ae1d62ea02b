"""A notice as Stripe wrote it, without what is somebody's own: names, addresses, cards, words, links.

What may be shown is what is named here or looks like an id, a word or a number; anything else is left out.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

LEFT_OUT = "[left out]"
LINK = "[left out: a link]"
TEXT_MAX = 60_000  # characters; more than any notice about a subscription has
DEPTH_MAX = 40
OURS = frozenset({"tree_id"})  # of what our checkout sets
LOOKS_PLAIN = re.compile(r"[A-Za-z0-9_.:+-]{1,120}")
PERSONAL = re.compile(
    r"(?:.*_)?(?:name|email|phone|address|shipping|description|comment|ip|ip_address|nickname|contact"
    r"|account_holder|tax_ids?|card|sepa_debit|us_bank_account|bank_details|billing_details|owner"
    r"|payment_method_details|payment_method_options|custom_fields|footer|memo|statement_descriptor"
    r"|evidence|client_secret|secret|user_agent|browser|postal_code|line1|line2|city|state_or_province)"
)


def shown(body: str) -> str:
    """Indented, key by key, as Stripe had them."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return LEFT_OUT
    text = json.dumps(_without(event), indent=2, ensure_ascii=False)
    return text if len(text) <= TEXT_MAX else f"{text[:TEXT_MAX]}\n… (the rest is left out)"


def is_what_was_received(body: str, body_sha256: str) -> bool:
    """Whether the fact that remembers the notice vouches for this text."""
    return hashlib.sha256(body.encode()).hexdigest() == body_sha256


def _without(value: Any, depth: int = 0) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case _ if depth >= DEPTH_MAX:
            return LEFT_OUT
        case str():
            return _text(value)
        case list():
            return [_without(one, depth + 1) for one in value]
        case dict():
            return {_text(str(key)): _of_key(str(key), one, depth) for key, one in value.items()}
    return LEFT_OUT


def _of_key(key: str, value: Any, depth: int) -> Any:
    if value in (None, [], {}):
        return value
    if key == "metadata" and isinstance(value, dict):  # besides ours, whatever somebody typed at Stripe
        return {_text(str(name)): one if name in OURS else LEFT_OUT for name, one in value.items()}
    return LEFT_OUT if PERSONAL.fullmatch(key) else _without(value, depth + 1)


def _text(value: str) -> str:
    if LOOKS_PLAIN.fullmatch(value) or not value:
        return value
    return LINK if value.startswith(("https://", "http://")) else LEFT_OUT
