"""`heartwood verify` and `heartwood heads`: is every event as it was signed, and what was signed last?"""

from __future__ import annotations

import sys

import click

from adapters.postgres.logs import LOGS
from adapters.proof.heads import NotSigned
from adapters.proof.stored import Fault
from adapters.proof.verify import Verified
from adapters.proof.verify import verify as verify_log
from projections.history.wording import counted
from scripts.cli.bars import bar
from scripts.cli.desk import Desk, Stop, as_json, say


@click.command()
@as_json
@click.pass_context
def verify(context: click.Context, as_json: bool) -> None:
    """Hash every stored event again, and compare with what was signed; exit code 1 if anything differs."""
    desk: Desk = context.obj
    found = []
    for log in LOGS:
        wiring = desk.wiring
        with bar(f"log {log}") as progress:
            found.append(verify_log(wiring.database, wiring.signing, wiring.heads.file, log, progress))
        if not as_json:
            _tell(found[-1])
    well = all(one.ok for one in found)
    if as_json:
        say({"ok": well, "logs": [_plain(one) for one in found]})
    if not well:
        context.exit(1)


@click.command()
@click.option("--sign", is_flag=True, help="First sign the head of each log that has grown.")
@as_json
@click.pass_obj
def heads(desk: Desk, sign: bool, as_json: bool) -> None:
    """The newest signed head of each log, a line each: for whoever keeps them outside."""
    of = desk.wiring.heads
    if sign:
        try:
            of.sign_all()
        except NotSigned as error:
            raise Stop(f"{error}; heartwood verify tells more") from error
    with desk.wiring.database.reading() as db:
        newest = [head for log in LOGS if (head := of.newest(db, log))]
    if as_json:
        say({"heads": [head.plain() for head in newest]})
        return
    for head in newest:
        click.echo(head.line())
    if not newest:
        click.echo("no head was signed yet; heartwood heads --sign does it", file=sys.stderr)


def _plain(one: Verified) -> dict[str, object]:
    return {
        "log": one.log,
        "ok": one.ok,
        "events": one.events,
        "heads": one.heads,
        "newest_head": one.newest.plain() if one.newest else None,
        "faults": one.faults,
        "notes": one.notes,
    }


def _tell(one: Verified) -> None:
    for fault in one.faults:
        click.echo(f"{click.style('FAIL', fg='red', bold=True)}  log {one.log}: {_where(fault)}{fault.says}")
    for note in one.notes:
        click.echo(f"note  {note}")
    if one.ok:
        mark = click.style("OK  ", fg="green")
        click.echo(
            f"{mark}  log {one.log}: {counted(one.events, 'event')}, each as it was stored; {_signed(one)}"
        )


def _where(fault: Fault) -> str:
    """The event that a fault is about, as far as it is known."""
    of_stream = f"version {fault.version} of {fault.stream}" if fault.stream else None
    known = (
        f"leaf {fault.leaf}" if fault.leaf is not None else None,
        f"position {fault.position}" if fault.position else None,
        of_stream and (f"{of_stream} ({fault.topic})" if fault.topic else of_stream),
    )
    words = ", ".join(word for word in known if word)
    return f"{words}: " if words else ""


def _signed(one: Verified) -> str:
    if one.newest is None:
        return "no head was signed yet" if one.events else "there is nothing to sign yet"
    newest = f"the newest of {counted(one.heads, 'head')} is of {one.newest.at:%Y-%m-%d %H:%M:%S}Z"
    since = one.events - one.newest.size
    return f"{newest} by key {one.newest.key_id}; {counted(since, 'event')} since" if since else newest
