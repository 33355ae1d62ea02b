"""A notice from Stripe, remembered so that it is never acted on twice."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from domain.because import Because
from domain.billing import NoticeOutcome, NoticeSeen
from domain.ids import stream_of_notice
from domain.recorded import Recorded


class StripeNotice(Recorded):
    # State.

    def __init__(self, notice_id: str, type: str, subscription_id: str | None) -> None:
        self.notice_id = notice_id
        self.type = type
        self.subscription_id = subscription_id
        self.outcome: NoticeOutcome | None = None

    # Facts.

    class Event(Recorded.Event):
        pass

    class Received(Event, Recorded.Created):
        notice_id: str
        type: str
        object_type: str | None
        object_id: str | None
        customer_id: str | None
        subscription_id: str | None
        tree_id: UUID | None  # as the notice names it
        stripe_created_at: datetime
        api_version: str | None
        livemode: bool
        body_sha256: str  # the body itself holds personal data and lies in the vault, under this stream

    class ActedOn(Event):
        outcome: NoticeOutcome
        tree_id: UUID | None

        def apply(self, notice: StripeNotice) -> None:
            notice.outcome = self.outcome

    # Commands.

    @classmethod
    def receive(cls, seen: NoticeSeen, *, because: Because) -> StripeNotice:
        return cls._begin(cls.Received, stream_of_notice(seen.notice_id), because, **asdict(seen))

    def act_on(self, outcome: NoticeOutcome, tree_id: UUID | None, *, because: Because) -> None:
        if self.outcome is None:
            self.record(self.ActedOn, because, outcome=outcome, tree_id=tree_id)
