"""Whether a notice is Stripe's, fresh and meant for us, and what it points at."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import stripe

from adapters.stripe.client import API_VERSION
from adapters.stripe.reading import instant, uuid_or_none

AGE_MAX_SECONDS = 300
SKEW_MAX_SECONDS = 5  # two clocks that are both right may still differ by this much
THIN = "v2.core.event"


class NoticeRefusal(StrEnum):
    """Why a notice is not taken. The first that applies is the answer."""

    SIGNATURE_MISSING = "signature_missing"
    SIGNATURE_INVALID = "signature_invalid"
    TOO_OLD = "too_old"
    FROM_THE_FUTURE = "from_the_future"
    MALFORMED = "malformed"
    WRONG_MODE = "wrong_mode"
    WRONG_VERSION = "wrong_version"


class NoticeRefused(Exception):
    """Nothing of this notice may be believed, so nothing of it is kept."""

    def __init__(self, reason: NoticeRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A signal that something changed. What changed is asked of Stripe, never read from here."""

    notice_id: str
    type: str
    created_at: datetime  # to the second only: it never decides an order
    object_id: str | None
    object_type: str | None
    customer_id: str | None
    subscription_id: str | None
    tree_id: UUID | None
    livemode: bool
    api_version: str | None  # a thin notice has none
    digest: str  # SHA-256 of the body, in hex


def read_notice(body: bytes, signature: str, *, secret: str, livemode: bool, now: datetime) -> Notice:
    _must_be_signed(body, signature, secret)
    _must_be_fresh(signature, now)
    event = _parsed(body)
    try:
        thin = event["object"] == THIN
        notice = _thin(event, body) if thin else _snapshot(event, body)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
        raise NoticeRefused(NoticeRefusal.MALFORMED) from error
    if notice.livemode is not livemode:
        raise NoticeRefused(NoticeRefusal.WRONG_MODE)
    if not thin and notice.api_version != API_VERSION:
        raise NoticeRefused(NoticeRefusal.WRONG_VERSION)
    return notice


def notice_of(event: dict[str, Any], body: bytes) -> Notice:
    """A notice that we asked Stripe for ourselves: what came over our own connection needs no signature.

    It is shown in the version of the account, and only points at what has changed.
    """
    return _snapshot(event, body)


def _must_be_signed(body: bytes, signature: str, secret: str) -> None:
    if not signature:
        raise NoticeRefused(NoticeRefusal.SIGNATURE_MISSING)
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret)
    except (stripe.SignatureVerificationError, TypeError, ValueError) as error:
        raise NoticeRefused(NoticeRefusal.SIGNATURE_INVALID) from error


def _must_be_fresh(signature: str, now: datetime) -> None:
    """The SDK checks age against its own clock, and lets timestamps from the future pass."""
    parts = (part.split("=") for part in signature.split(","))
    signed_at = next(int(part[1]) for part in parts if part[0] == "t")  # the one that was just verified
    age_seconds = now.timestamp() - signed_at
    if age_seconds > AGE_MAX_SECONDS:
        raise NoticeRefused(NoticeRefusal.TOO_OLD)
    if age_seconds < -SKEW_MAX_SECONDS:
        raise NoticeRefused(NoticeRefusal.FROM_THE_FUTURE)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoticeRefused(NoticeRefusal.MALFORMED) from error
    if not isinstance(event, dict) or event.get("object") not in {"event", THIN}:
        raise NoticeRefused(NoticeRefusal.MALFORMED)
    return event


def _snapshot(event: dict[str, Any], body: bytes) -> Notice:
    about = event["data"]["object"]
    kind = _text(about["object"])
    details = ((about.get("parent") or {}).get("subscription_details") or {}) if kind == "invoice" else about
    metadata = details.get("metadata") or about.get("metadata") or {}  # of no subscription: its own
    subscription = about.get("id") if kind == "subscription" else details.get("subscription")
    if subscription is None:  # where versions before the pinned one had it
        subscription = about.get("subscription")
    customer = about.get("id") if kind == "customer" else about.get("customer")
    return Notice(
        notice_id=_text(event["id"]),
        type=_text(event["type"]),
        created_at=instant(event["created"]),
        object_id=about.get("id"),  # not every object has one
        object_type=kind,
        customer_id=_reference(customer),
        subscription_id=_reference(subscription),
        tree_id=uuid_or_none(metadata.get("tree_id")),
        livemode=event["livemode"],
        api_version=event["api_version"],
        digest=hashlib.sha256(body).hexdigest(),
    )


def _thin(event: dict[str, Any], body: bytes) -> Notice:
    about = event.get("related_object") or {}
    return Notice(
        notice_id=_text(event["id"]),
        type=_text(event["type"]),
        created_at=datetime.fromisoformat(event["created"]).astimezone(UTC),
        object_id=about.get("id"),
        object_type=about.get("type"),
        customer_id=None,
        subscription_id=None,
        tree_id=None,
        livemode=event["livemode"],
        api_version=None,
        digest=hashlib.sha256(body).hexdigest(),
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("a text was expected")
    return value


def _reference(value: object) -> str | None:
    """An id, or the id within an expanded object."""
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, str) else None
