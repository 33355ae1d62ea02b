"""An agency's life in memory: the real commands and the real stored form, with no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from domain.api_keys import KeyMode, Overlap
from domain.because import Because
from domain.billing import DisputeSeen, InvoiceLine, InvoiceSeen, NoticeSeen, SubscriptionSeen
from domain.fact import Fact
from domain.overage import OverageDue
from domain.permissions import Role
from projections.history.names import KnownNames
from tests.histories.agents_life import agents_come_and_go
from tests.histories.budget_life import a_budget
from tests.histories.calls_life import texts_of_calls_go
from tests.histories.customers_life import a_customer_comes_and_goes
from tests.histories.held_life import knowledge_and_numbers
from tests.histories.people_life import a_look, an_export, one_goes_alone, people_and_sight
from tests.histories.pool_life import notices_and_credit, overage_compared
from tests.histories.remembered import RememberedAgency
from tests.histories.signing_on_life import single_sign_on_comes_and_goes
from tests.histories.widgets_life import widgets_and_actions

NAMES = UUID("5b7b2c5e-6f0e-4a52-9d0e-7d2f3c1a9b10")
BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def named(name: str) -> UUID:
    """The same id for the same name, in every run."""
    return uuid5(NAMES, name)


ANA, ADAM, BEN, VERA, EVE, ADA, SAM = map(named, ("Ana", "Adam", "Ben", "Vera", "Eve", "Ada", "Sam"))
TREE, ANCHOR = named("tree"), named("Bright Signal")
ACME, BIRCH = named("Acme"), named("Birch")
SUBSCRIPTION, CUSTOMER = "sub_bright", "cus_bright"
PEOPLE = {ANA: "Ana", ADAM: "Adam", BEN: "Ben", VERA: "Vera", EVE: "Eve", ADA: "Ada", SAM: "Sam"}
WORKSPACES = {ANCHOR: "Bright Signal", ACME: "Acme", BIRCH: "Birch"}


def digest(name: str) -> str:
    return f"digest of {name}"


class Life:
    """What the cast does, one thing after another; the clock stands still until it is moved."""

    def __init__(self) -> None:
        self.agency = RememberedAgency()
        self.now = BEGIN
        self.requests = 0
        self.cycle = (BEGIN, BEGIN + 30 * DAY)

    @property
    def facts(self) -> list[Fact]:
        return self.agency.facts

    def days_later(self, days: int) -> Life:
        self.now += days * DAY
        return self

    def by(self, person_id: UUID) -> Because:
        self.requests += 1
        request = f"request:{named(f'request {self.requests}')}"
        return Because(actor=f"person:{person_id}", cause=request, story=request, at=self.now)

    def subscription(self, **fields: Any) -> SubscriptionSeen:
        given: dict[str, Any] = {
            "subscription_id": SUBSCRIPTION,
            "customer_id": CUSTOMER,
            "tree_id": TREE,
            "plan": "agency",
            "status": "active",
            "cycle_started_at": self.cycle[0],
            "cycle_ends_at": self.cycle[1],
            "ends_at": None,
            "ended_at": None,
            "ended_because": None,
        }
        return SubscriptionSeen(**given | fields)

    def invoice(self, invoice_id: str, status: str) -> None:
        line = InvoiceLine(
            line_id=f"il_{invoice_id}",
            price_id="price_agency",
            description="Agency",
            quantity=1,
            unit_micros=249_000_000,
            amount_cents=24_900,
            period_started_at=self.cycle[0],
            period_ends_at=self.cycle[1],
            is_proration=False,
        )
        seen = InvoiceSeen(
            invoice_id=invoice_id,
            number=f"HW-{invoice_id}",
            customer_id=CUSTOMER,
            subscription_id=SUBSCRIPTION,
            status=status,
            billing_reason="subscription_cycle",
            currency="eur",
            subtotal_cents=24_900,
            tax_cents=0,
            total_cents=24_900,
            due_cents=24_900,
            paid_cents=24_900 if status == "paid" else 0,
            created_at=self.now,
            paid_at=self.now if status == "paid" else None,
            period_started_at=self.cycle[0],
            period_ends_at=self.cycle[1],
            lines=(line,),
        )
        self.agency.note_invoice(TREE, seen, because=self.by_stripe(f"evt_{invoice_id}_{status}"))

    # Stripe.

    def by_stripe(self, notice_id: str) -> Because:
        notice = f"notice:{notice_id}"
        return Because(actor="stripe", cause=notice, story=notice, at=self.now)

    def notice(
        self, notice_id: str, type: str, seen: SubscriptionSeen, *, late: timedelta = timedelta()
    ) -> None:
        """A notice that was made now, arrives `late`, and leads to one sync."""
        made_at = self.now
        self.now += late
        because = self.by_stripe(notice_id)
        seen_notice = NoticeSeen(
            notice_id=notice_id,
            type=type,
            object_type="subscription",
            object_id=SUBSCRIPTION,
            customer_id=CUSTOMER,
            subscription_id=SUBSCRIPTION,
            tree_id=TREE,
            stripe_created_at=made_at,
            api_version="2026-10-28.endive",
            livemode=False,
            body_sha256="0" * 64,
        )
        self.agency.receive_notice(seen_notice, because=because)
        self.now += timedelta(seconds=2)
        because = self.by_stripe(notice_id)
        outcome = self.agency.sync_subscription(TREE, seen, because=because)
        self.agency.act_on_notice(notice_id, outcome, TREE, because=because)

    def due(self, used: int) -> OverageDue:
        """What the counts say of the cycle that runs."""
        started_at, ends_at = self.cycle
        return OverageDue(
            tree_id=TREE,
            cycle_started_at=started_at,
            cycle_ends_at=ends_at,
            pool_events=25_000,
            used=used,
            metering_position=85,
        )

    def by_clock(self, job: str) -> Because:
        tick = f"tick:{job}@{self.now:%Y-%m-%dT%H:%M:%SZ}"
        return Because(actor="clock", cause=tick, story=tick, at=self.now)

    def cancelled_in_portal(self, notice_id: str) -> None:
        self.notice(notice_id, "customer.subscription.updated", self.subscription(ends_at=self.cycle[1]))

    def ended(self, notice_id: str = "evt_end", *, because: str = "cancellation_requested") -> None:
        """Stripe ends the subscription now; its notice needs three seconds."""
        seen = self.subscription(status="canceled", ended_at=self.now, ended_because=because)
        self.notice(notice_id, "customer.subscription.deleted", seen, late=timedelta(seconds=3))

    # People.

    def join(self, workspace_id: UUID, person_id: UUID, role: Role, *, invited_by: UUID = ANA) -> None:
        invitation = named(f"invitation of {person_id} to {workspace_id} at {self.now}")
        self.agency.invite(workspace_id, invited_by, invitation, person_id, role, because=self.by(invited_by))
        self.agency.accept_invitation(workspace_id, invitation, because=self.by(person_id))


def an_agency() -> Life:
    """Ana's agency with Adam as its admin; Ben and Vera at Acme, where Eve once was; Birch is empty."""
    life = Life()
    life.agency.sign_up(ANCHOR, ANA, digest("Bright Signal"), because=life.by(ANA))
    life.agency.choose_plan(ANCHOR, ANA, "agency", TREE, because=life.by(ANA))
    life.agency.note_checkout(TREE, "cs_bright", because=life.by(ANA))
    life.notice("evt_start", "checkout.session.completed", life.subscription())
    life.join(ANCHOR, ADAM, Role.ADMIN)
    for child_id, name in ((ACME, "Acme"), (BIRCH, "Birch")):
        life.days_later(1).agency.create_child(TREE, ANA, child_id, digest(name), because=life.by(ANA))
    life.join(ACME, BEN, Role.MEMBER)
    life.join(ACME, VERA, Role.VIEWER)
    life.join(ACME, EVE, Role.MEMBER)
    life.days_later(1).agency.remove_member(ACME, ANA, EVE, because=life.by(ANA))
    return life


