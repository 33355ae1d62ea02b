"""`heartwood doctor`: is all well, and if not, what is to be done?"""

from __future__ import annotations

import click

from scripts.cli.checks import Finding, findings
from scripts.cli.desk import Desk, as_json, say
from scripts.cli.plain import plain


@click.command()
@as_json
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Check the database, the logs, the counts and the screens; exit code 1 if something is wrong."""
    desk: Desk = context.obj
    found: list[Finding] = []
    for finding in findings(desk.wiring.database, desk.wiring.secret_marks):
        found.append(finding)
        if not as_json:
            _tell(finding)
    well = all(finding.ok for finding in found)
    if as_json:
        say({"ok": well, "checks": [plain(finding) for finding in found]})
    if not well:
        context.exit(1)


def _tell(finding: Finding) -> None:
    mark = click.style("OK  ", fg="green") if finding.ok else click.style("FAIL", fg="red", bold=True)
    todo = f" → {finding.what_to_do}" if finding.what_to_do else ""
    click.echo(f"{mark}  {finding.name}: {finding.says}{todo}")
