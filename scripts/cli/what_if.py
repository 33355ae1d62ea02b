"""`heartwood what-if`: what would have been, had one thing been done that was not? Nothing is written."""

from __future__ import annotations

from typing import Any
from uuid import uuid5

import click

from adapters.in_memory import InMemory
from domain.permissions import Role
from domain.plans import PLANS
from domain.refusals import MESSAGES, Unknown
from domain.what_if.deeds import NEEDS, Deed, Needed, Supposition, in_whose_name
from domain.what_if.life import Copy
from domain.what_if.told import Origin
from projections.compared.comparing import WhatIf, what_if
from projections.compared.differences import FieldDiffers
from projections.compared.document import facts_document, rows_document
from projections.compared.supposed_words import HOW, WHYS
from scripts.cli.compare import FACTS_MAX, tell
from scripts.cli.compared import MomentType, Spoken, moment_document, moment_of, reader_of, told_or_stopped
from scripts.cli.desk import Desk, Stop, as_json, say
from scripts.cli.subjects import IdType, subject_of

SOLD = [plan.name for plan in PLANS.values() if plan.is_sold]
OPTIONS = {
    Needed.PLAN: "--plan",
    Needed.CHILD: "--workspace",
    Needed.PERSON: "--person",
    Needed.ROLE: "--role",
}


@click.command(name="what-if")
@click.argument("id", metavar="TREE_OR_WORKSPACE_ID", type=IdType())
@click.option("--at", type=MomentType(), required=True, help="When: a position or an instant.")
@click.option("--do", "deed", type=click.Choice([one.value for one in Deed]), required=True, help="What.")
@click.option("--plan", type=click.Choice(SOLD), help="Of a change of plan.")
@click.option("--workspace", type=IdType(), help="The child that goes; or where people come and go.")
@click.option("--person", type=click.UUID, help="Whose membership.")
@click.option("--role", type=click.Choice([one.value for one in Role]), help="The role that is given.")
@as_json
@click.pass_obj
def what_if_(desk: Desk, /, id: str, at: Any, deed: str, as_json: bool, **asked: Any) -> None:
    """What happened since beside what would have happened: the same commands, on a copy of the history."""
    chosen, reader = Deed(deed), reader_of(desk, id)
    for need in NEEDS[chosen]:
        if asked[OPTIONS[need][2:]] is None:
            raise click.UsageError(f"--do {deed} needs {OPTIONS[need]}.")
    if not reader.leads:
        raise Stop("a child is part of an agency: name its anchor, or the tree")
    then, now = moment_of(desk, reader, at), moment_of(desk, reader, None)
    workspace = asked["workspace"]
    place = subject_of(desk.wiring.database, workspace).id if workspace else reader.workspace_id

    def supposition(copy: Copy) -> Supposition:
        return Supposition(
            deed=chosen,
            at=then.at,
            by=in_whose_name(copy.agency, chosen, reader.workspace_id, place),
            anchor_id=reader.workspace_id,
            workspace_id=place,
            new_id=uuid5(reader.workspace_id, "what if"),
            plan=asked["plan"],
            person_id=asked["person"],
            role=Role(asked["role"]) if asked["role"] else None,
        )

    try:
        with told_or_stopped():
            found = what_if(desk.wiring.noting, InMemory, reader, then, now, supposition)
    except Unknown as error:
        raise Stop(f"at that moment it was not there, or it was part of an agency ({error})") from error
    spoken = _spoken(desk, found)
    if as_json:
        say({"at": moment_document(then), "until": moment_document(now)} | _document(found, spoken, deed))
    else:
        _tell(found, spoken)


def _spoken(desk: Desk, found: WhatIf) -> Spoken:
    facts = [step.fact for step in found.supposed.steps]
    facts += [one.fact for one in found.supposed.left_out]
    facts += [fact for several in found.happened.values() for fact in several]
    return Spoken(desk, found, facts)


def _document(found: WhatIf, spoken: Spoken, deed: str) -> dict[str, Any]:
    supposed, refusal = found.supposed, found.supposed.refusal
    new = [step.fact for step in supposed.steps if step.origin is not Origin.RECORD]

    def events(number: int, one: FieldDiffers) -> dict[str, Any]:
        would = [step.fact for step in found.would[number, one.name]]
        return {
            "happened": facts_document(found.happened[number, one.name], spoken.told),
            "would_have": facts_document(would, spoken.told),
        }

    return {
        "do": deed,
        "refused": {"code": refusal, "message": MESSAGES[refusal][0]} if refusal else None,
        "changed_nothing": supposed.changed_nothing,
        "recorded": facts_document(new, spoken.told),
        "left_out": [
            {"why": one.why, "refusal": one.refusal, **facts_document([one.fact], spoken.told)[0]}
            for one in supposed.left_out
        ],
        "rows": rows_document(found.rows, spoken.about, events),
    }


def _tell(found: WhatIf, spoken: Spoken) -> None:
    supposed = found.supposed
    if supposed.refusal is not None:
        message, hint = MESSAGES[supposed.refusal]
        click.echo(f"It would have been refused: {message} {hint}")
        return
    if supposed.changed_nothing:
        click.echo("That was so already: nothing would be different.")
        return
    for step in supposed.steps:
        if step.origin is not Origin.RECORD:
            click.echo(
                f"{step.fact.event.timestamp:%Y-%m-%d %H:%M:%S}Z  would have: {spoken.told(step.fact)}"
            )

    def lines(number: int, one: FieldDiffers) -> list[str]:
        happened = [f"happened:   {spoken.told(fact)}" for fact in found.happened[number, one.name]]
        would = [f"would have: {spoken.told(step.fact)}" for step in found.would[number, one.name]]
        return [*happened[-FACTS_MAX:], *would[-FACTS_MAX:]]

    tell(found, spoken, lines)
    if supposed.left_out:
        click.echo()
        click.secho("What would not have happened", bold=True)
    for one in supposed.left_out:
        why = MESSAGES[one.refusal][0] if one.refusal else WHYS[one.why]
        click.echo(f"  {one.fact.position:>6}  {spoken.told(one.fact)}: {why}")
    click.echo()
    for sentence in HOW:
        click.echo(click.wrap_text(sentence, 100))
