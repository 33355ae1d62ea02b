"""Stripe's notices: kept at the door once they are verified, acted on by an errand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from adapters.postgres.outbox import Entry
from adapters.stripe.billing import Billing
from adapters.stripe.gateway import StripeGateway
from adapters.stripe.notices import Notice
from adapters.stripe.sync import Synced
from adapters.top_ups import TopUps
from domain.agency import Agency
from domain.because import Because
from domain.billing import NoticeOutcome, NoticeSeen
from domain.ids import stream_of_notice
from domain.notice import StripeNotice

KeepBody = Callable[[UUID, bytes], None]


class Inbox:
    """`keep_body` seals what Stripe wrote, under the stream of the notice: it holds personal data."""

    def __init__(
        self,
        agency: Agency,
        gateway: StripeGateway,
        billing: Billing,
        top_ups: TopUps,
        keep_body: KeepBody,
        clock: Callable[[], datetime],
    ) -> None:
        self.agency = agency
        self.gateway = gateway
        self.billing = billing
        self.top_ups = top_ups
        self.keep_body = keep_body
        self.clock = clock

    def receive(self, body: bytes, signature: str) -> bool:
        """Verify a notice and remember it; False if it was known already."""
        now = self.clock()
        notice = self.gateway.read_notice(body, signature, now=now)
        return self.remember(notice, body, because=_because_of(notice.notice_id, now))

    def remember(self, notice: Notice, body: bytes, *, because: Because) -> bool:
        """Remember a notice that is Stripe's; False if it was known already.

        The body of a known one is not kept again: another body would not be the one that the fact's
        digest vouches for.
        """
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
        return self.agency.receive_notice(seen, because=because)

    def act_on(self, entry: Entry) -> None:
        """Errand of a received notice: look at Stripe, whatever the notice says."""
        received = self.agency.fact(entry.stream, entry.version)
        because = _because_of(received.notice_id, self.clock(), received.actor)
        synced = self._synced(received, because)
        self.agency.act_on_notice(received.notice_id, synced.outcome, synced.tree_id, because=because)

    def _synced(self, received: StripeNotice.Received, because: Because) -> Synced:
        if received.subscription_id is not None:
            return self.billing.sync(received.subscription_id, because=because)
        if received.object_type == "invoice":
            return self.top_ups.hear(received.tree_id, received.object_id, because=because)
        if received.object_type == "dispute" and received.object_id is not None:
            return self.billing.note_dispute(received.object_id, because=because)
        if received.object_type == "customer":
            return self.billing.sync_customer(received.customer_id, because=because)
        if received.object_type == "billing.meter":  # it tells of no customer what it did not take
            self.billing.overages.compare_lagging()
        return Synced(outcome=NoticeOutcome.NOTHING_TO_DO, tree_id=None)


def _because_of(notice_id: str, now: datetime, actor: str = "stripe") -> Because:
    """The clock is the actor where it had to ask for a notice that never arrived."""
    return Because(actor=actor, cause=f"notice:{notice_id}", story=f"notice:{notice_id}", at=now)
