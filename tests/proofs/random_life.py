"""A random life: whatever people, programs and Stripe may do to agencies; the same deeds for a seed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from domain.api_keys import Overlap
from domain.because import Because
from domain.billing import DisputeSeen, InvoiceLine, InvoiceSeen, NoticeOutcome, NoticeSeen, SubscriptionSeen
from domain.permissions import Role
from domain.plans import PLANS
from domain.reconciliation import Drift, DriftKind
from domain.refusals import Refused, Unknown
from tests.house import House
from tests.proofs.groves import Grove, Grown
from tests.proofs.random_calls import RandomCalls
from tests.proofs.random_people import RandomPeople
from tests.proofs.random_pools import RandomPools
from tests.tracked import tracked


class RandomLife(RandomPeople, RandomPools, RandomCalls):
    """Some trees of five and some workspaces that stand alone; what is refused changes nothing."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.agency = house.agency
        self.random = Random(seed)
        self.owner_id = house.person("Ana")
        self.people = [self.owner_id, *(house.person(name) for name in ("Adam", "Ben", "Vera"))]
        self.trees = Grove(house.agency, house.clock, keys=house.wiring.keys).plant(3, self.owner_id)
        self.seen = {tree.tree_id: tree.seen for tree in self.trees}
        self.workspaces = [one for tree in self.trees for one in tree.workspace_ids]
        self.workspaces += [house.workspace(self.owner_id) for _ in range(2)]
        self.invitations: list[tuple[UUID, UUID]] = []
        self.keys = list(self.trees[0].keys.values())
        self.claimed, self.running, self.charged = [], [], []
        self.begin_voice()

    def go_on(self, steps: int) -> None:
        deeds: list[Callable[[], Any]] = [
            self.track, self.track, self.track, self.invite, self.invite, self.accept, self.accept,
            self.revoke_invitation, self.change_role, self.remove, self.rename, self.issue_key,
            self.revoke_key, self.create_child, self.delete_child, self.subscription, self.invoice,
            self.notice, self.subscribe_again, self.adopt, self.dispute, self.reconcile,
            self.void, self.notice_of_quota, self.claim, self.credit,
            self.resend, self.hand_on, self.show, self.show, self.show_new,
            self.look, self.sign_on, self.sign_on, *self.voice(),
        ]  # fmt: skip
        for _ in range(steps):
            self.house.clock.advance(minutes=self.random.randrange(600))
            try:
                self.random.choice(deeds)()
            except (Refused, Unknown):
                pass

    def voice(self) -> list[Callable[[], Any]]:
        """What an agency with calls does; in this order all of it works."""
        return [
            self.grant, self.know, self.act, self.make_agent, self.deploy, self.number, self.template,
            self.template, self.customer, self.call, self.call, self.message,
            self.budget, self.budget, self.budget,
            self.top_up, self.top_up, self.keep_texts, self.change_agent, self.know_otherwise,
            self.handle_customer, self.end_call, self.abandon_call, self.set_right, self.charge_numbers,
        ]  # fmt: skip

    def begin_voice(self) -> None:
        """One of the trees has a plan with calls, and uses it."""
        tree_id = self.trees[2].tree_id
        self.seen[tree_id] = replace(self.seen[tree_id], plan="agency_voice")
        self.agency.sync_subscription(tree_id, self.seen[tree_id], because=self._because())
        self.use_everything()

    def use_everything(self) -> None:
        for deed in self.voice():
            with suppress(Refused, Unknown):
                deed()

    def _voiced(self) -> UUID:
        having = [
            tree_id
            for tree_id, seen in self.seen.items()
            if seen.ended_at is None and PLANS[seen.plan].rates is not None
        ]
        return self.random.choice(having or [self.trees[2].tree_id])

    def _because(self) -> Because:
        return self.house.because(f"person:{self.owner_id}")

    def _workspace(self) -> UUID:
        return self.random.choice(self.workspaces)

    def _tree(self) -> Grown:
        return self.random.choice(self.trees)

    # What programs do.

    def track(self) -> None:
        items = [
            tracked(key, {"n": number})
            for number, key in enumerate(
                self.random.choices([None, "a", "b"], k=self.random.randrange(1, 200))
            )
        ]
        self.house.wiring.ingest.track(self._workspace(), items, because=self._because())

    # What people do.

    def invite(self) -> None:
        workspace_id, invitation_id = self._workspace(), uuid4()
        role = self.random.choice(list(Role))
        invited_id = self.random.choice([*self.people, uuid4()])
        self.agency.invite(
            workspace_id, self.owner_id, invitation_id, invited_id, role, because=self._because()
        )
        self.invitations.append((workspace_id, invitation_id))

    def accept(self) -> None:
        if self.invitations:
            self.agency.accept_invitation(*self.random.choice(self.invitations), because=self._because())

    def revoke_invitation(self) -> None:
        if self.invitations:
            workspace_id, invitation_id = self.random.choice(self.invitations)
            self.agency.revoke_invitation(workspace_id, self.owner_id, invitation_id, because=self._because())

    def change_role(self) -> None:
        member_id, role = self.random.choice(self.people), self.random.choice(list(Role))
        self.agency.change_role(self._workspace(), self.owner_id, member_id, role, because=self._because())

    def remove(self) -> None:
        member_id = self.random.choice(self.people)
        self.agency.remove_member(self._workspace(), self.owner_id, member_id, because=self._because())

    def rename(self) -> None:
        name = f"name {self.random.randrange(1_000)}"
        self.agency.rename(self._workspace(), self.owner_id, name, because=self._because())

    def issue_key(self) -> None:
        workspace_id = self._workspace()
        self.keys.append(self.house.key(workspace_id, self.owner_id))
        if len(self.keys) % 3 == 0:
            self.replace_key(workspace_id, self.keys[-1].split("_")[2])

    def replace_key(self, workspace_id: UUID, key_id: str) -> None:
        made = self.house.wiring.keys.make("live")
        self.agency.replace_key(
            workspace_id,
            self.owner_id,
            key_id,
            successor_id=made.key_id,
            secret_mac=made.secret_mac,
            overlap=list(Overlap)[len(self.keys) % len(Overlap)],
            because=self._because(),
        )
        self.keys.append(made.text)

    def revoke_key(self) -> None:
        key = self.house.wiring.keys.parse(self.random.choice(self.keys))
        assert key is not None
        self.agency.revoke_key(self._workspace(), self.owner_id, key.key_id, because=self._because())

    def create_child(self) -> None:
        child_id = uuid4()
        self.agency.create_child(
            self._tree().tree_id, self.owner_id, child_id, "a child", because=self._because()
        )
        self.workspaces.append(child_id)

    def delete_child(self) -> None:
        self.agency.delete_child(self._workspace(), self.owner_id, because=self._because())

    def subscribe_again(self) -> None:
        anchor_id = self._tree().anchor_id
        tree = self.agency.choose_plan(anchor_id, self.owner_id, "agency", uuid4(), because=self._because())
        started_at = self.house.clock()
        self.seen[tree.id] = replace(
            self.trees[0].seen,
            subscription_id=f"sub_{tree.id.hex}",
            tree_id=tree.id,
            cycle_started_at=started_at,
            cycle_ends_at=started_at + timedelta(days=30),
        )
        self.trees.append(replace(self._tree(), tree_id=tree.id, anchor_id=anchor_id))
        self.agency.sync_subscription(tree.id, self.seen[tree.id], because=self._because())

    # What Stripe does.

    def adopt(self) -> None:
        alone = self._workspace()
        self.agency.adopt(self._tree().tree_id, self.owner_id, alone, because=self._because())

    def dispute(self) -> None:
        seen = DisputeSeen(
            dispute_id=f"dp_{self.random.randrange(4)}",
            customer_id=None,
            status=self.random.choice(["needs_response", "under_review", "won", "lost"]),
            reason="fraudulent",
            amount_cents=24_900,
            currency="eur",
        )
        self.agency.note_dispute(self._tree().tree_id, seen, because=self.house.because("stripe"))

    def reconcile(self) -> None:
        """Sometimes with nothing to tell, sometimes with a drift that stays or goes."""
        job = self.random.choice(["notices", "subscriptions", "overages"])
        drift = Drift(
            kind=DriftKind.SECOND_SUBSCRIPTION, tree_id=self._tree().tree_id, subject="sub_of_another_tab"
        )
        self.agency.note_reconciliation(
            job,
            checked=3,
            repaired=self.random.randrange(2),
            drifts=set(self.random.sample([drift], self.random.randrange(2))),
            because=self.house.because("clock"),
        )

    def subscription(self) -> None:
        tree_id = self._tree().tree_id
        seen, at = self.seen[tree_id], self.house.clock()
        self.seen[tree_id] = self.random.choice(
            [
                replace(seen, ends_at=seen.cycle_ends_at),
                replace(seen, ends_at=None),
                replace(seen, plan="pro"),
                replace(seen, plan="agency"),
                replace(seen, plan="agency_voice"),
                replace(seen, next_plan="pro", next_plan_at=seen.cycle_ends_at),
                replace(seen, status="past_due"),
                self._next_cycle(seen),
                replace(seen, status="canceled", ended_at=at, ended_because="cancellation_requested"),
            ]
        )
        self.agency.sync_subscription(tree_id, self.seen[tree_id], because=self.house.because("stripe"))

    def _next_cycle(self, seen: SubscriptionSeen) -> SubscriptionSeen:
        ends_at = seen.cycle_ends_at + timedelta(days=30)
        return replace(seen, cycle_started_at=seen.cycle_ends_at, cycle_ends_at=ends_at)

    def invoice(self) -> None:
        seen = self.seen[self._tree().tree_id]
        assert seen.tree_id is not None
        line = InvoiceLine(
            line_id="il_1",
            price_id="price_agency",
            description="Agency",
            quantity=1,
            unit_micros=249_000_000,
            amount_cents=24_900,
            period_started_at=seen.cycle_started_at,
            period_ends_at=seen.cycle_ends_at,
            is_proration=False,
        )
        invoice = InvoiceSeen(
            invoice_id=f"in_{seen.tree_id.hex}_{self.random.randrange(3)}",
            number=None,
            customer_id=seen.customer_id,
            subscription_id=seen.subscription_id,
            status=self.random.choice(["draft", "open", "paid"]),
            billing_reason="subscription_cycle",
            currency="eur",
            subtotal_cents=24_900,
            tax_cents=0,
            total_cents=24_900,
            due_cents=24_900,
            paid_cents=0,
            created_at=seen.cycle_started_at,
            paid_at=None,
            period_started_at=seen.cycle_started_at,
            period_ends_at=seen.cycle_ends_at,
            lines=(line,) * self.random.randrange(1, 4),
        )
        self.agency.note_invoice(seen.tree_id, invoice, because=self.house.because("stripe"))

    def notice(self) -> None:
        notice = NoticeSeen(
            notice_id=f"evt_{uuid4().hex}",
            type="invoice.paid",
            object_type="invoice",
            object_id="in_1",
            customer_id=None,
            subscription_id=None,
            tree_id=None,
            stripe_created_at=self.house.clock(),
            api_version=None,
            livemode=False,
            body_sha256="",
        )
        because = self.house.because("stripe")
        self.agency.receive_notice(notice, because=because)
        self.agency.act_on_notice(notice.notice_id, NoticeOutcome.NOTHING_TO_DO, None, because=because)
