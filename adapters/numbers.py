"""Phone numbers: sold with their first month, and charged for each cycle after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol
from uuid import UUID

from adapters.calls.recording import Recording, Terms
from adapters.carrier import Carrier
from adapters.each import failures
from adapters.postgres.database import Database
from adapters.postgres.naming import Named
from domain.agency import Agency
from domain.because import Because
from domain.calls.charge import Charge
from domain.credits.category import Category
from domain.ids import stream_of_number_charge
from domain.phone_number import Offer, PhoneNumber
from domain.refusals import Refused, Unknown

OFFERED_MAX = 10
LOOKED_AT_MAX = 100  # numbers of the carrier, to find so many that are not sold
SETTLING = timedelta(hours=1)  # after a cycle's beginning, in which its credits arrive


class Due(Protocol):
    @property
    def number_id(self) -> UUID: ...
    @property
    def workspace_id(self) -> UUID: ...


class NotCharged(Exception):
    """Some numbers could not be looked at; all the others were."""


class Numbers:
    """`due_of` names the numbers whose month may be over, behind one that is named, so many at a time."""

    def __init__(
        self,
        agency: Agency,
        recording: Recording,
        renting: Recording,
        carrier: Carrier,
        database: Database,
        clock: Callable[[], datetime],
        *,
        due_of: Callable[[datetime, UUID | None], Sequence[Due]],
    ) -> None:
        self.agency = agency
        self.recording = recording
        self.renting = renting  # the same, with room for what is kept also while a customer is suspended
        self.carrier = carrier
        self.database = database
        self.clock = clock
        self.due_of = due_of

    # Selling.

    def available(self, workspace_id: UUID, country: str) -> list[Offer]:
        """Some that nobody has. Each workspace begins at a place of its own in the directory, so that two
        seldom want the same number."""
        found = islice(self.carrier.offers(country, workspace_id.int), LOOKED_AT_MAX)
        return list(islice((offer for offer in found if self._is_free(offer)), OFFERED_MAX))

    def _is_free(self, offer: Offer) -> bool:
        sold = self.agency.number_or_none(offer.number_id)
        return sold is None or sold.workspace_id is None

    def buy(
        self,
        workspace_id: UUID,
        person_id: UUID | None,
        offer: Offer,
        number_digest: str,
        *,
        because: Because,
    ) -> PhoneNumber:
        """The number is taken before its month is charged, so that nobody pays for what another one got; if
        it cannot be charged after all, it is given back."""
        if refusal := self.agency.why_not_buy_number(workspace_id, person_id, offer.number_id):
            raise Refused(refusal)
        self._refuse_without_room(workspace_id, offer.number_id, because)
        number = self.agency.buy_number(workspace_id, person_id, offer, number_digest, because=because)
        try:
            self._charge(workspace_id, number.id, because)
        except Refused:
            self.agency.give_back_number(workspace_id, number.id, because=because)
            raise
        return number

    def _refuse_without_room(self, workspace_id: UUID, number_id: UUID, because: Because) -> None:
        terms = self.recording.terms(workspace_id, because=because)
        started_at = terms.cycle.started_at
        if self.recording.metering.spent(stream_of_number_charge(number_id, workspace_id, started_at)):
            return
        with self.database.reading(Named(tenants={workspace_id, terms.tree_id})) as db:
            room = self.recording.room_of(db, terms.tree_id, workspace_id, started_at)
        if refusal := room.why_not(terms.rates.phone_number_micros):
            raise Refused(refusal)

    # Charging.

    def charge_all(self) -> None:
        """On the clock: the month of every number that has begun one, once. What fails for one number is no
        matter of the others."""
        because, after, failed = Because.of_tick("numbers", self.clock()), None, 0
        while due := self.due_of(because.at, after):
            failed += failures(
                due,
                lambda one: self._charge_or_note(one, because),
                lambda one: f"the month of the number {one.number_id} could not be charged",
            )
            after = due[-1].number_id
        if failed:
            raise NotCharged(f"the month of {failed} numbers could not be charged")

    def _charge_or_note(self, due: Due, because: Because) -> None:
        started_at = None
        try:
            started_at = self.recording.terms(due.workspace_id, because=because).cycle.started_at
            self._charge(due.workspace_id, due.number_id, because)
        except (Refused, Unknown):  # no room, no plan with calls, or no workspace any more
            if started_at is not None and because.at < started_at + SETTLING:
                return
            self.agency.note_unpaid_number(due.workspace_id, due.number_id, started_at, because=because)

    def _charge(self, workspace_id: UUID, number_id: UUID, because: Because) -> None:
        """Raises Refused where there is no room for it."""
        terms = self.recording.terms(workspace_id, because=because)
        started_at = terms.cycle.started_at
        stream = stream_of_number_charge(number_id, workspace_id, started_at)
        agent_id = self.agency.number(workspace_id, number_id).agent_id

        def month(terms: Terms) -> Charge:
            return Charge.make(
                stream,
                workspace_id=workspace_id,
                tree_id=terms.tree_id,
                cycle_started_at=started_at,
                category=Category.PHONE_NUMBER,
                quantity=1,
                rate_micros=terms.rates.phone_number_micros,
                subject_id=number_id,
                agent_id=agent_id,
                because=because,
            )

        self.renting.record(stream, workspace_id, month, because=because)
