"""A whole house in one thread, for tests: real PostgreSQL, the local Stripe in process, a clock to turn."""

from __future__ import annotations

import tempfile
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from uuid import UUID, uuid4

from flask import Config, Flask

from adapters.local_stripe.engine import LocalStripe
from adapters.postgres.protection import let_in_role
from domain.because import Because
from domain.permissions import Role
from scripts.wiring import Settings, Wiring
from tests.postgres import WEB_ROLE, as_web
from web.app import addresses, with_services
from web.services import Services

BEGINNING = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
WEBHOOK_SECRET = "whsec_test"


class Clock:
    """Time that moves when a test says so."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


def settings_of(database: str, data: Path) -> Settings:
    return Settings(
        data=data,
        database=database,
        url="http://localhost",
        demo=True,
        stripe_url="http://stripe.localhost",
        stripe_key="sk_test_house",
        stripe_webhook_secret=WEBHOOK_SECRET,
        staff=("sam@example.com",),
    )


def make_schema(conninfo: str) -> None:
    with tempfile.TemporaryDirectory() as data:
        wiring = Wiring(settings_of(conninfo, Path(data)))
        wiring.create_schema()
        with wiring.database.connection() as db:
            db.execute("DELETE FROM secret_marks")  # each house that is copied from it has secrets of its own
            let_in_role(db, WEB_ROLE)
        wiring.database.close()


@cache
def addresses_once() -> Flask:
    app = addresses()
    assert app.jinja_env  # made by whoever asks first, and then in every copy
    return app


def app_on(services: Services) -> Flask:
    """As `create_app` makes it, with rules and templates that are compiled once for all tests."""
    app = copy(addresses_once())
    app.config, app.extensions = Config(app.root_path, app.config), dict(app.extensions)
    return with_services(app, services)


class House:
    """`services`, `agency` and the rest are the real ones; errands and followed screens run when asked. The
    web, and what it reaches, works as the web's role."""

    def __init__(self, database: str, data: Path) -> None:
        self.clock = Clock(BEGINNING)
        self.stripe = LocalStripe(None, self.clock, WEBHOOK_SECRET)
        self.wiring = Wiring(
            settings_of(database, data), clock=self.clock, stripe_client=self.stripe.http_client()
        )
        self.web = Wiring(
            settings_of(as_web(database), data), clock=self.clock, stripe_client=self.wiring.stripe_client
        )
        self.services = replace(self.web.services, followed=self.run_followed)
        self.agency = self.wiring.agency
        self.database = self.wiring.database
        with self.database.connection() as db:
            self.wiring.secret_marks.remember(db)

    @cached_property
    def app(self) -> Flask:
        return app_on(self.services)

    def run_followed(self) -> None:
        self.wiring.runner.catch_up()

    def because(self, actor: str = "clock") -> Because:
        story = f"request:{uuid4()}"
        return Because(actor=actor, cause=story, story=story, at=self.clock())

    # Stripe and time.

    def deliver_notices(self) -> list[str]:
        """Everything that Stripe has to say, through the front door; then the errands. Types, in order."""
        web = self.app.test_client()
        notices = self.stripe.take_notices()
        for notice in notices:
            answer = web.post(
                "/webhooks/stripe", data=notice.body, headers={"Stripe-Signature": notice.signature}
            )
            assert answer.status_code == 200, answer.get_json()
        self.wiring.deliver_due()
        self.run_followed()
        return [notice.type for notice in notices]

    def advance_to(self, at: datetime) -> list[str]:
        """Turn our clock and Stripe's, and hear what happened."""
        self.clock.at = at
        self.stripe.advance(at)
        return self.deliver_notices()

    def leap_to(self, at: datetime) -> list[str]:
        """As if time had passed: what happened is heard at every period's end on the way, too."""
        told = []
        while (end := self.stripe.next_period_end(at)) is not None:
            told += self.advance_to(max(end, self.clock.at))
        return told + self.advance_to(at)

    # The cast.

    def person(self, name: str) -> UUID:
        """A person of the cast, known to the vault."""
        return self.wiring.vault.remember(name, f"{name.lower()}@example.com", uuid4())

    def workspace(self, owner: UUID, name: str = "Bright Signal") -> UUID:
        """A Free workspace that stands alone."""
        workspace_id = uuid4()
        digest = self.wiring.vault.keep_text(workspace_id, name)
        self.agency.sign_up(workspace_id, owner, digest, because=self.because(f"person:{owner}"))
        return workspace_id

    def agency_of(
        self, owner: UUID, name: str = "Bright Signal", children: int = 0, plan: str = "agency"
    ) -> tuple[UUID, UUID]:
        """A paid agency: its tree and its anchor."""
        anchor_id = self.workspace(owner, name)
        tree_id, _ = self.pays_for_agency(anchor_id, owner, plan)
        self.deliver_notices()
        for number in range(children):
            self.child(tree_id, owner, f"Client {number + 1}")
        self.run_followed()
        return tree_id, anchor_id

    def pays_for_agency(self, workspace_id: UUID, owner: UUID, plan: str = "agency") -> tuple[UUID, str]:
        """Chosen and paid for at Stripe, of which we have heard nothing yet: the tree and the checkout."""
        because = self.because(f"person:{owner}")
        tree = self.agency.choose_plan(workspace_id, owner, plan, uuid4(), because=because)
        url = self.wiring.billing.open_checkout(
            tree.id,
            owner,
            email="ana@example.com",
            success_url="http://localhost/billing/returned?checkout_id={CHECKOUT_SESSION_ID}",
            cancel_url="http://localhost/",
            because=because,
        )
        checkout_id = url.rsplit("/", 1)[1]
        self.stripe.pay(checkout_id)
        return tree.id, checkout_id

    def child(self, tree_id: UUID, owner: UUID, name: str) -> UUID:
        child_id = uuid4()
        digest = self.wiring.vault.keep_text(child_id, name)
        because = self.because(f"person:{owner}")
        self.agency.create_child(tree_id, owner, child_id, digest, because=because)
        return child_id

    def member(self, workspace_id: UUID, by: UUID, person_id: UUID, role: Role) -> None:
        """Someone who was invited and accepted."""
        invitation_id = uuid4()
        self.agency.invite(
            workspace_id, by, invitation_id, person_id, role, because=self.because(f"person:{by}")
        )
        because = self.because(f"person:{person_id}")
        self.agency.accept_invitation(workspace_id, invitation_id, because=because)

    def key(
        self, workspace_id: UUID, by: UUID, mode: str = "live", scopes: tuple[str, ...] = ("track", "read")
    ) -> str:
        """An API key, in full."""
        made = self.wiring.keys.make(mode)
        self.agency.issue_key(
            workspace_id,
            by,
            key_id=made.key_id,
            mode=mode,
            scopes=scopes,
            secret_mac=made.secret_mac,
            because=self.because(f"person:{by}"),
        )
        return made.text

    def sign_in(self, person_id: UUID):  # type: ignore[no-untyped-def]
        """A browser in which this person is signed in."""
        from web.access import COOKIE

        browser = self.app.test_client()
        browser.set_cookie(COOKIE, self.wiring.sessions.begin(person_id, self.clock()))
        return browser

    def close(self) -> None:
        for wiring in (self.wiring, self.web):
            for part in ("agency", "metering", "database"):
                if part in vars(wiring):  # what was never asked for is not made to be closed
                    vars(wiring)[part].close()
        self.stripe.close()
