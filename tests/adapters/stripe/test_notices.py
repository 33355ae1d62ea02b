"""Which notices do we believe?"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from adapters.stripe.notices import Notice, NoticeRefused
from tests.adapters.local_stripe.bright_signal import (
    BRIGHT_SIGNAL,
    NEW_YEAR,
    SECRET,
    World,
    a_gateway,
    a_stripe,
    a_subscription,
)


def signed(
    event: dict[str, Any] | bytes, *, at: datetime = NEW_YEAR, secret: str = SECRET
) -> tuple[bytes, str]:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, int(at.timestamp()))
    return body, header


def an_event(**changes: Any) -> dict[str, Any]:
    return {
        "id": "evt_1",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(NEW_YEAR.timestamp()),
        "data": {"object": {"id": "cus_1", "object": "customer"}},
        "livemode": False,
        "type": "customer.updated",
        **changes,
    }


def read(body: bytes, signature: str, *, now: datetime = NEW_YEAR) -> Notice:
    return a_gateway(a_stripe()).read_notice(body, signature, now=now)


def notices_of(world: World) -> dict[str, Notice]:
    taken = world.stripe.take_notices()
    return {
        one.type: world.gateway.read_notice(one.body, one.signature, now=world.stripe.now()) for one in taken
    }


@pytest.mark.parametrize(
    ("type_", "object_type", "object_id"),
    [
        ("checkout.session.completed", "checkout.session", "cs_test_000001"),
        ("customer.subscription.created", "subscription", "sub_000001"),
        ("invoice.created", "invoice", "in_000001"),
        ("invoice.paid", "invoice", "in_000001"),
    ],
)
def test_a_notice_says_what_it_is_about(type_: str, object_type: str, object_id: str) -> None:
    world = a_subscription()

    notice = notices_of(world)[type_]

    assert (notice.object_type, notice.object_id) == (object_type, object_id)
    assert (notice.customer_id, notice.subscription_id) == ("cus_000001", "sub_000001")
    assert (notice.tree_id, notice.created_at) == (BRIGHT_SIGNAL, NEW_YEAR)


def test_a_notice_keeps_the_digest_of_what_was_signed() -> None:
    body, signature = signed(an_event())

    notice = read(body, signature)

    assert notice.digest == hashlib.sha256(body).hexdigest()
    assert (notice.notice_id, notice.tree_id, notice.subscription_id) == ("evt_1", None, None)


def test_a_thin_notice_is_recognised() -> None:
    thin = {
        "id": "evt_2",
        "object": "v2.core.event",
        "type": "v1.billing.meter.error_report_triggered",
        "livemode": False,
        "created": "2026-01-01T09:00:00.000Z",
        "related_object": {"id": "mtr_1", "type": "billing.meter", "url": "/v1/billing/meters/mtr_1"},
    }

    notice = read(*signed(thin))

    assert (notice.notice_id, notice.object_id, notice.created_at) == ("evt_2", "mtr_1", NEW_YEAR)
    assert notice.api_version is None


def refused(body: bytes, signature: str, *, now: datetime = NEW_YEAR) -> str:
    with pytest.raises(NoticeRefused) as refusal:
        read(body, signature, now=now)
    return refusal.value.reason


def test_an_unsigned_notice_is_refused() -> None:
    body, _ = signed(an_event())

    assert refused(body, "") == "signature_missing"


@pytest.mark.parametrize(
    "signature",
    ["nonsense", "t=1", "v1=00", "t=x,v1=00", "t=1767258000,v1=00", "t=1767258000,v0=00", ",,=,", "t=,v1="],
)
def test_a_forged_signature_is_refused(signature: str) -> None:
    body, _ = signed(an_event())

    assert refused(body, signature) == "signature_invalid"


def test_another_secret_is_refused() -> None:
    assert refused(*signed(an_event(), secret="whsec_of_eve")) == "signature_invalid"


def test_a_changed_body_is_refused() -> None:
    body, signature = signed(an_event())

    assert refused(body + b" ", signature) == "signature_invalid"
    assert refused(b"\xff" + body, signature) == "signature_invalid"


def test_one_good_signature_of_several_is_enough() -> None:
    body, signature = signed(an_event())

    notice = read(body, signature.replace("v1=", "v1=00,v1="))

    assert notice.notice_id == "evt_1"


@pytest.mark.parametrize(
    ("late_seconds", "reason"),
    [(300, None), (301, "too_old"), (-5, None), (-6, "from_the_future"), (86_400, "too_old")],
)
def test_a_notice_lives_for_five_minutes(late_seconds: int, reason: str | None) -> None:
    body, signature = signed(an_event())
    now = NEW_YEAR + timedelta(seconds=late_seconds)

    answer = refused(body, signature, now=now) if reason else read(body, signature, now=now).notice_id

    assert answer == (reason or "evt_1")


def test_a_timestamp_written_over_the_signed_one_is_refused() -> None:
    body, signature = signed(an_event())
    later = int((NEW_YEAR + timedelta(days=1)).timestamp())

    forged = f"t={later},{signature}"

    assert refused(body, forged, now=NEW_YEAR + timedelta(days=1)) == "signature_invalid"


def test_a_timestamp_written_behind_the_signed_one_changes_nothing() -> None:
    body, signature = signed(an_event())
    later = NEW_YEAR + timedelta(days=1)

    forged = f"{signature},t={int(later.timestamp())}"

    assert refused(body, forged, now=later) == "too_old"


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (b"not json", "malformed"),
        (b"[]", "malformed"),
        (b"{}", "malformed"),
        (an_event(data={}), "malformed"),
        (an_event(data={"object": []}), "malformed"),
        (an_event(created="today"), "malformed"),
        (an_event(id=7), "malformed"),
        (an_event(type=""), "malformed"),
        (an_event(livemode=True), "wrong_mode"),
        (an_event(livemode="false"), "wrong_mode"),
        (an_event(api_version="2020-08-27"), "wrong_version"),
        (an_event(api_version=None), "wrong_version"),
        (an_event(livemode=True, api_version="2020-08-27"), "wrong_mode"),
    ],
)
def test_a_signed_notice_of_the_wrong_kind_is_refused(event: dict[str, Any] | bytes, reason: str) -> None:
    assert refused(*signed(event)) == reason


def test_a_live_installation_refuses_test_notices() -> None:
    gateway = a_gateway(a_stripe(), key="sk_live_bright_signal")
    body, signature = signed(an_event())

    with pytest.raises(NoticeRefused, match="wrong_mode"):
        gateway.read_notice(body, signature, now=NEW_YEAR)


def test_a_foreign_id_in_the_metadata_is_nobodys_tree() -> None:
    about = {"id": "sub_1", "object": "subscription", "customer": "cus_1", "metadata": {"tree_id": "Eve's"}}

    notice = read(*signed(an_event(data={"object": about}, type="customer.subscription.updated")))

    assert notice.tree_id is None
    assert notice.created_at.tzinfo is UTC
