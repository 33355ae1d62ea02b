"""Stripe's notices: kept at the door once they are verified, acted on by an errand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from adapters.postgres.outbox import Entry
from adapters.stripe.billing import Billing, Synced
from adapters.stripe.gateway import StripeGateway
from domain.agency import Agency
from domain.because import Because
from domain.billing import NoticeOutcome, NoticeSeen
from domain.ids import stream_of_notice

KeepBody = Callable[[UUID, bytes], None]


class Inbox:
    """`keep_body` seals what Stripe wrote, under the stream of the notice: it holds personal data."""

    def __init__(
        self,
        agency: Agency,
        gateway: StripeGateway,
        billing: Billing,
        keep_body: KeepBody,
        clock: Callable[[], datetime],
    ) -> None:
        self.agency = agency
        self.gateway = gateway
        self.billing = billing
        self.keep_body = keep_body
        self.clock = clock

    def receive(self, body: bytes, signature: str) -> bool:
        """Verify a notice and remember it; False if it was known already.

        The body of a known one is not kept again: another body would not be the one that the fact's
        digest vouches for.
        """
        now = self.clock()
        notice = self.gateway.read_notice(body, signature, now=now)
        stream = stream_of_notice(notice.notice_id)
        if stream in self.agency.repository:
            return False
        seen = NoticeSeen(
            notice_id=notice.notice_id,
            type=notice.type,
            object_type=notice.object_type,
            object_id=notice.object_id,
            customer_id=notice.customer_id,
            subscription_id=notice.subscription_id,
            tree_id=notice.tree_id,
            stripe_created_at=notice.created_at,
            api_version=notice.api_version,
            livemode=notice.livemode,
            body_sha256=notice.digest,
        )
        self.keep_body(stream, body)
        return self.agency.receive_notice(seen, because=_because_of(notice.notice_id, now))

    def act_on(self, entry: Entry) -> None:
        """Errand of a received notice: look at Stripe, whatever the notice says."""
        received = self.agency.fact(entry.stream, entry.version)
        because = _because_of(received.notice_id, self.clock())
        synced = Synced(outcome=NoticeOutcome.NOTHING_TO_DO, tree_id=None)
        if received.subscription_id is not None:
            synced = self.billing.sync(received.subscription_id, because=because)
        self.agency.act_on_notice(received.notice_id, synced.outcome, synced.tree_id, because=because)


def _because_of(notice_id: str, now: datetime) -> Because:
    return Because(actor="stripe", cause=f"notice:{notice_id}", story=f"notice:{notice_id}", at=now)
