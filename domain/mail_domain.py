"""A mail domain: which agency signs the people of its addresses in?

The stream of a domain is there once, so of two agencies that claim it at the same moment one decides again.
"""

from __future__ import annotations

from typing import Self
from uuid import UUID

from domain.because import Because
from domain.ids import stream_of_mail_domain
from domain.recorded import Recorded


class MailDomain(Recorded):
    def __init__(self, domain: str, tree_id: UUID) -> None:
        self.domain = domain
        self.tree_id = tree_id

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        pass

    class Claimed(Event, Recorded.Created):
        domain: str
        tree_id: UUID

    class ClaimedAnew(Event):
        """By another agency, or by the same one that had given it up."""

        domain: str
        tree_id: UUID

        def apply(self, mail_domain: MailDomain) -> None:
            mail_domain.tree_id = self.tree_id

    # Commands. Whether the claim before still holds, the claimant's command knows.

    @classmethod
    def claim(cls, domain: str, tree_id: UUID, *, because: Because) -> Self:
        return cls._begin(cls.Claimed, stream_of_mail_domain(domain), because, domain=domain, tree_id=tree_id)

    def claim_anew(self, tree_id: UUID, *, because: Because) -> None:
        self.record(self.ClaimedAnew, because, domain=self.domain, tree_id=tree_id)
