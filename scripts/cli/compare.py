"""`heartwood compare`: what differs on the screens between two moments, and which facts made it so?"""

from __future__ import annotations

from typing import Any

import click

from projections.compared.comparing import Compared, compare
from projections.compared.differences import FieldDiffers, RowDiffers
from projections.compared.document import facts_document, rows_document, state_of
from projections.compared.fields import HEADINGS, SHOWN
from projections.compared.words import row_words, value_words
from scripts.cli.compared import (
    MomentType,
    Spoken,
    moment_document,
    moment_of,
    reader_of,
    told_or_stopped,
)
from scripts.cli.desk import Desk, as_json, say
from scripts.cli.subjects import IdType

FACTS_MAX = 5  # of a field that are told in the terminal, the last ones


@click.command(name="compare")
@click.argument("id", metavar="TREE_OR_WORKSPACE_ID", type=IdType())
@click.option("--from", "since", type=MomentType(), required=True, help="A position or an instant.")
@click.option("--to", "until", type=MomentType(), help="A later one; without it, now.")
@as_json
@click.pass_obj
def compare_(desk: Desk, id: str, since: Any, until: Any, as_json: bool) -> None:
    """Every field of every screen that differs between two moments, with the facts that changed it."""
    reader = reader_of(desk, id)
    before, after = moment_of(desk, reader, since), moment_of(desk, reader, until)
    if after.lies_before(before):
        raise click.UsageError("--to lies before --from: exchange the two.")
    with told_or_stopped():
        found = compare(desk.wiring.noting, reader, before, after)
    spoken = Spoken(desk, found)
    if as_json:
        say(
            {
                "workspace_id": reader.workspace_id,
                "from": moment_document(before),
                "to": moment_document(after),
                "rows": rows_document(found.rows, spoken.about, _events(spoken)),
            }
        )
        return
    click.echo(f"from {before.at:%Y-%m-%d %H:%M:%S}Z (position {before.position})")
    click.echo(f"to   {after.at:%Y-%m-%d %H:%M:%S}Z (position {after.position})")
    tell(found, spoken)


def _events(spoken: Spoken) -> Any:
    return lambda _, one: {"facts": facts_document(one.facts, spoken.told)}


def tell(found: Compared, spoken: Spoken, facts: Any = None) -> None:
    """In the terminal, screen by screen; `facts` are the lines below a field."""
    screen = None
    if not found.rows:
        click.echo("\nNothing differs.")
    for number, row in enumerate(found.rows):
        if SHOWN[row.table].screen != screen:
            screen = SHOWN[row.table].screen
            click.echo()
            click.secho(HEADINGS[screen], bold=True)
        click.echo(f"  {row_words(row, spoken.about)}: {state_of(row)}")
        for one in row.fields:
            _field(row, one, spoken)
            for line in facts(number, one) if facts else _lines(one, spoken):
                click.echo(f"        {line}")


def _field(row: RowDiffers, one: FieldDiffers, spoken: Spoken) -> None:
    before = value_words(row, one.name, one.before, spoken.about)
    after = value_words(row, one.name, one.after, spoken.about)
    click.echo(f"    {SHOWN[row.table].fields[one.name].label}: {before} → {after}")


def _lines(one: FieldDiffers, spoken: Spoken) -> list[str]:
    more = len(one.facts) - FACTS_MAX
    shown = [f"{fact.position:>6}  {spoken.told(fact)}" for fact in one.facts[-FACTS_MAX:]]
    return [f"{more} earlier, and", *shown] if more > 0 else shown
