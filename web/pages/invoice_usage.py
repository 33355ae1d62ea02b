"""From a line of an invoice down to the facts behind it: claimed, drawn and counted, to the event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from domain.correction import Correction
from domain.fact import Fact
from domain.overage import Overage
from projections.catalogue import DAILY_USAGE
from projections.daily_usage import DayRow
from projections.history.names import NAMELESS
from projections.invoice_history import InvoiceLineRow
from web.access import db
from web.pages.billed import Billed, OverageBilled, billed_or_404
from web.pages.blueprint import pages
from web.pages.invoices import ADDRESS
from web.pools import names_in_tree
from web.services import services
from web.texts import POSITION_DIGITS_MAX, number_in

PAGE_FACTS = 100
CLAIMS_SHOWN = 1_000  # a cycle has one an hour at most, and some before its end


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What was asked of Stripe at once, under one identifier."""

    identifier: str
    events: int  # of a claim that is made again: those that Stripe lacked
    events_total: int | None  # claimed until then; None for a claim that is made again
    used: int | None
    position: int | None  # in the log of usage, up to which it counted
    at: datetime
    reported_at: datetime | None

    @property
    def pool_events(self) -> int | None:
        """The pool as it was then; another plan within the cycle changes it."""
        if self.events_total is None or self.used is None:
            return None
        return self.used - self.events_total


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One usage fact, and how many events of the cycle there are with it."""

    position: int
    at: datetime
    workspace: str
    events: int
    running: int
    rows_sha256: str | None  # None of an event that was voided
    is_of_line: bool


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A page of usage facts; `until` are the events of the cycle on this page and on those before it."""

    rows: list[Counted]
    until: int
    next_after: int | None


@pages.get(f"{ADDRESS}/usage")
def invoice_usage(workspace_id: UUID, invoice_id: str) -> ResponseReturnValue:
    found = billed_or_404(workspace_id, invoice_id)
    overage, line = _asked_or_404(found)
    after = _number("after") or 0
    days = DAILY_USAGE.of_tree(db(), found.invoice.tree_id, overage.cycle.cycle_started_at)
    claims = _claims(found.invoice.tree_id, overage)
    of_line = _ranges_of(overage, line, claims)
    listed = _listed(found.invoice.tree_id, overage, of_line, days, after)
    return render_template(
        "invoice_usage.html",
        here=found.here,
        invoice=found.invoice,
        overage=overage,
        line=line,
        claims=claims[-CLAIMS_SHOWN:],
        pool_before=_pool_before(overage, claims),
        claims_left=max(0, len(claims) - CLAIMS_SHOWN),
        batches=sum(day.batches for day in days),
        listed=listed,
        first_url=_address(found, line) if after else None,
        next_url=_address(found, line, after=listed.next_after) if listed.next_after else None,
    )


def _asked_or_404(found: Billed) -> tuple[OverageBilled, InvoiceLineRow | None]:
    """The overage of one line, or all of it; an invoice without any has no such page."""
    if not found.overages:
        abort(404)
    number = _number("line")
    if number is None:
        return found.overages[0], None
    line = next((line for line in found.lines if line.line == number), None)
    overage = found.overage_of(line) if line else None
    if line is None or overage is None:
        abort(400, f"Line {number} of this invoice is no overage. Go back to the invoice and choose a line.")
    return overage, line


def _number(name: str) -> int | None:
    text = request.args.get(name)
    if not text:
        return None
    number = number_in(text, digits_max=POSITION_DIGITS_MAX)
    if number is None:
        abort(400, f"{name!r} is a whole number. Go back to the invoice and choose a line.")
    return number


def _claims(tree_id: UUID, overage: OverageBilled) -> list[Claim]:
    facts = services().evidence.overage_of_cycle(db(), tree_id, overage.cycle.cycle_started_at)
    events = [fact.event for fact in facts]
    reported = {event.identifier: event.timestamp for event in events if isinstance(event, Overage.Reported)}
    return [
        _claim(event, reported.get(event.identifier))
        for event in events
        if isinstance(event, Overage.Claimed | Overage.ShortfallFound)
    ]


def _claim(event: Overage.Claimed | Overage.ShortfallFound, reported_at: datetime | None) -> Claim:
    counted: dict[str, Any]
    if isinstance(event, Overage.ShortfallFound):
        counted = {
            "events": event.events,
            "events_total": None,
            "used": None,
            "position": None,
        }
    else:
        counted = {
            "events": event.events_added,
            "events_total": event.events_total,
            "used": event.used,
            "position": event.metering_position,
        }
    return Claim(identifier=event.identifier, at=event.timestamp, reported_at=reported_at, **counted)


