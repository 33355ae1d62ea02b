"""Stripe's notices at the door: which ones are kept, how often, and what is left of the others."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import stripe
from werkzeug.test import TestResponse

from domain.ids import stream_of_notice
from tests.house import BEGINNING, WEBHOOK_SECRET, House
from tests.web.api.asking import error_of, recorded
from tests.web.api.conftest import house_of_the_file, shared_house
from web.webhooks import NOTICE_BYTES_MAX

__all__ = ["house_of_the_file", "shared_house"]  # for what records nothing, one house is enough


def an_event(**changes: Any) -> dict[str, Any]:
    return {
        "id": "evt_1",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": 1_772_355_600,
        "data": {"object": {"id": "cus_1", "object": "customer", "email": "ana@example.com"}},
        "livemode": False,
        "type": "customer.updated",
        **changes,
    }


def header(body: bytes, at: datetime, secret: str = WEBHOOK_SECRET) -> str:
    return stripe.WebhookSignature.generate_signature_header(body.decode(), secret, int(at.timestamp()))


def send(house: House, body: bytes, signature: str | None) -> TestResponse:
    headers = {} if signature is None else {"Stripe-Signature": signature}
    return house.app.test_client().post("/webhooks/stripe", data=body, headers=headers)


def send_signed(house: House, event: Any, *, at: datetime | None = None) -> TestResponse:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    return send(house, body, header(body, at or house.clock()))


def kept(house: House, notice_id: str) -> list[tuple[str, dict[str, Any]]]:
    """The facts of a notice: name and stored fields."""
    facts = house.services.evidence.of_stream(stream_of_notice(notice_id))
    return [(fact.name, json.loads(fact.state)) for fact in facts]


def test_a_genuine_notice_is_kept_with_its_digest_and_without_its_body(house):
    body = json.dumps(an_event()).encode()

    answer = send_signed(house, body)

    ((name, fields),) = kept(house, "evt_1")
    assert (answer.status_code, answer.get_json()) == (200, {"received": True})
    assert name == "StripeNotice.Received"
    assert fields["body_sha256"] == hashlib.sha256(body).hexdigest()
    assert (fields["type"], fields["object_id"], fields["actor"]) == ("customer.updated", "cus_1", "stripe")
    assert "ana@example.com" not in str(recorded(house))


BODY = json.dumps(an_event()).encode()
GOOD = header(BODY, BEGINNING)
STAMP, _, MAC = GOOD.partition(",")
FORGED: dict[str, tuple[bytes, str | None, str]] = {
    "no signature": (BODY, None, "signature_missing"),
    "an empty signature": (BODY, "", "signature_missing"),
    "a word": (BODY, "trust me", "signature_invalid"),
    "another secret": (BODY, header(BODY, BEGINNING, "whsec_other"), "signature_invalid"),
    "another body": (BODY.replace(b"cus_1", b"cus_2"), GOOD, "signature_invalid"),
    "a blank more": (BODY + b" ", GOOD, "signature_invalid"),
    "only the instant": (BODY, STAMP, "signature_invalid"),
    "only the mac": (BODY, MAC, "signature_invalid"),
    "another instant": (BODY, f"t=1,{MAC}", "signature_invalid"),
    "an instant in words": (BODY, f"t=now,{MAC}", "signature_invalid"),
    "another scheme": (BODY, GOOD.replace("v1=", "v0="), "signature_invalid"),
    "a mac that is no ASCII": (BODY, f"{STAMP},v1=é", "signature_invalid"),
    "no text": (b"\xff\xfe", GOOD, "signature_invalid"),
    "nothing": (b"", GOOD, "signature_invalid"),
}


@pytest.mark.parametrize(("body", "signature", "reason"), list(FORGED.values()), ids=list(FORGED))
def test_a_forged_notice_is_refused_and_nothing_recorded(shared_house, body, signature, reason):
    before = recorded(shared_house)

    answer = send(shared_house, body, signature)

    assert error_of(answer) == (400, reason, None)
    assert recorded(shared_house) == before


@pytest.mark.parametrize(
    ("off", "reason"),
    [
        (timedelta(seconds=301), "too_old"),
        (timedelta(days=3), "too_old"),
        (timedelta(seconds=-6), "from_the_future"),
        (timedelta(days=-1), "from_the_future"),
    ],
)
def test_a_notice_of_another_time_is_refused_and_nothing_recorded(shared_house, off, reason):
    before = recorded(shared_house)

    answer = send_signed(shared_house, an_event(), at=shared_house.clock() - off)

    assert error_of(answer) == (400, reason, None)
    assert recorded(shared_house) == before


@pytest.mark.parametrize("off", [timedelta(seconds=300), timedelta(seconds=-5), timedelta(0)])
def test_a_notice_of_about_now_is_kept(house, off):
    answer = send_signed(house, an_event(), at=house.clock() - off)

    assert answer.status_code == 200
    assert len(kept(house, "evt_1")) == 1


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (b"not json", "malformed"),
        (b"", "malformed"),
        (b"[]", "malformed"),
        (b"null", "malformed"),
        (b'{"object": "event"}', "malformed"),
        (b"[" * 10_000 + b"]" * 10_000, "malformed"),
        (an_event(object="customer"), "malformed"),
        (an_event(id=None), "malformed"),
        (an_event(id=7), "malformed"),
        (an_event(data={}), "malformed"),
        (an_event(data=[]), "malformed"),
        (an_event(created="yesterday"), "malformed"),
        (an_event(created=10**30), "malformed"),
        (an_event(livemode=True), "wrong_mode"),
        (an_event(api_version="2020-08-27"), "wrong_version"),
        (an_event(api_version=None), "wrong_version"),
    ],
)
def test_a_notice_that_is_signed_and_cannot_be_meant_is_refused_and_nothing_recorded(
    shared_house, event, reason
):
    before = recorded(shared_house)

    answer = send_signed(shared_house, event)

    assert error_of(answer) == (400, reason, None)
    assert recorded(shared_house) == before


def test_a_notice_that_is_too_large_is_not_even_read(shared_house):
    body = json.dumps(an_event(padding="x" * NOTICE_BYTES_MAX)).encode()
    before = recorded(shared_house)

    answer = send(shared_house, body, header(body, shared_house.clock()))

    assert error_of(answer) == (413, "too_large", None)
    assert recorded(shared_house) == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_the_door_is_for_posting_only(shared_house, method):
    answer = shared_house.app.test_client().open("/webhooks/stripe", method=method)

    assert error_of(answer)[:2] == (405, "method_not_allowed")


def test_the_same_notice_twice_is_remembered_once(house):
    first = send_signed(house, an_event())
    once = recorded(house)

    house.clock.advance(hours=2)
    again = send_signed(house, an_event())

    assert (first.status_code, again.status_code) == (200, 200)
    assert recorded(house) == once


def test_another_body_under_a_known_id_changes_nothing(house):
    send_signed(house, an_event())
    once = recorded(house)

    answer = send_signed(house, an_event(type="customer.deleted"))

    assert answer.status_code == 200
    assert recorded(house) == once


@pytest.mark.parametrize("type_", ["customer.updated", "radar.early_fraud_warning.created", "made.up"])
def test_a_notice_about_nothing_of_ours_is_remembered_and_does_nothing(house, type_):
    send_signed(house, an_event(type=type_))

    house.deliver_notices()

    (_, received), (name, acted) = kept(house, "evt_1")
    assert received["type"] == type_
    assert (name, acted["outcome"], acted["tree_id"]) == ("StripeNotice.ActedOn", "not_ours", None)


def test_a_notice_about_a_subscription_that_stripe_does_not_know_yet_waits_for_its_turn(house):
    about = {"id": "sub_unknown", "object": "subscription", "customer": "cus_1", "metadata": {}}
    send_signed(house, an_event(type="customer.subscription.updated", data={"object": about}))

    house.deliver_notices()

    with house.database.connection() as db:
        row = db.execute("SELECT attempts, done_at, gave_up_at, due_at FROM outbox").fetchone()
    assert row is not None
    assert (row["attempts"], row["done_at"], row["gave_up_at"]) == (1, None, None)
    assert row["due_at"] > house.clock()
    assert [name for name, _ in kept(house, "evt_1")] == ["StripeNotice.Received"]


@pytest.mark.parametrize("knob", ["twice", "shuffle"])
def test_however_notices_arrive_the_tree_is_the_same(house, knob):
    ana = house.person("Ana")
    house.stripe.turn_knobs(**{knob: True})

    tree_id, anchor_id = house.agency_of(ana, children=1)
    house.wiring.billing.cancel(tree_id, ana, because=house.because(f"person:{ana}"))
    house.advance_to(house.agency.tree(tree_id).ends_at)

    names = [fact.name for fact in house.services.evidence.of_tree(tree_id) if fact.stream == tree_id]
    assert [names.count(one) for one in ("Tree.SubscriptionStarted", "Tree.SubscriptionEnded")] == [1, 1]
    assert house.agency.workspace(anchor_id).plan == "free"


def test_tampered_notices_are_refused_and_made_up_for_when_they_are_sent_again(house):
    ana = house.person("Ana")
    tree_id, anchor_id = house.agency_of(ana)
    house.wiring.billing.cancel(tree_id, ana, because=house.because(f"person:{ana}"))
    house.deliver_notices()
    house.clock.at = house.agency.tree(tree_id).ends_at
    house.stripe.turn_knobs(tamper_every=1)
    house.stripe.advance(house.clock.at)

    tampered = [send(house, one.body, one.signature).status_code for one in house.stripe.take_notices()]
    house.stripe.turn_knobs(tamper_every=0)
    told = house.deliver_notices()

    assert tampered == [400]
    assert told == ["customer.subscription.deleted"]
    assert house.agency.workspace(anchor_id).plan == "free"
