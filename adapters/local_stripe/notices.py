"""Signed notices: what was not delivered yet, and how it goes out."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass

import stripe

from adapters.local_stripe.account import Account
from adapters.local_stripe.store import Json

BACK_OFF_MAX_SECONDS = 3_600
GIVE_UP_SECONDS = 3 * 86_400
SHUFFLED_TOGETHER = 100
TAMPERED = b" "
LOST = "lost"


@dataclass(frozen=True, kw_only=True)
class SignedNotice:
    """One POST to the webhook's address."""

    body: bytes
    signature: str
    type: str
    notice_id: str


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A notice that is to be sent now, and whether the network will swallow or spoil it."""

    delivery: int
    notice: SignedNotice
    lost: bool
    tampered: bool


def signed(account: Account, event: Json, at: int) -> SignedNotice:
    body = json.dumps(event, indent=2)
    signature = stripe.WebhookSignature.generate_signature_header(body, account.secret, at)
    return SignedNotice(body=body.encode(), signature=signature, type=event["type"], notice_id=event["id"])


def attempts(account: Account, signed_at: int, due_by: float, limit: int) -> list[Attempt]:
    """What is to be sent by now: the oldest first, or in any order if the knob says so."""
    found = account.store.rows(
        "SELECT seq, event_id FROM deliveries WHERE state = 'waiting' AND due_at <= ? ORDER BY seq LIMIT ?",
        due_by,
        max(limit, SHUFFLED_TOGETHER),
    )
    if account.knob("shuffle"):
        random.Random(account.store.count_up("shuffles")).shuffle(found)
    return [_attempt(account, seq, event_id, signed_at) for seq, event_id in found[:limit]]


def _attempt(account: Account, delivery: int, event_id: str, signed_at: int) -> Attempt:
    number = account.store.count_up("attempts")
    notice = signed(account, account.find("event", event_id), signed_at)
    tampered = _every(account.knob("tamper_every"), number)
    if tampered:
        notice = SignedNotice(
            body=notice.body + TAMPERED,
            signature=notice.signature,
            type=notice.type,
            notice_id=notice.notice_id,
        )
    lost = _every(account.knob("lose_every"), number)
    return Attempt(delivery=delivery, notice=notice, lost=lost, tampered=tampered)


def _every(count: int, number: int) -> bool:
    return count > 0 and number % count == 0


def arrived(account: Account, attempt: Attempt) -> None:
    with account.store.transaction():
        account.store.write("UPDATE deliveries SET state = 'delivered' WHERE seq = ?", attempt.delivery)
        event = account.find("event", attempt.notice.notice_id)
        account.save({**event, "pending_webhooks": 0})


def failed(account: Account, attempt: Attempt, now: float) -> None:
    """Again later, each time a little later, for three days."""
    with account.store.transaction():
        ((tried, first_at),) = account.store.rows(
            "SELECT attempts, coalesce(first_at, ?) FROM deliveries WHERE seq = ?", now, attempt.delivery
        )
        state = LOST if now - first_at > GIVE_UP_SECONDS else "waiting"
        account.store.write(
            "UPDATE deliveries SET attempts = ?, first_at = ?, due_at = ?, state = ? WHERE seq = ?",
            tried + 1,
            first_at,
            now + min(2**tried, BACK_OFF_MAX_SECONDS),
            state,
            attempt.delivery,
        )


def lose(account: Account, event_id: str) -> None:
    """It is not sent any more."""
    account.store.write("UPDATE deliveries SET state = ? WHERE event_id = ?", LOST, event_id)


def send_again(account: Account, event_id: str) -> None:
    """As if it had never been sent, whatever became of it."""
    event = account.find("event", event_id)
    account.save({**event, "pending_webhooks": 1})
    account.store.write(
        "UPDATE deliveries SET state = 'waiting', attempts = 0, due_at = 0, first_at = NULL"
        " WHERE event_id = ?",
        event_id,
    )


def states(account: Account, event_ids: list[str]) -> dict[str, tuple[str, int]]:
    """What became of each event's delivery, and how often it failed."""
    found = account.store.rows(
        "SELECT event_id, state, attempts FROM deliveries"
        f" WHERE event_id IN ({', '.join('?' * len(event_ids))})",
        *event_ids,
    )
    return {event_id: (state, attempts) for event_id, state, attempts in found}


def listen(account: Account, webhook_url: str) -> None:
    """There is a listener from now on. Whoever was not listening before a restart may be so after it."""
    account.store.set_setting("webhook_url", webhook_url)
    account.store.write("UPDATE deliveries SET due_at = 0 WHERE state = 'waiting'")


def waiting(account: Account) -> int:
    """How many notices were not acknowledged yet, and will be sent."""
    count: int = account.store.rows("SELECT count(*) FROM deliveries WHERE state = 'waiting'")[0][0]
    return count


def is_unheard(account: Account, notice_type: str, object_id: str) -> bool:
    """Whether a listener is still to acknowledge this; where there is none, there is nobody to wait for."""
    if account.store.setting("webhook_url") is None:
        return False
    found = account.store.rows(
        "SELECT 1 FROM deliveries JOIN objects ON id = event_id WHERE state = 'waiting'"
        " AND json_extract(body, '$.type') = ? AND json_extract(body, '$.data.object.id') = ?",
        notice_type,
        object_id,
    )
    return bool(found)
