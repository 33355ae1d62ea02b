"""A year of one agency, as the real commands record it; copies of it fill the stores of the bench."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.persistence import StoredEvent

from adapters.postgres.logs import MAPPER
from domain.agency import Agency
from domain.api_keys import KeyMode, Overlap
from domain.because import Because
from domain.billing import InvoiceLine, InvoiceSeen, NoticeSeen, SubscriptionSeen
from domain.ids import stream_of_overage
from domain.overage import OverageDue
from domain.permissions import Role
from domain.plans import AGENCY
from domain.quota import QuotaSeen
from domain.usage import Usage

BEGIN = datetime(2025, 1, 6, 9, 0, tzinfo=UTC)
CYCLE = timedelta(days=30)
CYCLES = 12
CHILDREN = 4
MEMBERS = 8  # who come into each workspace
DIGEST = "0123456789abcdef" * 4
SELDOM, OFTEN = timedelta(days=3), timedelta(hours=6)  # between two batches of usage of a workspace
LEAVES_AFTER = 5  # of the cycles: somebody is removed, somebody's role changes, the agency hesitates
NOTICES = ("invoice.created", "invoice.finalized", "invoice.paid", "customer.subscription.updated")

Append = Sequence[StoredEvent]  # saved together


class Remembered(Agency):
    """An agency without a database, which keeps what was appended."""

    def __init__(self) -> None:
        super().__init__(
            env={
                "PERSISTENCE_MODULE": "eventsourcing.popo",
                "MAPPER_TOPIC": "adapters.postgres.mapper:PlainJSONMapper",
            }
        )
        self.appends: list[Append] = []

    def save(self, *objs: Any, **kwargs: Any) -> list[Any]:
        recordings = super().save(*objs, **kwargs)
        if recordings:
            self.appends.append([MAPPER.to_stored_event(one.domain_event) for one in recordings])
        return recordings


class Year:
    """What happens to one agency of five workspaces; its subscription may end with the year."""

    def __init__(self, between: timedelta = SELDOM) -> None:
        self.between = between
        self.agency = Remembered()
        self.metered: list[Append] = []
        self.now = BEGIN
        self.cycle = BEGIN
        self.owner, self.tree, self.anchor = uuid4(), uuid4(), uuid4()
        self.customer, self.subscription = f"cus_{uuid4()}", f"sub_{uuid4()}"
        self.workspaces = [self.anchor]

    def pass_by(self, *, ends: bool) -> Year:
        self.begin()
        for number in range(CYCLES):
            self.go_on(number)
        if ends:
            gone: dict[str, Any] = {
                "status": "canceled",
                "ended_at": self.now,
                "ended_because": "cancellation_requested",
            }
            self.told("customer.subscription.deleted", **gone)
        return self

    def begin(self) -> None:
        self.agency.sign_up(self.anchor, self.owner, DIGEST, because=self.by(self.owner))
        self.agency.choose_plan(self.anchor, self.owner, AGENCY.name, self.tree, because=self.by(self.owner))
        self.agency.note_checkout(self.tree, f"cs_{uuid4()}", because=self.by(self.owner))
        self.told("checkout.session.completed")
        for _ in range(CHILDREN):
            child = uuid4()
            self.agency.create_child(self.tree, self.owner, child, DIGEST, because=self.by(self.owner))
            self.workspaces.append(child)
        for workspace in self.workspaces:
            self.people_come(workspace)

    def people_come(self, workspace: UUID) -> None:
        agency, owner = self.agency, self.owner
        for number in range(MEMBERS):
            invitation, person = uuid4(), uuid4()
            agency.invite(workspace, owner, invitation, person, Role.VIEWER, because=self.by(owner))
            if number % 4 == 0:
                self.now += timedelta(hours=2)
                agency.resend_invitation(workspace, owner, invitation, because=self.by(owner))
            agency.accept_invitation(workspace, invitation, because=self.by(person))
        key = f"{uuid4()}"
        made: dict[str, Any] = {"secret_mac": f"1:{DIGEST}", "because": self.by(owner)}
        agency.issue_key(workspace, owner, key_id=key, mode=KeyMode.LIVE, scopes=("track", "read"), **made)
        after: dict[str, Any] = {"successor_id": f"{uuid4()}", "overlap": Overlap.DAY}
        agency.replace_key(workspace, owner, key, **after, **made)
        agency.set_hourly_rate(workspace, owner, 6_250, because=self.by(owner))
        agency.rename(workspace, owner, DIGEST[::-1], because=self.by(owner))

    def go_on(self, number: int) -> None:
        """A cycle: what it is billed, what it draws, and the notices of Stripe."""
        self.is_billed(f"in_{uuid4()}")
        if number == LEAVES_AFTER:
            self.hesitates()
            self.somebody_leaves()
        if number % 3 == 2:
            self.draws_too_much()
        for batch in range(CYCLE // self.between):
            self.now = self.cycle + batch * self.between + timedelta(hours=6)
            for workspace in self.workspaces:
                self.counts(workspace)
        self.cycle = self.now = self.cycle + CYCLE
        self.told(NOTICES[-1])

    def is_billed(self, invoice: str) -> None:
        for status, notice in zip(("draft", "open", "paid"), NOTICES[:3], strict=True):
            self.now += timedelta(hours=1)
            self.told(notice, object_type="invoice", object_id=invoice)
            self.agency.note_invoice(self.tree, self._invoice(invoice, status), because=self.by_stripe())

    def hesitates(self) -> None:
        """It is cancelled and kept, and a payment fails and comes."""
        self.agency.request_cancellation(self.tree, self.owner, because=self.by(self.owner))
        self.told(NOTICES[-1], ends_at=self.cycle + CYCLE)
        self.agency.request_reactivation(self.tree, self.owner, because=self.by(self.owner))
        self.told(NOTICES[-1])
        for status in ("past_due", "active"):
            self.told("invoice.payment_failed", status=status)

    def somebody_leaves(self) -> None:
        for workspace in self.workspaces:
            first, second = list(self.agency.workspace(workspace).members)[-2:]
            self.agency.change_role(workspace, self.owner, first, Role.MEMBER, because=self.by(self.owner))
            self.agency.remove_member(workspace, self.owner, second, because=self.by(self.owner))

    def draws_too_much(self) -> None:
        cycle: dict[str, Any] = {
            "tree_id": self.tree,
            "cycle_started_at": self.cycle,
            "pool_events": AGENCY.pool_events,
        }
        for used in (AGENCY.pool_events, AGENCY.pool_events - 6_000):
            ends_at = self.cycle + CYCLE
            seen = QuotaSeen(pool_id=self.tree, cycle_ends_at=ends_at, used=used, in_use=True, **cycle)
            self.agency.note_quota(seen, because=self.by_clock("quota"))
        stream = stream_of_overage(self.tree, self.cycle)
        due = OverageDue(cycle_ends_at=self.cycle + CYCLE, used=85_000, metering_position=1, **cycle)
        self.agency.claim_overage(due, because=self.by_clock("overage"))
        identifier = next(iter(self.agency.overage(stream).unreported))
        self.agency.note_overage_reported(stream, identifier, because=self.by_clock("overage"))
        self.agency.compare_overage(stream, 60_000, because=self.by_clock("compare"))

    def told(self, type: str, *, object_type: str = "subscription", object_id: str = "", **seen: Any) -> None:
        """A notice, and the sync that it leads to."""
        notice = f"evt_{uuid4()}"
        because = self.by_stripe(notice)
        told: dict[str, Any] = {
            "customer_id": self.customer,
            "subscription_id": self.subscription,
            "tree_id": self.tree,
        }
        received = NoticeSeen(
            notice_id=notice, type=type, object_type=object_type, object_id=object_id or self.subscription,
            stripe_created_at=self.now, api_version="2026-10-28.endive", livemode=True, body_sha256=DIGEST,
            **told,
        )  # fmt: skip
        self.agency.receive_notice(received, because=because)
        given: dict[str, Any] = {"plan": AGENCY.name, "status": "active"}
        given |= dict.fromkeys(("ends_at", "ended_at", "ended_because"))
        cycle: dict[str, Any] = {"cycle_started_at": self.cycle, "cycle_ends_at": self.cycle + CYCLE}
        subscription = SubscriptionSeen(**told, **cycle, **given | seen)
        outcome = self.agency.sync_subscription(self.tree, subscription, because=because)
        self.agency.act_on_notice(notice, outcome, self.tree, because=because)

    def counts(self, workspace: UUID) -> None:
        """A batch of usage, as the other log holds it."""
        usage = Usage.count(
            uuid4(), workspace_id=workspace, tree_id=self.tree, pool_id=self.tree, meter="events",
            quantity=100, cycle_started_at=self.cycle, rows_sha256=DIGEST,
            because=self._because(f"key:{uuid4()}"),
        )  # fmt: skip
        self.metered.append([MAPPER.to_stored_event(fact) for fact in usage.collect_events()])

    def by(self, person: UUID) -> Because:
        return self._because(f"person:{person}")

    def by_stripe(self, notice: str = "") -> Because:
        cause = f"notice:{notice or f'evt_{uuid4()}'}"
        return Because(actor="stripe", cause=cause, story=cause, at=self.now)

    def by_clock(self, job: str) -> Because:
        tick = f"tick:{job}@{self.now:%Y-%m-%dT%H:%M:%SZ}"
        return Because(actor="clock", cause=tick, story=tick, at=self.now)

    def _because(self, actor: str) -> Because:
        request = f"request:{uuid4()}"
        return Because(actor=actor, cause=request, story=request, at=self.now)

    def _invoice(self, invoice: str, status: str) -> InvoiceSeen:
        period: dict[str, Any] = {"period_started_at": self.cycle, "period_ends_at": self.cycle + CYCLE}
        line = InvoiceLine(
            line_id=f"il_{uuid4()}", price_id="price_agency", description="Agency", quantity=1,
            unit_micros=249_000_000, amount_cents=24_900, is_proration=False, **period,
        )  # fmt: skip
        paid = status == "paid"
        return InvoiceSeen(
            invoice_id=invoice, number=f"HW-{uuid4()}", customer_id=self.customer,
            subscription_id=self.subscription, status=status, billing_reason="subscription_cycle",
            currency="eur", subtotal_cents=24_900, tax_cents=0, total_cents=24_900, due_cents=24_900,
            paid_cents=24_900 if paid else 0, created_at=self.cycle, paid_at=self.now if paid else None,
            lines=(line,), **period,
        )  # fmt: skip
