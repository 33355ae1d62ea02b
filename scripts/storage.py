"""Where everything is stored, and the secrets of the server without which it is worth nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from uuid import UUID

from cryptography.fernet import Fernet

from adapters.keys import Keys
from adapters.postgres import schema
from adapters.postgres.database import Database
from adapters.postgres.evidence import Evidence
from adapters.postgres.jobs import JobRuns
from adapters.postgres.logs import open_log
from adapters.postgres.outbox import Outbox
from adapters.postgres.runner import Runner
from adapters.secret_marks import SecretMarks
from adapters.sessions import Sessions
from adapters.stripe.errors import StripeAway
from adapters.usage.ingest import Ingest
from adapters.usage.tables import UsageTables
from adapters.vault import Vault
from domain.agency import Agency
from domain.metering import Metering
from projections.catalogue import FOLLOWED, INLINE, POOLS
from scripts.data_directory import DataDirectory
from scripts.policies import POLICIES
from scripts.settings import Settings

Clock = Callable[[], datetime]


class Storage:
    """Each part is made when first asked for, in the process that uses it."""

    settings: Settings
    clock: Clock
    new_id: Callable[[], UUID]

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
        return open_log(Metering, self.database, INLINE)

    @cached_property
    def usage_tables(self) -> UsageTables:
        return UsageTables(self.database)

    @cached_property
    def ingest(self) -> Ingest:
        return Ingest(self.database, self.metering, POOLS, self.usage_tables, self.new_id)

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
                self.outbox, self.vault, self.sessions, self.usage_tables, self.secret_marks, self.job_runs,
            )  # fmt: skip
            schema.create(db, schema.Parts(inline=INLINE, followed=FOLLOWED, others=others))
            self.secret_marks.remember(db)
        self.usage_tables.keep_up(self.clock())
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
