"""`heartwood rebuild`: make a projection anew from the logs, compare it, and swap it in."""

from __future__ import annotations

import sys

import click

from adapters.postgres.rebuild import Rebuilt
from adapters.postgres.rebuild import rebuild as rebuilt_from_logs
from projections.catalogue import ALL, INLINE
from projections.history.wording import count, counted
from scripts.cli.desk import Desk, as_json, say


@click.command()
@click.argument("name", metavar="NAME", required=False, type=click.Choice(list(ALL)))
@click.option("--all", "all_of_them", is_flag=True, help="Every projection, one after the other.")
@as_json
@click.pass_obj
def rebuild(desk: Desk, name: str | None, all_of_them: bool, as_json: bool) -> None:
    """Build a projection beside the live one while people work, compare the two, and swap."""
    if (name is None) is not all_of_them:
        raise click.UsageError(f"Give one name or --all. The names: {', '.join(ALL)}.")
    done = []
    for one in ALL if name is None else [name]:
        done.append(_rebuild(desk, one))
        if not as_json:
            _tell(done[-1])
    if as_json:
        say({"rebuilt": done})


def _rebuild(desk: Desk, name: str) -> Rebuilt:
    projection = ALL[name]
    with click.progressbar(length=1, label=f"{name:<16}", file=sys.stderr) as bar:

        def progress(applied: int, there: int) -> None:
            bar.length = max(there, 1)
            bar.update(applied - bar.pos)

        made = rebuilt_from_logs(desk.wiring.database, projection, progress, inline=projection in INLINE)
        progress(bar.length or 1, bar.length or 1)
    return made


def _tell(made: Rebuilt) -> None:
    tables = ", ".join(f"{table} {counted(rows, 'row')}" for table, rows in made.rows.items())
    differed = f"{counted(made.differences, 'row')} differed" if made.differences else "the same as before"
    swapped = "swapped in" if made.swapped else "not swapped in"
    click.echo(f"{made.name}: {count(made.facts)} facts, {tables}; {differed}; {swapped}")