def _listed(
    tree_id: UUID,
    overage: OverageBilled,
    of_line: Sequence[range],
    days: Sequence[DayRow],
    after: int,
) -> Listed:
    """The facts behind a position, in the order in which they were counted."""
    if not days:
        return Listed(rows=[], until=0, next_after=None)
    evidence, cycle = services().evidence, overage.cycle.cycle_started_at
    first, last = min(day.first_position for day in days), max(day.last_position for day in days)
    before = _events_until(tree_id, cycle, days, after) if after else 0
    facts = evidence.counted_in_cycle(
        db(), tree_id, cycle, first=max(first, after + 1), last=last, limit=PAGE_FACTS + 1
    )
    rows = _rows(facts[:PAGE_FACTS], before, names_in_tree(tree_id), of_line)
    more = len(facts) > PAGE_FACTS
    return Listed(
        rows=rows,
        until=rows[-1].running if rows else before,
        next_after=rows[-1].position if more else None,
    )


def _events_until(tree_id: UUID, cycle: datetime, days: Sequence[DayRow], position: int) -> int:
    """Days that are whole by then are known; the rest is added up from the facts themselves."""
    whole = max(number for number in range(len(days) + 1) if _is_whole(days, number, position))
    first = max((day.last_position for day in days[:whole]), default=0) + 1
    rest = services().evidence.sum_in_cycle(db(), tree_id, cycle, first=first, last=position)
    return sum(day.events for day in days[:whole]) + int(rest)


def _is_whole(days: Sequence[DayRow], number: int, position: int) -> bool:
    """Whether all facts of the first days, and none of the others, are before some position up to this one.

    Around midnight the facts of two days may lie in each other's way.
    """
    last = max((day.last_position for day in days[:number]), default=0)
    return last <= position and all(last < day.first_position for day in days[number:])


def _rows(facts: Iterable[Any], before: int, names: Any, of_line: Sequence[range]) -> list[Counted]:
    facts = list(facts)
    sums = accumulate(map(_events, facts), initial=before)
    return [
        Counted(
            position=fact.position,
            at=fact.event.timestamp,
            workspace=names.get(fact.event.workspace_id, NAMELESS),
            events=_events(fact),
            running=start + _events(fact),
            rows_sha256=None if _voids(fact) else fact.event.rows_sha256,
            is_of_line=not _voids(fact)
            and any(start < one.stop and start + _events(fact) > one.start for one in of_line),
        )
        for fact, start in zip(facts, sums, strict=False)
    ]


def _voids(fact: Fact) -> bool:
    return isinstance(fact.event, Correction.Voided)


def _events(fact: Fact) -> int:
    """What is voided counts against what was counted."""
    quantity: int = fact.event.quantity
    return -quantity if _voids(fact) else quantity


def _ranges_of(overage: OverageBilled, line: InvoiceLineRow | None, claims: Sequence[Claim]) -> list[range]:
    """Which events of the cycle a line bills, as they were counted: those above the pool of each claim."""
    if line is None:
        return []
    first = overage.events_before(line)
    found = []
    for claim in claims:
        if claim.pool_events is None or claim.events_total is None:
            continue  # claimed once more: the same events
        start = max(first, claim.events_total - claim.events)
        stop = min(first + line.quantity, claim.events_total)
        if start < stop:
            found.append(range(claim.pool_events + start, claim.pool_events + stop))
    return found


def _pool_before(overage: OverageBilled, claims: Sequence[Claim]) -> int | None:
    """The pool above which was claimed what today's pool would hold; None where there is no such claim."""
    cycle = overage.cycle
    if cycle.claimed <= max(0, cycle.used - cycle.pool_events):
        return None
    found = next((one.pool_events for one in reversed(claims) if one.pool_events is not None), None)
    return None if found == cycle.pool_events else found  # the same pool, of which events were voided


def _address(found: Billed, line: InvoiceLineRow | None, **more: Any) -> str:
    ids: dict[str, Any] = {"workspace_id": found.here.workspace_id, "invoice_id": found.invoice.invoice_id}
    return url_for("pages.invoice_usage", **ids, line=line.line if line else None, **more)
