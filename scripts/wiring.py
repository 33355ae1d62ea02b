"""Which parts make the whole: the only place that names both sides and reads the environment."""

from __future__ import annotations

import base64
import hashlib
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

from adapters.ingest import Ingest
from adapters.keys import Keys
from adapters.mail import MailFolder
from adapters.postgres import schema
from adapters.postgres.database import Database
from adapters.postgres.evidence import Evidence
from adapters.postgres.health import health_of
from adapters.postgres.jobs import JobRuns
from adapters.postgres.logs import open_log
from adapters.postgres.outbox import Errand, Outbox
from adapters.postgres.runner import Runner, wait_until_followed
from adapters.postgres.support import Support
from adapters.secret_marks import SecretMarks
from adapters.sessions import Sessions
from adapters.stripe.billing import Billing
from adapters.stripe.errors import StripeAway
from adapters.stripe.gateway import StripeGateway, connect
from adapters.stripe.inbox import Inbox
from adapters.stripe.notices import NoticeRefused
from adapters.stripe.reconciler import Reconciler
from adapters.tracked_events import TrackedEvents
from adapters.vault import Vault
from domain.agency import Agency
from domain.metering import Metering
from projections.catalogue import EVENT_INDEX, FOLLOWED, INLINE, POOLS, SUBSCRIPTIONS
from scripts.data_directory import DataDirectory
from scripts.errands import errands_of
from scripts.policies import POLICIES
from scripts.pool_parts import PoolParts
from scripts.settings import Settings, settings, settings_of_data
from web.services import Services

Clock = Callable[[], datetime]

PAGE_SECONDS = 8.0  # how long a page waits for one answer of Stripe
JOB_SECONDS = 30.0  # and how long an errand does
MAIL_FROM = "Heartwood <heartwood@localhost>"


def of_environment(*, stripe_seconds: float = PAGE_SECONDS) -> Wiring:
    """For the programs that `scripts/run` starts."""
    return Wiring(settings(os.environ), stripe_seconds=stripe_seconds)


def of_data(data: Path) -> Wiring:
    """For the CLI: the Heartwood that runs on this directory."""
    return Wiring(settings_of_data(data))


def create_schema(settings: Settings) -> None:
    Wiring(settings).create_schema()


def now() -> datetime:
    return datetime.now(UTC)


class Wiring(PoolParts):
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

    # Storage.

    @cached_property
    def database(self) -> Database:
        return Database(self.settings.database)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(POLICIES, away=(StripeAway,))

    @cached_property
    def job_runs(self) -> JobRuns:
        return JobRuns()

    @cached_property
    def agency(self) -> Agency:
        return open_log(Agency, self.database, (*INLINE, self.outbox))

    @cached_property
    def metering(self) -> Metering:
        return open_log(Metering, self.database, (*INLINE, self.outbox))

    @cached_property
    def evidence(self) -> Evidence:
        return Evidence(self.database)

    @cached_property
    def runner(self) -> Runner:
        return Runner(self.database, FOLLOWED, self.clock)

    def create_schema(self) -> None:
        """Make it or bring it to our version, unless the database is not ours; then the screens follow."""
        with self.database.connect() as db:
            self.secret_marks.refuse_if_wrong(db)
            others = (
                self.outbox, self.vault, self.sessions, self.ingest, self.secret_marks, self.job_runs,
            )  # fmt: skip
            schema.create(db, schema.Parts(inline=INLINE, followed=FOLLOWED, others=others))
            self.secret_marks.remember(db)
        self.runner.catch_up()

    # Secrets of the server.

    @cached_property
    def _directory(self) -> DataDirectory:
        directory = DataDirectory(self.settings.data)
        directory.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
        return directory

    def _secret(self, name: str) -> bytes:
        return hashlib.sha256(self._directory.secret(name).encode()).digest()

    @cached_property
    def secret_marks(self) -> SecretMarks:
        """Of the secrets without which what is stored is worth nothing."""
        return SecretMarks(
            ("vault", "pepper"),
            self._directory.has_secret,
            self._secret,
            opens=lambda db: self.vault.opens(db),  # made late: its secret may not be there yet
        )

    @cached_property
    def keys(self) -> Keys:
        return Keys(self._secret("pepper"))

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.database, self._secret("vault"))

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self.database, Fernet(base64.urlsafe_b64encode(self._secret("links"))))

    # The world.

    @cached_property
    def mail(self) -> MailFolder:
        return MailFolder(self.settings.data / "mail", MAIL_FROM, self.clock)

    @cached_property
    def gateway(self) -> StripeGateway:
        return connect(
            self.settings.stripe_key,
            base_url=self.settings.stripe_url,
            webhook_secret=self.settings.stripe_webhook_secret,
            timeout_seconds=self.stripe_seconds,
            http_client=self.stripe_client,
        )

    @cached_property
    def billing(self) -> Billing:
        return Billing(
            self.agency,
            self.gateway,
            self.database,
            self.clock,
            trees_of=self._asked(SUBSCRIPTIONS.of_customer),
            overages=self.overages,
        )

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.agency, self.gateway, self.billing, self.vault.keep_body, self.clock)

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
    def ingest(self) -> Ingest:
        return Ingest(self.database, self.metering, POOLS, self.new_id)

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
            demo=self.settings.demo,
            clock=self.clock,
            reading=self.database.reading,
            agency=self.agency,
            ingest=self.ingest,
            tracked=TrackedEvents(self.metering),
            vault=self.vault,
            sessions=self.sessions,
            keys=self.keys,
            billing=self.billing,
            receive_notice=self.receive_notice,
            evidence=self.evidence,
            mail=self.mail,
            health=self.health,
            followed=self.followed,
            is_staff=self.is_staff,
            support=Support(self.outbox, self.job_runs),
            session_key=self._secret("forms").hex(),
        )

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
