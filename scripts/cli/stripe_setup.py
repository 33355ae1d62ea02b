"""`heartwood stripe setup`: does the Stripe account have what Heartwood needs, and if not, make it so."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import click

from adapters.stripe.client import client_for
from adapters.stripe.setup import Seen, Setup, State
from scripts.cli.desk import Desk, Stop, as_json, say
from scripts.cli.plain import plain
from scripts.settings import stripe_access

LIVE = ("sk_live_", "rk_live_")
COLORS = {State.FOUND: None, State.MADE: "green", State.MISSING: "yellow", State.DIFFERS: "red"}
ANSWER_SECONDS = 30.0


@click.group(name="stripe")
def stripe_() -> None:
    """Look after the Stripe account of STRIPE_SECRET_KEY."""


@stripe_.command()
@click.option("--dry-run", is_flag=True, help="Look, and make nothing.")
@click.option(
    "--url",
    metavar="URL",
    help="Where Stripe reaches this Heartwood, as https://heartwood.example.com; without it, no webhook"
    " endpoint is looked for.",
)
@click.option("--yes", is_flag=True, help="Also with a live key.")
@as_json
@click.pass_context
def setup(context: click.Context, dry_run: bool, url: str | None, yes: bool, as_json: bool) -> None:
    """Make products, prices, meter, portal and webhook endpoint, where they are missing.

    Needs no running Heartwood. What is there and differs is told, and then nothing is made.
    """
    desk: Desk = context.obj
    key, base_url = stripe_access(os.environ)
    live = key.startswith(LIVE)
    if live and not dry_run and not yes:
        raise Stop("STRIPE_SECRET_KEY is a live key: look with --dry-run first, then add --yes")
    client = client_for(
        key, base_url=base_url, timeout_seconds=ANSWER_SECONDS, http_client=desk.stripe_client
    )
    account = Setup(client, _address(url))
    seen = account.look() if dry_run else account.make()
    if as_json:
        say(_document(account, seen, live=live, dry_run=dry_run))
    else:
        _tell(account, seen, live=live)
    if any(one.state is State.DIFFERS for one in seen):
        context.exit(1)


def _address(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.path.strip("/"):
        raise click.UsageError("--url is the beginning of an address, as https://heartwood.example.com")
    return f"{parts.scheme}://{parts.netloc}"


def _document(account: Setup, seen: list[Seen], *, live: bool, dry_run: bool) -> dict[str, object]:
    return {
        "mode": "live" if live else "test",
        "dry_run": dry_run,
        "pieces": [plain(one) for one in seen],
        "webhook_secret": account.webhook_secret,
    }


def _tell(account: Setup, seen: list[Seen], *, live: bool) -> None:
    click.echo(f"Stripe in {'LIVE' if live else 'test'} mode")
    for one in seen:
        mark = click.style(f"{one.state:<8}", fg=COLORS[one.state])
        click.echo(f"{mark} {one.kind:<20} {one.name:<24} {one.id or ''}".rstrip())
        if one.says:
            click.echo(f"         {one.says}")
    if any(one.state is State.DIFFERS for one in seen):
        click.echo("Nothing was made. Mend what differs, then run this again.")
    if account.url is None:
        click.echo("No webhook endpoint was looked for: give --url.")
    if account.webhook_secret is not None:
        click.echo("\nThe endpoint's secret, shown this once. Set it as STRIPE_WEBHOOK_SECRET:")
        click.echo(f"  {account.webhook_secret}")
