"""Telling: a call is recorded as a program tells it, once, and what was said on it is sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from adapters.calls.recording import Recording, Terms
from adapters.calls.sealing import Sealing
from adapters.postgres.database import Database
from adapters.postgres.naming import Named
from domain.because import Because
from domain.calls.call import About, Call
from domain.calls.charge import Charge
from domain.calls.told import CallTold, EndTold, Known
from domain.credits.category import Category
from domain.refusals import Refused

EXPIRES_AFTER = timedelta(hours=1)  # beyond the seconds that a running call was given
KNOWN = "SELECT originator_id FROM metering_events WHERE originator_id = ANY(%s) AND originator_version = 1"


class Telling:
    def __init__(self, database: Database, recording: Recording, sealing: Sealing) -> None:
        self.database = database
        self.recording = recording
        self.sealing = sealing

    def tell(self, workspace_id: UUID, told: CallTold, *, because: Because) -> Known:
        """Raises Refused where there is no room for it; of what is refused no text is kept."""
        digests: list[str | None] = []

        def make(terms: Terms) -> Call:
            digests.append(self.sealing.seal(workspace_id, told.details, told.started_at, because.at))
            return call_of(workspace_id, told, terms, digests[-1], because=because)

        try:
            made = self.recording.record(told.call_id, workspace_id, make, because=because)
        except Refused:
            self._unseal(workspace_id, told.call_id, digests)
            raise
        assert isinstance(made.stream, Call)
        conflicts = not made.is_new and not self._same(made.stream, told)
        if conflicts:
            self._unseal(workspace_id, told.call_id, digests)
        return Known(call=made.stream, is_new=made.is_new, conflicts=conflicts)

    def tell_all(
        self, workspace_id: UUID, calls: Sequence[CallTold], *, because: Because
    ) -> list[Known | Refused]:
        """Each by itself, in their order; those that nobody knows are recorded together where all fit."""
        new, sealed = self._together(workspace_id, self._fresh(calls), because)
        told = [self._alone(workspace_id, one, new, because) for one in calls]
        in_vain = [one.call.id for one in told if isinstance(one, Known) and one.conflicts]
        for call_id in in_vain:
            self._unseal(workspace_id, call_id, [sealed.get(call_id)])
        return told

    def end(self, workspace_id: UUID, call_id: UUID, told: EndTold, *, because: Because) -> Known:
        """Raises Unknown for a call that is none of this workspace."""
        is_new, digests = False, list[str | None]()

        def end(call: Call) -> None:
            nonlocal is_new
            is_new = not call.is_over
            if is_new:
                digests.append(self.sealing.seal(workspace_id, told.details, call.started_at, because.at))
                call.end(told.seconds, told.outcome, digests[-1], because=because)

        call = self.recording.end(call_id, workspace_id, end)
        conflicts = not is_new and not (
            (call.seconds, call.outcome) == (told.seconds, told.outcome)
            and self.sealing.is_digest(workspace_id, told.details, call.end_details_digest)
        )
        if conflicts:
            self._unseal(workspace_id, call_id, digests)
        return Known(call=call, is_new=is_new, conflicts=conflicts)

    def send_messages(
        self, charge_id: UUID, workspace_id: UUID, count: int, agent_id: UUID | None, *, because: Because
    ) -> tuple[Charge, bool]:
        """What they cost, and whether that is new."""

        def make(terms: Terms) -> Charge:
            return charge_of(charge_id, workspace_id, count, agent_id, terms, because=because)

        made = self.recording.record(charge_id, workspace_id, make, because=because)
        assert isinstance(made.stream, Charge)
        return made.stream, made.is_new

    # What a test key asks: everything is checked, and nothing is recorded.

    def suppose(self, workspace_id: UUID, told: CallTold, *, because: Because) -> Call:
        terms = self.recording.terms(workspace_id, because=because)
        return call_of(workspace_id, told, terms, None, because=because)

    def suppose_all(
        self, workspace_id: UUID, calls: Sequence[CallTold], *, because: Because
    ) -> list[Call | Refused]:
        try:
            return [self.suppose(workspace_id, one, because=because) for one in calls]
        except Refused as refused:
            return [refused for _ in calls]

    def suppose_end(self, workspace_id: UUID, call_id: UUID, told: EndTold, *, because: Because) -> Call:
        """Of a call that runs; one that is over is answered as it is."""
        call = self.recording.call(call_id, workspace_id)
        call.end(told.seconds, told.outcome, None, because=because)
        return call

    def suppose_messages(
        self, charge_id: UUID, workspace_id: UUID, count: int, agent_id: UUID | None, *, because: Because
    ) -> tuple[Charge, bool]:
        terms = self.recording.terms(workspace_id, because=because)
        return charge_of(charge_id, workspace_id, count, agent_id, terms, because=because), True

    def _fresh(self, calls: Sequence[CallTold]) -> list[CallTold]:
        """Those of which nothing is recorded, each once."""
        first: dict[UUID, CallTold] = {}
        for one in calls:
            first.setdefault(one.call_id, one)
        with self.database.asking(Named(tenants=set(first))) as db:
            known = {row["originator_id"] for row in db.execute(KNOWN, (list(first),)).fetchall()}
        return [one for call_id, one in first.items() if call_id not in known]

    def _together(
        self, workspace_id: UUID, fresh: Sequence[CallTold], because: Because
    ) -> tuple[dict[UUID, Call], dict[UUID, str | None]]:
        """What could be recorded at once, in halves where not all of it could; and what was sealed."""
        new: dict[UUID, Call] = {}
        try:
            terms = self.recording.terms(workspace_id, because=because)
        except Refused:
            return new, {}  # each hears it by itself
        sealed = self.sealing.seal_all(workspace_id, fresh, because.at)

        def record(some: Sequence[CallTold]) -> None:
            made = [call_of(workspace_id, one, terms, sealed[one.call_id], because=because) for one in some]
            if self.recording.record_all(made, terms):
                new.update({call.id: call for call in made})
            elif len(some) > 1:
                record(some[: len(some) // 2])
                record(some[len(some) // 2 :])

        if fresh:
            record(fresh)
        return new, sealed

    def _alone(
        self, workspace_id: UUID, told: CallTold, new: dict[UUID, Call], because: Because
    ) -> Known | Refused:
        if (call := new.pop(told.call_id, None)) is not None:
            return Known(call=call, is_new=True)
        try:
            return self.tell(workspace_id, told, because=because)
        except Refused as refused:
            return refused

    def _same(self, call: Call, told: CallTold) -> bool:
        first = (told.agent_id, told.kind, told.direction, told.started_at)
        if first != (call.agent_id, call.kind, call.direction, call.started_at):
            return False
        if call.told_at_once:
            over = (call.seconds, call.outcome) == (told.seconds, told.outcome)
        else:
            over = told.seconds is None and call.hold_asked_micros == told.hold_seconds * call.rate_micros
        return over and self.sealing.is_digest(call.workspace_id, told.details, call.details_digest)

    def _unseal(self, workspace_id: UUID, call_id: UUID, digests: Sequence[str | None]) -> None:
        """What was sealed for a call that is not recorded so."""
        sealed = {one for one in digests if one is not None}
        if not sealed:
            return
        known = self.recording.metering.spent(call_id)
        if isinstance(known, Call):
            sealed -= {known.details_digest, known.end_details_digest}
        self.sealing.unseal(workspace_id, sorted(sealed))


def call_of(
    workspace_id: UUID, told: CallTold, terms: Terms, details_digest: str | None, *, because: Because
) -> Call:
    about: About = {
        "workspace_id": workspace_id,
        "tree_id": terms.tree_id,
        "cycle_started_at": terms.cycle.started_at,
        "agent_id": told.agent_id,
        "kind": told.kind,
        "direction": told.direction,
        "started_at": told.started_at,
        "rate_micros": told.kind.category.rate_micros(terms.rates),
        "details_digest": details_digest,
    }
    if told.seconds is not None:
        assert told.outcome is not None
        return Call.tell(told.call_id, seconds=told.seconds, outcome=told.outcome, because=because, **about)
    expires_at = because.at + timedelta(seconds=told.hold_seconds) + EXPIRES_AFTER
    return Call.begin(
        told.call_id,
        hold_seconds=told.hold_seconds,
        hold_expires_at=expires_at,
        because=because,
        **about,
    )


def charge_of(
    charge_id: UUID,
    workspace_id: UUID,
    count: int,
    agent_id: UUID | None,
    terms: Terms,
    *,
    because: Because,
) -> Charge:
    return Charge.make(
        charge_id,
        workspace_id=workspace_id,
        tree_id=terms.tree_id,
        cycle_started_at=terms.cycle.started_at,
        category=Category.SMS,
        quantity=count,
        rate_micros=Category.SMS.rate_micros(terms.rates),
        agent_id=agent_id,
        because=because,
    )
