"""`heartwood projections`: how far has each come, what is parked, and when was it last made anew?"""

from __future__ import annotations

from typing import Any

import click
from psycopg import Connection

from adapters.postgres.naming import Named
from projections.catalogue import ALL, INLINE
from projections.history.wording import count, counted
from scripts.cli.desk import Desk, as_json, say
from scripts.cli.plain import plain

MS = 1_000  # in a second


@click.command()
@as_json
@click.pass_obj
def projections(desk: Desk, as_json: bool) -> None:
    """How far each projection has come in the logs, what it could not follow, and its last rebuild."""
    with desk.wiring.database.reading(Named(everybody=True)) as db:
        told = _document(desk, db)
    if as_json:
        say(told)
        return
    for one in told["projections"]:
        _tell(one)
    for log, points in told["trend"].items():
        most = max((point["facts"] for point in points), default=0)
        click.echo(f"{log}: at most {counted(most, 'fact')} behind in the last day")
    for one in told["parked"]:
        click.secho(
            f"parked: {one['projection']} at {one['log']} {one['position']}, agency {one['tree_id'] or '—'},"
            f" since {one['at']}: {one['error']}",
            fg="red",
        )
    if (newest := told["rebuild"]) and newest["ended_at"] is None:
        state = "under way" if newest["runs"] else "asked for"
        read = f"{count(newest['facts_read'])} of {count(newest['facts_there'])} facts"
        click.echo(f"rebuild of {newest['wanted']}: {state}, {newest['making'] or 'not begun'}, {read}")


def _document(desk: Desk, db: Connection[Any]) -> dict[str, Any]:
    now, support = desk.wiring.clock(), desk.wiring.support
    lags, trend, last = support.lags.now(db, now), support.lags.trend(db, now), support.rebuilds.last(db)
    return {
        "projections": [
            {
                "name": name,
                "inline": projection in INLINE,
                "logs": [_reached(lags[log], inline=projection in INLINE) for log in projection.logs],
                "last_rebuild": plain(last.get(name)),
            }
            for name, projection in ALL.items()
        ],
        "trend": {log: [_without_log(one) for one in points] for log, points in trend.items()},
        "parked": [plain(one) for one in support.parked(db)],
        "rebuild": plain(support.rebuilds.newest(db)),
    }


def _without_log(point: Any) -> dict[str, Any]:
    return {name: value for name, value in plain(point).items() if name != "log"}


def _reached(lag: Any, *, inline: bool) -> dict[str, Any]:
    """What is written with each fact is where the log is."""
    if inline:
        return {"log": lag.log, "position": lag.head, "head": lag.head, "facts": 0, "age_seconds": 0}
    told: dict[str, Any] = plain(lag)
    return told


def _tell(one: dict[str, Any]) -> None:
    reached = ", ".join(
        f"{log['log']} {log['position']} of {log['head']}"
        + (f" ({counted(log['facts'], 'fact')}, {log['age_seconds']} s behind)" if log["facts"] else "")
        for log in one["logs"]
    )
    last, made = one["last_rebuild"], "never rebuilt"
    if last:
        made = (
            f"rebuilt {last['ended_at']} by {last['asked_by']}: {counted(last['facts'], 'fact')}"
            f" in {last['took_ms'] / MS:.1f} s, {counted(last['made'], 'row')},"
            f" {count(last['differences'])} differed"
        )
    click.echo(f"{one['name']}: {reached}; {made}")
