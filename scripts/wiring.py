"""Which parts make the whole: the only place that names both sides and reads the environment."""

from __future__ import annotations

import base64
import hmac
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import stripe
from cryptography.fernet import Fernet

from adapters.in_memory import InMemory
from adapters.mail import Mailer
from adapters.oidc import OpenIdProviders
from adapters.outward import Outward
from adapters.postgres.health import health_of
from adapters.postgres.naming import Named, name
from adapters.postgres.outbox import Errand
from adapters.postgres.runner import wait_until_followed
from adapters.smtp import SmtpMail
from adapters.stripe.inbox import Inbox
from adapters.stripe.notices import NoticeRefused
from adapters.stripe.reconciler import Reconciler
from adapters.tracked_events import TrackedEvents
from adapters.usage.breakdown import UsageRows
from projections.catalogue import EVENT_INDEX, SUBSCRIPTIONS
from scripts.call_parts import CallParts
from scripts.errands import errands_of
from scripts.settings import Settings, settings, settings_of_data
from scripts.storage import Clock
from web.pages.single_sign_on import RETURN_PATH
from web.services import Services

PAGE_SECONDS = 8.0  # how long a page waits for one answer of Stripe
JOB_SECONDS = 30.0  # and how long an errand does


def of_environment(*, stripe_seconds: float = PAGE_SECONDS) -> Wiring:
    """For the programs that `scripts/run` starts."""
    return Wiring(settings(os.environ), stripe_seconds=stripe_seconds)


def of_data(data: Path, stripe_client: stripe.HTTPClient | None = None) -> Wiring:
    """For the CLI: the Heartwood that runs on this directory."""
    return Wiring(settings_of_data(data), stripe_client=stripe_client)


def create_schema(settings: Settings) -> None:
    Wiring(settings).create_schema()


def now() -> datetime:
    return datetime.now(UTC)


class Wiring(CallParts):
    """Each part is made when first asked for, in the process that uses it."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = now,
        new_id: Callable[[], UUID] = uuid4,
        stripe_client: stripe.HTTPClient | None = None,
        stripe_seconds: float = PAGE_SECONDS,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.new_id = new_id
        self.stripe_client = stripe_client
        self.stripe_seconds = stripe_seconds

    # The world.

    @cached_property
    def mail(self) -> Mailer:
        if self.settings.smtp is not None:
            return SmtpMail(self.settings.smtp, self.settings.mail_from, self.clock)
        return self.mail_folder

    @cached_property
    def providers(self) -> OpenIdProviders:
        """What opens a link in a mail opens no sign-in at a provider, and the other way round."""
        key = hmac.digest(self._secret("links"), b"sign-in at a provider", "sha256")
        return OpenIdProviders(
            Fernet(base64.urlsafe_b64encode(key)),
            self.clock,
            Outward(loopback_too=self.settings.demo),
            returns_to=self.settings.url + RETURN_PATH,
        )

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.agency, self.gateway, self.billing, self.top_ups, self.vault.keep_body, self.clock)

    @cached_property
    def reconciler(self) -> Reconciler:
        return Reconciler(
            self.agency,
            self.gateway,
            self.billing,
            self.inbox,
            self.overages,
            self.clock,
            living=self._asked(SUBSCRIPTIONS.living),
            mended=self._asked(EVENT_INDEX.mended_in),
        )

    @cached_property
    def errands(self) -> Mapping[str, Errand]:
        return errands_of(self)

    def deliver_due(self, limit: int = 1_000) -> int:
        """Run the errands that are due, at most `limit`; answers how many were tried."""
        for done in range(limit):
            if not self.outbox.deliver_one(self.database, self.errands, self.clock):
                return done
        return limit

    # The web.

    @cached_property
    def services(self) -> Services:
        return Services(
            url=self.settings.url,
            trusted_proxies=self.settings.trusted_proxies,
            demo=self.settings.demo,
            clock=self.clock,
            reading=lambda **named: self.database.reading(Named(**named)),
            naming=lambda db, **named: name(db, Named(**named)),
            agency=self.agency,
            ingest=self.ingest,
            **self._spending,
            telling=self.telling,
            usage_rows=UsageRows(),
            tracked=TrackedEvents(self.metering),
            vault=self.vault,
            attempts=self.attempts,
            links=self.links,
            sessions=self.sessions,
            providers=self.providers,
            keys=self.keys,
            key_traffic=self.key_traffic,
            billing=self.billing,
            receive_notice=self.receive_notice,
            evidence=self.evidence,
            past=self.past,
            noting=self.noting,
            copy_of=InMemory,
            reading_past=lambda moment, **named: self.past.reading(Named(**named), moment),
            asked_by=self.outbox.asked_by,
            mail=self.mail,
            health=self.health,
            followed=self.followed,
            is_staff=self.is_staff,
            support=self.support,
            erasure=self.erasure,
            views=self.views,
            exports=self.exports,
            form_keys=self.form_keys,
        )

    @property
    def _spending(self) -> dict[str, Any]:
        """What costs credits, and what counts them."""
        return {
            "metering": self.metering,
            "ledgers": self.ledgers,
            "recording": self.recording,
            "numbers": self.numbers,
        }

    def receive_notice(self, body: bytes, signature: str) -> str | None:
        """Keep a notice from Stripe; the reason if it is not kept."""
        try:
            self.inbox.receive(body, signature)
        except NoticeRefused as refused:
            return refused.reason.value
        return None

    def health(self) -> dict[str, Any]:
        return health_of(self.database, self.outbox, self.job_runs, self.clock())

    def is_staff(self, person_id: UUID) -> bool:
        """Whether somebody works in support: the environment lists their address."""
        return self.vault.person(person_id).email.casefold() in self.settings.staff

    def followed(self) -> None:
        """Wait until the screens show what was just recorded, or the deadline has passed."""
        wait_until_followed(self.database, time.monotonic)
