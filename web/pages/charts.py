"""Charts of usage: where does each point of them lie?

A chart is `WIDTH` wide and `HEIGHT` high, in units of its own, and is stretched to the room that it gets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from domain.plans import OVERAGE_TIERS
from web.access import now
from web.pools import PoolUse

WIDTH, HEIGHT = 1_000, 1_000
LABEL_HEIGHT_MIN = 160  # of a band, for its price to fit in, and below it the word at the pool's line
TIERS_DRAWN = 3  # the last tier costs what the one before it does
BAR_PART = 0.8  # of the room of a day

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """The events of a day."""

    day: date
    events: int
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Band:
    """What costs the same, above the pool, as far as the chart reaches."""

    tier: int  # 1 is the one next to the pool
    rate_micros: int
    top: float
    height: float

    @property
    def has_room(self) -> bool:
        return self.height >= LABEL_HEIGHT_MIN


@dataclass(frozen=True, kw_only=True)
class DayDrawn:
    began_at: datetime
    events: int
    together: int


@dataclass(frozen=True, kw_only=True)
class Chart:
    days: Sequence[DayDrawn]
    used: str  # the line of what is used, as points
    area: str  # and what lies below it
    projected: str  # from now to the likely end, or nothing
    now: float | None  # None when the cycle is over
    pool: float  # how high the pool is
    bands: Sequence[Band]


def chart_of(use: PoolUse, *, stops: bool) -> Chart:
    """Without bands for a pool that stops at its limit."""
    usage = use.usage
    end = use.likely
    scale = _Scale(use, highest=max(usage.pool_events, usage.used, end.used if end else 0, 1))
    days = _days_of(use)
    line = [scale.at(usage.cycle_started_at, 0), *(scale.at(scale.end_of(day), day.together) for day in days)]
    until = min(now(), usage.cycle_ends_at)
    reached = line[-1]
    projected = [reached, scale.at(usage.cycle_ends_at, end.used)] if end and not use.is_over else []
    return Chart(
        days=days,
        used=_points(line),
        area=_points([*line, (reached[0], float(HEIGHT)), (0.0, float(HEIGHT))]),
        projected=_points(projected),
        now=None if use.is_over else scale.at(until, 0)[0],
        pool=scale.at(usage.cycle_started_at, usage.pool_events)[1],
        bands=[] if stops else _bands(scale, usage.pool_events),
    )


def bars_of(days: Sequence[tuple[date, int]], *, room: int) -> list[Bar]:
    """A bar for each day, on a chart with room for so many of them."""
    highest = max((events for _, events in days), default=0) or 1
    step = WIDTH / max(room, len(days), 1)
    return [
        Bar(
            day=day,
            events=events,
            left=round(number * step + step * (1 - BAR_PART) / 2, 1),
            top=round(HEIGHT - HEIGHT * events / highest, 1),
            width=round(step * BAR_PART, 1),
            height=round(HEIGHT * events / highest, 1),
        )
        for number, (day, events) in enumerate(days)
    ]


class _Scale:
    """From instants and events to points; a sixth of the height is left free above all that is drawn."""

    def __init__(self, use: PoolUse, highest: int) -> None:
        self.use = use
        self.top = highest * 6 / 5

    def at(self, instant: datetime, events: float) -> Point:
        usage = self.use.usage
        whole = usage.cycle_ends_at - usage.cycle_started_at
        part = (instant - usage.cycle_started_at) / whole
        across = WIDTH * min(max(part, 0.0), 1.0)
        return round(across, 1), round(HEIGHT - HEIGHT * min(events / self.top, 1.0), 1)

    def end_of(self, day: DayDrawn) -> datetime:
        """The running day ends now, as far as is known."""
        until = min(now(), self.use.usage.cycle_ends_at)
        return min(day.began_at + timedelta(days=1), max(until, day.began_at))


def _days_of(use: PoolUse) -> list[DayDrawn]:
    first = use.usage.cycle_started_at
    return [
        DayDrawn(began_at=first + timedelta(days=number), events=events, together=together)
        for number, (events, together) in enumerate(zip(use.days, accumulate(use.days), strict=True))
    ]


def _bands(scale: _Scale, pool_events: int) -> list[Band]:
    found, below = [], pool_events
    for number, tier in enumerate(OVERAGE_TIERS[:TIERS_DRAWN], 1):
        is_last = number == TIERS_DRAWN
        above = scale.top if is_last or tier.up_to is None else min(pool_events + tier.up_to, scale.top)
        if above <= below:
            break
        start = scale.use.usage.cycle_started_at
        top, bottom = scale.at(start, above)[1], scale.at(start, below)[1]
        found.append(Band(tier=number, rate_micros=tier.rate_micros, top=top, height=round(bottom - top, 1)))
        below = int(above)
    return found


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{across},{down}" for across, down in points)
