"""`heartwood forget`: erase a person for ever, and what is kept about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import click

from adapters.erasure import Foreseen
from domain.because import Because
from domain.refusals import Refused
from projections.history.wording import counted
from scripts.cli.desk import Desk, Stop, as_json, say


@click.command()
@click.argument("person", metavar="PERSON")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@click.pass_context
def forget(context: click.Context, person: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Erase a person, by id or address: they leave every workspace, and those that stand alone and are only
    theirs are closed; name, address, sessions, sign-in links and mails are destroyed. What they did stays in
    the history, by "erased". It cannot be taken back.
    """
    desk: Desk = context.obj
    if as_json and not (yes or dry_run):
        raise click.UsageError("With --json nobody can be asked: add --yes, or --dry-run.")
    person_id = _person_id(desk, person)
    foreseen = desk.wiring.erasure.foresee(person_id)
    names = _names_of(desk, foreseen)
    found = desk.wiring.erasure.look_through(person_id)
    if not as_json:
        _tell(foreseen, names, found)
    stands = bool(foreseen.owned_alone)
    goes = not stands and not dry_run
    if goes and not yes:
        click.confirm("Erase them for ever?", abort=True)
    if goes:
        _erase(desk, person_id)
    if as_json:
        say({**_document(foreseen, names, erased=goes or foreseen.erased), **found})
    elif goes:
        click.echo(f"Erased. The history shows {person_id} as “erased”.")
        click.echo("What backups still hold of them, sealed, opens until: heartwood keys rotate vault")
    if stands:
        context.exit(1)


def _erase(desk: Desk, person_id: UUID) -> None:
    """The fact, and at once what its errand does as well: so it is done when the command ends."""
    cause, erasure = f"command:{uuid4()}", desk.wiring.erasure
    because = Because(actor="operator", cause=cause, story=cause, at=desk.wiring.clock())
    try:
        erasure.record(person_id, because=because)
    except Refused as refused:
        raise Stop(f"{refused.message} {refused.hint} Nothing was changed.") from refused
    erasure.destroy(person_id)


def _person_id(desk: Desk, text: str) -> UUID:
    vault = desk.vault
    if "@" in text:
        found = vault.person_of_email(text)
        if found is None:
            raise Stop("nobody is known by that address")
        return found
    try:
        person_id = UUID(text)
    except ValueError:
        raise click.UsageError("PERSON is an id, or an e-mail address.") from None
    if vault.person(person_id).erased and not desk.wiring.agency.is_erased(person_id):
        raise Stop(f"nobody has the id {person_id}; it stands in the members’ history, as person:ID")
    return person_id


def _names_of(desk: Desk, foreseen: Foreseen) -> dict[UUID, str]:
    workspaces = map(desk.wiring.agency.workspace, {*foreseen.member_of, *foreseen.invited_to})
    texts = desk.vault.texts([(one.id, one.name_digest) for one in workspaces])
    return {workspace_id: name for (workspace_id, _), name in texts.items()}


def _listed(ids: Sequence[UUID], names: dict[UUID, str]) -> list[dict[str, Any]]:
    return [{"workspace_id": one, "name": names[one]} for one in ids]


def _document(foreseen: Foreseen, names: dict[UUID, str], *, erased: bool) -> dict[str, Any]:
    return {
        "person_id": foreseen.person.person_id,
        "erased": erased,
        "workspaces_left": _listed(foreseen.left, names),
        "workspaces_closed": _listed(foreseen.closed, names),
        "invitations_revoked": _listed(foreseen.invited_to, names),
        "stands_in_the_way": _listed(foreseen.owned_alone, names),
        "stripe_customers": list(foreseen.customers),
    }


def _tell(foreseen: Foreseen, names: dict[UUID, str], found: dict[str, int]) -> None:
    who = foreseen.person
    click.echo(f"{who.person_id}: {who.name}, {who.email}")
    if foreseen.erased:
        click.echo("  was erased before; what is still found is destroyed now")
    for verb, ids in (("leaves", foreseen.left), ("is not invited to", foreseen.invited_to)):
        for one in ids:
            click.echo(f"  {verb} {names[one]} ({one})")
    for one in foreseen.closed:
        click.echo(f"  closes {names[one]} ({one}), to which nobody else belongs: its API keys stop")
    click.echo("  is signed out everywhere, and no sign-in link of theirs works")
    click.echo(f"  {counted(found['mails_removed'], 'mail')} to or about them removed from the mail folder")
    if notices := found["notices_closed"]:
        told = counted(notices, "notice")
        click.echo(f"  the texts of {told} from Stripe that name their address are destroyed")
    if reasons := found["reasons_closed"]:
        told = counted(reasons, "look")
        click.echo(f"  the reasons of {told} of support that name them are destroyed")
    click.echo("  name and address are destroyed; API keys that they made elsewhere go on working")
    for customer in foreseen.customers:
        click.echo(f"  Stripe knows their address as that of {customer}: change it there, it is Stripe’s")
    for one in foreseen.owned_alone:
        click.secho(f"  {names[one]} ({one}) would have no owner: make someone else owner first", fg="red")