def names() -> KnownNames:
    """What the vault would answer for this cast."""
    return KnownNames(
        people=PEOPLE,
        texts={
            (BIRCH, digest("Birch & Sons")): "Birch & Sons",
            **{(one, digest(name)): name for one, name in WORKSPACES.items()},
        },
        digests={one: digest(name) for one, name in WORKSPACES.items()},
    )


DISPUTE = DisputeSeen(
    dispute_id="dp_bright",
    customer_id="cus_bright",
    status="needs_response",
    reason="fraudulent",
    amount_cents=24_900,
    currency="eur",
)


def three_keys(life: Life) -> None:
    """One that was revoked, one that was replaced, and the one in its place."""
    mac = "1:" + "0" * 64
    made = {"mode": KeyMode.LIVE, "scopes": ("track", "read"), "secret_mac": mac}
    for key_id in ("key00001", "key00002"):
        life.agency.issue_key(ACME, ANA, key_id=key_id, **made, because=life.by(ANA))
    life.agency.revoke_key(ACME, ANA, "key00001", because=life.by(ANA))
    after = {"successor_id": "key00003", "secret_mac": mac, "overlap": Overlap.DAY}
    life.agency.replace_key(ACME, ANA, "key00002", **after, because=life.by(ANA))


def plans_and_payments(life: Life) -> None:
    """Plans that come and go, a payment that fails, another that is disputed, and an adoption."""
    agency = life.agency
    agency.request_plan(TREE, ANA, "pro", because=life.by(ANA))
    soon = {"next_plan": "pro", "next_plan_at": life.cycle[1]}
    life.notice("evt_pro_soon", "customer.subscription.updated", life.subscription(**soon))
    agency.request_plan(TREE, ADAM, "agency", because=life.by(ADAM))
    life.notice("evt_stays", "customer.subscription.updated", life.subscription())
    agency.request_plan(TREE, ANA, "pro", because=life.by(ANA))
    asked = agency.tree(TREE).asked_at_version
    agency.refuse_request(TREE, asked, "card_declined", because=life.by(ANA))
    for number, status in enumerate(("past_due", "active")):
        life.notice(f"evt_dunning_{number}", "invoice.payment_failed", life.subscription(status=status))
    agency.note_dispute(TREE, DISPUTE, because=life.by_stripe("evt_dispute"))
    for plan in ("pro", "agency"):
        life.notice(f"evt_{plan}", "customer.subscription.updated", life.subscription(plan=plan))
    agency.adopt(TREE, ANA, ACME, because=life.by(ANA))


