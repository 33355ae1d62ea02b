"""Periods: over which days does a page add up, and with which days before does it compare them?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from domain.cycles import Cycle
from projections.pooled_usage import CycleUsage

DAY = timedelta(days=1)
DAYS = {"7": 7, "30": 30, "90": 90}
CYCLE = "cycle"
PERIODS = (CYCLE, *DAYS)


@dataclass(frozen=True, kw_only=True)
class Span:
    """From a day to a day, both of them included; of one cycle only, where it names one."""

    first: date | None
    last: date | None
    cycle_started_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Period:
    chosen: str
    now: Span
    before: Span | None  # None where there was no cycle before

    @property
    def words(self) -> str:
        return "this cycle" if self.chosen == CYCLE else f"the last {self.chosen} days"

    @property
    def words_before(self) -> str:
        return (
            "the same days of the cycle before"
            if self.chosen == CYCLE
            else f"the {self.chosen} days before those"
        )


def period_of(chosen: str, cycles: Sequence[CycleUsage], cycle: Cycle, at: datetime) -> Period:
    """`cycles` are those of the tree, the newest first."""
    today = at.astimezone(UTC).date()
    if chosen in DAYS:
        first = today - (DAYS[chosen] - 1) * DAY
        return Period(
            chosen=chosen,
            now=Span(first=first, last=today),
            before=Span(first=first - DAYS[chosen] * DAY, last=first - DAY),
        )
    start = cycle.started_at
    earlier = next((one.cycle_started_at for one in cycles if one.cycle_started_at < start), None)
    return Period(
        chosen=CYCLE,
        now=Span(first=None, last=None, cycle_started_at=start),
        before=_so_far(earlier, at - start) if earlier else None,
    )


def _so_far(start: datetime, passed: timedelta) -> Span:
    return Span(first=None, last=_day(start + passed), cycle_started_at=start)


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
