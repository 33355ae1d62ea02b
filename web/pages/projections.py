"""How far each projection has come in the logs, and how one is made anew, for who works in support."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from projections.catalogue import ALL, INLINE
from projections.projection import Projection
from web.access import because, db, new_id, now
from web.pages.blueprint import pages
from web.pages.charts import HEIGHT, WIDTH
from web.pages.forms import Invalid, No, choice_of, done, shows_again
from web.pages.support import staff_or_404
from web.services import services

EVERYTHING = "all"
DRAWN = timedelta(days=1)
STEP = timedelta(minutes=10)
BAR_PART = 0.8  # of the room of a step
BAR_MIN = 15  # so that "noted, and not behind" looks other than "not noted"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A projection, with what the page of its name tells of it: `lags` by log, `last` when it was made."""

    name: str
    is_inline: bool
    lags: Sequence[Any]
    last: Any | None


@dataclass(frozen=True, kw_only=True)
class Bar:
    left: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Trend:
    """How far behind a log the screens were over the last day; `most` facts, and `longest` seconds."""

    log: str
    bars: Sequence[Bar]
    most: int
    longest: int
    goes: str


@pages.get("/support/projections")
def projections(no: No | None = None) -> str:
    staff_or_404()
    stuck = services().support
    lags, last = stuck.lags.now(db(), now()), stuck.rebuilds.last(db())
    return render_template(
        "projections.html",
        rows=[_row(one, lags, last) for one in ALL.values()],
        trends=[trend_of(log, points, now()) for log, points in stuck.lags.trend(db(), now()).items()],
        lags=lags,
        parked=stuck.parked(db()),
        newest=stuck.rebuilds.newest(db()),
        everything=EVERYTHING,
        no=no,
    )


@pages.post("/support/projections/rebuild")
@shows_again(projections)
def rebuild() -> ResponseReturnValue:
    staff_or_404()
    wanted = choice_of("projection", [*ALL, EVERYTHING])

    asked = services().support.rebuilds.ask(new_id("rebuild"), wanted, because().actor, now())

    if not asked:
        raise Invalid("projection", "Another rebuild is asked for or under way; there is one at a time.")
    return done("The worker makes it beside the live one and then swaps.", "pages.projections")


def _row(projection: Projection, lags: dict[str, Any], last: dict[str, Any]) -> Row:
    return Row(
        name=projection.name,
        is_inline=projection in INLINE,
        lags=[lags[log] for log in projection.logs],
        last=last.get(projection.name),
    )


def trend_of(log: str, points: Sequence[Any], until: datetime) -> Trend:
    """A bar for each step in which somebody looked; where there is none, nobody did."""
    most = max((point.facts for point in points), default=0)
    return Trend(
        log=log,
        bars=[_bar(point, most, until) for point in points],
        most=most,
        longest=max((point.age_seconds for point in points), default=0),
        goes=_goes([point.facts for point in points[-2:]]),
    )


def _bar(point: Any, most: int, until: datetime) -> Bar:
    part = (point.began_at - (until - DRAWN)) / DRAWN
    height = max(HEIGHT * point.facts / (most or 1), BAR_MIN)
    return Bar(
        left=round(WIDTH * min(max(part, 0.0), 1.0), 1),
        width=round(WIDTH * (STEP / DRAWN) * BAR_PART, 1),
        height=round(height, 1),
    )


def _goes(facts: Sequence[int]) -> str:
    match facts:
        case [before, after] if after > before:
            return "growing"
        case [before, after] if after < before:
            return "shrinking"
        case [_, _]:
            return "steady"
    return "not noted for long enough"