def everything_once() -> Life:
    """A life in which every fact of the agency log happens at least once."""
    life = an_agency()
    agency, member = life.agency, life.by(ADAM)
    agency.change_role(ACME, ADAM, BEN, Role.VIEWER, because=member)
    agency.remove_member(ACME, VERA, VERA, because=life.by(VERA))
    invitation = named("an invitation that is taken back")
    people_and_sight(life, invitation, EVE)
    three_keys(life)
    for cents in (6_250, None):
        agency.set_hourly_rate(ACME, ANA, cents, because=life.by(ANA))
    texts_of_calls_go(life, ACME, ANA)
    a_look(life, named("look"), digest("a reason"))
    an_export(life, named("export"))
    agency.rename(BIRCH, ANA, digest("Birch & Sons"), because=life.by(ANA))
    agency.delete_child(BIRCH, ANA, because=life.by(ANA))
    one_goes_alone(life)
    agency.erase(EVE, [ACME], because=life.by(EVE))
    life.invoice("in_first", "open")
    life.invoice("in_first", "paid")
    overage_compared(life.days_later(3))
    plans_and_payments(life.days_later(19))
    single_sign_on_comes_and_goes(life, TREE, ANA)
    a_customer_comes_and_goes(life)
    knowledge_and_numbers(life)
    a_budget(life, TREE, ACME, ANA, digest("a reason"))
    life.cycle = (life.cycle[1], life.cycle[1] + 30 * DAY)
    life.notice("evt_cycle", "customer.subscription.updated", life.subscription())
    agency.request_cancellation(TREE, ANA, because=life.by(ANA))
    life.cancelled_in_portal("evt_cancel_1")
    agency.request_reactivation(TREE, ADAM, because=life.by(ADAM))
    life.notice("evt_reactivated", "customer.subscription.updated", life.subscription())
    life.days_later(1).cancelled_in_portal("evt_cancel_2")
    agency.request_end(TREE, ANA, because=life.by(ANA))
    life.now = life.cycle[1]
    notices_and_credit(life, BEGIN)
    agents_come_and_go(life)
    widgets_and_actions(life, ACME, ANA, named("Concierge"))
    life.ended()
    return life
