"""Which parts store something, and how all of it is made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from uuid import UUID

from adapters.calls.recording import Recording
from adapters.key_traffic import KeyTraffic
from adapters.postgres import schema
from adapters.postgres.evidence import Evidence
from adapters.postgres.jobs import JobRuns
from adapters.postgres.lags import Lags
from adapters.postgres.logs import AGENCY, head, open_log
from adapters.postgres.naming import NOBODY
from adapters.postgres.noting import Noting
from adapters.postgres.outbox import Outbox
from adapters.postgres.past import Past
from adapters.postgres.rebuilder import Rebuilder
from adapters.postgres.rebuilds import Rebuilds
from adapters.postgres.runner import Runner
from adapters.postgres.support import Support
from adapters.proof.heads import Heads
from adapters.stripe.errors import StripeAway
from adapters.usage.ingest import Ingest
from adapters.usage.tables import UsageTables
from domain.agency import Agency
from domain.mail import MailAway
from domain.metering import Metering
from projections.catalogue import ACCESS, COMPARED, FOLLOWED, INLINE, POOLS, SHOWN, TERMS
from projections.rooms import room_of
from scripts.policies import POLICIES
from scripts.secret_parts import SecretParts

Clock = Callable[[], datetime]


class Storage(SecretParts):
    """Each part is made when first asked for, in the process that uses it."""

    clock: Clock
    new_id: Callable[[], UUID]

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(POLICIES, away=(StripeAway, MailAway))

    @cached_property
    def job_runs(self) -> JobRuns:
        return JobRuns()

    @cached_property
    def lags(self) -> Lags:
        return Lags()

    @cached_property
    def rebuilds(self) -> Rebuilds:
        return Rebuilds(self.database)

    @cached_property
    def support(self) -> Support:
        return Support(self.outbox, self.job_runs, self.rebuilds, self.lags)

    @cached_property
    def rebuilder(self) -> Rebuilder:
        return Rebuilder(self.database, self.rebuilds, self.clock, inline=INLINE, followed=FOLLOWED)

    @cached_property
    def key_traffic(self) -> KeyTraffic:
        return KeyTraffic(self.database)

    @cached_property
    def agency(self) -> Agency:
        return open_log(Agency, self.database, (*INLINE, self.outbox))

    @cached_property
    def metering(self) -> Metering:
        log = open_log(Metering, self.database, (*INLINE, self.outbox))
        log.agency_head = self._agency_head
        return log

    def _agency_head(self) -> int:
        with self.database.asking(NOBODY) as db:
            return head(db, AGENCY)

    @cached_property
    def usage_tables(self) -> UsageTables:
        return UsageTables(self.database)

    @cached_property
    def ingest(self) -> Ingest:
        return Ingest(
            self.database,
            self.metering,
            POOLS,
            self.usage_tables,
            ACCESS,
            self.key_traffic,
            self.new_id,
        )

    @cached_property
    def recording(self) -> Recording:
        return Recording(self.database, self.metering, POOLS, room_of)

    @cached_property
    def evidence(self) -> Evidence:
        return Evidence(self.database)

    @cached_property
    def past(self) -> Past:
        return Past(self.database, SHOWN, TERMS)

    @cached_property
    def noting(self) -> Noting:
        return Noting(self.database, COMPARED)

    @cached_property
    def runner(self) -> Runner:
        return Runner(self.database, FOLLOWED, self.clock)

    @cached_property
    def heads(self) -> Heads:
        return Heads(self.database, self.signing, self.proof_folder, lambda: self.clock())

    def create_schema(self) -> None:
        """Make it or bring it to our version, unless the database is not ours; then the screens follow."""
        with self.database.connect() as db:
            self.secret_marks.refuse_if_wrong(db)
            others = (
                self.outbox, self.vault, self.sessions, self.usage_tables, self.secret_marks, self.job_runs,
                self.key_traffic, self.links, self.attempts, self.lags, self.rebuilds,
                self.heads, self.views,
            )  # fmt: skip
            schema.create(db, schema.Parts(inline=INLINE, followed=FOLLOWED, others=others))
            self.secret_marks.remember(db)
        self.usage_tables.keep_up(self.clock())
        self.runner.catch_up()
