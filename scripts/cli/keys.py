"""`heartwood keys rotate`: the server's own secrets are exchanged for new ones, while it runs."""

from __future__ import annotations

import click

from adapters.rotation import NAMES, NotRotated, Rotated
from scripts.cli.desk import Desk, Stop, as_json, say
from scripts.data_directory import DataDirectory


@click.group()
def keys() -> None:
    """Look after the server's own secrets."""


@keys.command()
@click.argument("names", metavar="[NAME]…", nargs=-1, type=click.Choice(NAMES))
@click.option("--keep-old", is_flag=True, help="Do not destroy the vault's old key once it is done.")
@as_json
@click.pass_obj
def rotate(desk: Desk, names: tuple[str, ...], keep_old: bool, as_json: bool) -> None:
    """Exchange secrets for new ones: vault, pepper, forms, links, proof, or all of them.

    Heartwood may run meanwhile. Interrupted at any point, nothing is lost: ask again, and it goes on.
    """
    with desk.wiring.database.connection() as db:
        desk.wiring.secret_marks.refuse_if_wrong(db)
    databases = DataDirectory(desk.data).demo_states()
    done = []
    for name in names or NAMES:
        try:
            rotated = desk.wiring.rotation.rotate(name, keep_old=keep_old or len(databases) > 1)
        except NotRotated as error:
            raise Stop(str(error)) from error
        done.append(rotated)
        if not as_json:
            _tell(rotated)
    if as_json:
        say({"rotated": done})


def _tell(rotated: Rotated) -> None:
    begun = " (begun before, and finished now)" if rotated.resumed else ""
    click.echo(f"{rotated.name}: number {rotated.number} is in use{begun}")
    if rotated.rewrapped:
        click.echo(f"  {rotated.rewrapped:,} keys and addresses of the vault were written anew")
    click.echo(f"  what remains: {rotated.remains}")
