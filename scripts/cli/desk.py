"""Where an operator sits: the Heartwood of one directory, and how a command ends when it cannot go on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import psycopg
import stripe
from psycopg_pool import PoolTimeout

from adapters.postgres.rebuild import NotRebuilt
from adapters.secret_marks import OtherSecrets
from adapters.vault import Vault
from domain.billing import BillingFault
from domain.fact import Fact
from projections.history.names import KnownNames, Mentions, digests_of
from scripts import wiring
from scripts.cli.plain import document
from scripts.settings import NotReady


class Stop(click.ClickException):
    """There is no answer; the message says why and what to do. Exit code 1."""

    def show(self, file: Any = None) -> None:
        click.echo(f"heartwood: {self.message}", err=True)


class Commands(click.Group):
    """Every command ends with a clear word where the world does not play along."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (NotReady, OtherSecrets) as error:
            raise Stop(str(error)) from error
        except psycopg.errors.LockNotAvailable as error:
            raise Stop("others held what this needs for too long; nothing was changed, try again") from error
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise Stop(f"the database of {ctx.obj.data} does not answer; {START_AGAIN}") from error
        except psycopg.errors.UndefinedTable as error:
            raise Stop(f"the database of {ctx.obj.data} is no Heartwood; {START_AGAIN}") from error
        except PermissionError as error:
            raise Stop(f"you may not read {error.filename}; use the account that started it") from error
        except NotRebuilt as error:
            raise Stop(str(error)) from error
        except BillingFault as error:
            raise Stop(f"Stripe: {error}") from error


START_AGAIN = "start it again with scripts/run, and see what it says"


class Desk:
    """`stripe_client` is a way to Stripe other than the network."""

    def __init__(self, data: Path, *, stripe_client: stripe.HTTPClient | None = None) -> None:
        self.data = data
        self.stripe_client = stripe_client

    @cached_property
    def wiring(self) -> wiring.Wiring:
        try:
            return wiring.of_data(self.data, self.stripe_client)
        except (ValueError, KeyError, TypeError) as error:
            raise Stop(f"{self.data / 'ready.json'} cannot be read; {START_AGAIN}") from error

    @cached_property
    def vault(self) -> Vault:
        """Asked for names only by who holds the secrets that sealed them."""
        with self.wiring.database.connection() as db:
            self.wiring.secret_marks.refuse_if_wrong(db)
        return self.wiring.vault

    def names(self, mentions: Mentions, digests: Mapping[UUID, str]) -> KnownNames:
        people, texts = self.vault.people, self.vault.texts
        return mentions.looked_up(people=people, texts=texts, digests=digests)

    def names_in(self, mentions: Mentions, facts: Iterable[Fact]) -> KnownNames:
        """Names of what was mentioned; workspaces as they are called after these facts."""
        return self.names(mentions, digests_of(facts))

    def close(self) -> None:
        if "wiring" in vars(self):
            self.wiring.database.close()


as_json = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


def say(value: Any) -> None:
    """The JSON document of a command."""
    click.echo(document(value))
