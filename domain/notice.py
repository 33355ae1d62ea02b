"""A notice from Stripe, remembered so that it is never acted on twice."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from domain.because import Because
from domain.billing import NoticeSeen
from domain.ids import stream_of_notice
from domain.recorded import Recorded


class StripeNotice(Recorded):
    # State.

    def __init__(self, notice_id: str, type: str, object_id: str, subscription_id: str | None) -> None:
        self.notice_id = notice_id
        self.type = type
        self.object_id = object_id
        self.subscription_id = subscription_id
        self.outcome: str | None = None

    # Facts.

    class Event(Recorded.Event):
        pass

    class Received(Event, Recorded.Created):
        notice_id: str
        type: str
        object_id: str
        subscription_id: str | None
        stripe_created_at: datetime
        api_version: str | None
        livemode: bool
        body_sha256: str  # the body itself holds personal data and lies in the vault

    class ActedOn(Event):
        """What came of it: ``synced``, ``nothing_to_do`` or ``not_ours``."""

        outcome: str
        tree_id: UUID | None

        def apply(self, notice: StripeNotice) -> None:
            notice.outcome = self.outcome

    # Commands.

    @classmethod
    def receive(cls, seen: NoticeSeen, *, because: Because) -> StripeNotice:
        return cls._begin(cls.Received, stream_of_notice(seen.notice_id), because, **asdict(seen))

    def act_on(self, outcome: str, tree_id: UUID | None, *, because: Because) -> None:
        if self.outcome is None:
            self._record(self.ActedOn, because, outcome=outcome, tree_id=tree_id)
