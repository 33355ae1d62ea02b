"""`heartwood rebuild`: make projections anew from the logs, compare them, and swap them in."""

from __future__ import annotations

from collections.abc import Iterator

import click

from adapters.postgres.rebuild import Rebuilt
from adapters.postgres.rebuilder import ALL as ALL_OF_THEM
from adapters.postgres.rebuilder import OPERATOR
from projections.catalogue import ALL
from projections.history.wording import count, counted
from scripts.cli.bars import bar
from scripts.cli.desk import Desk, as_json, say


@click.command()
@click.argument("name", metavar="NAME", required=False, type=click.Choice(list(ALL)))
@click.option(
    "--all", "all_of_them", is_flag=True, help="Every projection, and whatever is parked with them."
)
@as_json
@click.pass_obj
def rebuild(desk: Desk, name: str | None, all_of_them: bool, as_json: bool) -> None:
    """Build a projection beside the live one while people work, compare the two, and swap.

    If something is parked, the screens are only made whole together: use --all, once the cause is mended.
    """
    if (name is None) is not all_of_them:
        raise click.UsageError(f"Give one name or --all. The names: {', '.join(ALL)}.")
    done: list[Rebuilt] = []
    for made in _made(desk, name or ALL_OF_THEM):
        done.append(made)
        if not as_json:
            _tell(made)
    if as_json:
        say({"rebuilt": done})


def _made(desk: Desk, wanted: str) -> Iterator[Rebuilt]:
    rebuild_id, rebuilder = desk.wiring.new_id(), desk.wiring.rebuilder
    with rebuilder.at_once(rebuild_id, wanted):
        for part in rebuilder.parts_of(wanted):
            with bar(part.label) as progress:
                made = rebuilder.make(rebuild_id, OPERATOR, part, progress)
            yield from made


def _tell(made: Rebuilt) -> None:
    tables = ", ".join(f"{table} {counted(rows, 'row')}" for table, rows in made.rows.items())
    differed = f"{counted(made.differences, 'row')} differed" if made.differences else "the same as before"
    swapped = "swapped in" if made.swapped else "not swapped in"
    click.echo(f"{made.name}: {count(made.facts)} facts, {tables}; {differed}; {swapped}")
