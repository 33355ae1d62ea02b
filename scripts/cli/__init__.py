"""The command line for operators: what happened, why, what was true when, and is all well?"""

from __future__ import annotations

from pathlib import Path

import click

from scripts.cli.as_of import as_of
from scripts.cli.compare import compare_
from scripts.cli.desk import Commands, Desk
from scripts.cli.doctor import doctor
from scripts.cli.explain import explain
from scripts.cli.export import export
from scripts.cli.forget import forget
from scripts.cli.history import history
from scripts.cli.keys import keys
from scripts.cli.projections import projections
from scripts.cli.rebuild import rebuild
from scripts.cli.stripe_setup import stripe_
from scripts.cli.verify import heads, verify
from scripts.cli.what_if import what_if_
from scripts.cli.why import why


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("var"),
    show_default=True,
    metavar="DIR",
    help="The directory that scripts/run works on.",
)
@click.pass_context
def main(context: click.Context, data: Path) -> None:
    """Read the history of agencies, explain it, and look after the screens made from it."""
    context.obj = Desk(data, stripe_client=context.obj)
    context.call_on_close(context.obj.close)


COMMANDS = (
    history,
    explain,
    why,
    as_of,
    export,
    compare_,
    what_if_,
    projections,
    rebuild,
    doctor,
    forget,
    keys,
    verify,
    heads,
    stripe_,
)

for command in COMMANDS:
    main.add_command(command)
