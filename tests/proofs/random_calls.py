"""What may befall credits in a random life: calls and messages, what a ledger gets and gives, and budgets."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from domain.agency import Agency
from domain.budget import BudgetSeen
from domain.calls.call import Call, Direction, Ending, Kind
from domain.calls.told import CallTold, EndTold, Known
from domain.credits.ledger import CreditLedger
from domain.metering import Metering
from domain.plans import PLANS
from domain.retention import retires_before
from domain.tree import Tree, TreeStatus
from tests.proofs.random_voice import RandomVoice

EURO = 1_000_000


class RandomCalls(RandomVoice):
    running: list[tuple[UUID, UUID]]  # workspace and call
    charged: list[UUID]  # calls and messages

    @property
    def metering(self) -> Metering:
        return self.house.wiring.metering

    # Calls and messages.

    def call(self) -> None:
        """Some that are over and some that begin, told together."""
        workspace_id = self._client()
        told = [self._told(workspace_id) for _ in range(self.random.randrange(1, 9))]
        heard = self.house.wiring.telling.tell_all(workspace_id, told, **self._by())
        known = [one.call for one in heard if isinstance(one, Known)]
        self.charged += [call.id for call in known]
        self.running += [(workspace_id, call.id) for call in known if not call.is_over]

    def _told(self, workspace_id: UUID) -> CallTold:
        agent, is_over = self._agent(workspace_id), bool(self.random.randrange(3))
        return CallTold(
            call_id=uuid4(),
            agent_id=agent.id if agent and self.random.randrange(2) else None,
            kind=self.random.choice(list(Kind)),
            direction=self.random.choice(list(Direction)),
            started_at=self.house.clock(),
            seconds=self.random.randrange(600) if is_over else None,
            outcome=self.random.choice(list(Ending)) if is_over else None,
            hold_seconds=0 if is_over else 300,
            details=None,
        )

    def end_call(self) -> None:
        """Also one that was given up before."""
        if self.running:
            workspace_id, call_id = self.random.choice(self.running)
            told = EndTold(seconds=self.random.randrange(600), outcome=Ending.COMPLETED, details=None)
            self.house.wiring.telling.end(workspace_id, call_id, told, **self._by())

    def abandon_call(self) -> None:
        if self.running:
            _, call_id = self.random.choice(self.running)
            if isinstance(call := self.metering.spent(call_id), Call):
                call.abandon(**self._by())
                self.metering.save(call)

    def message(self) -> None:
        workspace_id, charge_id = self._client(), uuid4()
        count = self.random.randrange(1, 9)
        self.house.wiring.telling.send_messages(charge_id, workspace_id, count, None, **self._by())
        self.charged.append(charge_id)

    def keep_texts(self) -> None:
        """Longer or shorter than before; and what was kept for too long goes."""
        workspace_id, days = self._client(), self.random.randrange(7, 100)
        self.agency.set_retention(workspace_id, self.owner_id, days, **self._by())
        if self.random.randrange(2):
            until = retires_before(days, self.house.clock())
            self.agency.note_texts_retired(workspace_id, until, **self._by())

    # What a ledger gets and gives.

    def grant(self) -> None:
        """As the errands do it: what a cycle brings, and nothing any more after the end."""
        for tree in self.trees:
            self._grant(self.agency.tree(tree.tree_id))

    def _grant(self, tree: Tree) -> None:
        plan = PLANS[tree.plan]
        if tree.status is TreeStatus.ENDED:
            self.metering.freeze_credits(tree.id, **self._by())
        elif tree.status is TreeStatus.ACTIVE and plan.rates is not None:
            assert tree.cycle_started_at is not None
            assert tree.cycle_ends_at is not None
            before = self._frozen_before(tree)
            self.metering.open_ledger(tree.id, tree.anchor_id, thaw_from=before, **self._by())
            self.metering.grant_credits(
                tree.id,
                cycle_started_at=tree.cycle_started_at,
                cycle_ends_at=tree.cycle_ends_at,
                amount_micros=plan.credits_micros,
                **self._by(),
            )

    def _frozen_before(self, tree: Tree) -> UUID | None:
        for ledger in self._ledgers():
            if ledger.workspace_id == tree.anchor_id and ledger.frozen and ledger.thawed_into is None:
                return ledger.tree_id
        return None

    def _ledgers(self) -> list[CreditLedger]:
        found = [self.metering.ledger_or_none(one.tree_id) for one in self.trees]
        return [ledger for ledger in found if ledger is not None]

    def set_right(self) -> None:
        """Something is given back, given or taken away, or handed to another tree."""
        match self.random.randrange(3):
            case 0 if self.charged:
                charge_id = self.random.choice(self.charged)
                if (charged := self.metering.spent(charge_id)) is not None:
                    refund: tuple[Any, ...] = (charged.tree_id, uuid4(), charge_id)
                    micros = self.random.randrange(1, 99_000)
                    self.metering.refund_credits(*refund, micros, "digest of a reason", **self._by())
            case 1:
                micros = self.random.choice([-1, 1]) * self.random.randrange(1, 9 * EURO)
                tree = self.agency.tree(self._voice_tree())
                ledgers = self.house.wiring.ledgers
                ledgers.correct(tree, uuid4(), micros, "digest of a reason", **self._by())
            case 2:
                ledgers_there = self._ledgers()
                if len(ledgers_there) > 1:
                    giving, taking = self.random.sample(ledgers_there, 2)
                    tree, micros = self.agency.tree(giving.tree_id), self.random.randrange(1, 9 * EURO)
                    transfer = self.house.wiring.ledgers.transfer
                    transfer(tree, taking.tree_id, uuid4(), micros, **self._by())

    def top_up(self) -> None:
        """Asked for by somebody or by itself, and paid for or not."""
        tree_id, metering = self._voice_tree(), self.metering
        limits = {"threshold_micros": 50 * EURO, "monthly_cap_micros": 9_000 * EURO}
        amount = self.random.randrange(10, 99) * EURO
        match self.random.randrange(6):
            case 0 | 1:
                metering.ask_top_up(tree_id, uuid4(), amount, **self._by())
            case 2:
                metering.ask_top_up_if_low(tree_id, 0, **self._by())
            case 3 | 4:
                metering.set_automatic_top_up(tree_id, amount_micros=amount, **limits, **self._by())
            case 5:
                metering.end_automatic_top_up(tree_id, **self._by())
        self.settle_top_up(tree_id)

    def settle_top_up(self, tree_id: UUID) -> None:
        for top_up_id in [*self.metering.ledger(tree_id).asked]:
            match self.random.randrange(3):
                case 0:
                    invoice_id = f"in_{top_up_id.hex}"
                    self.metering.note_topped_up(tree_id, top_up_id, invoice_id, **self._by())
                case 1:
                    self.metering.note_top_up_failed(tree_id, top_up_id, "card_declined", **self._by())

    # Budgets.

    def budget(self) -> None:
        workspace_id = self._client()
        who, micros = (workspace_id, self.owner_id), self.random.randrange(1, 90) * EURO
        match self.random.randrange(6):
            case 0 | 1 | 2:
                self.agency.set_budget(*who, micros, bool(self.random.randrange(2)), **self._by())
            case 3 | 4:
                self.agency.raise_budget(*who, micros, "digest of a reason", **self._by())
            case 5:
                self.agency.remove_budget(*who, **self._by())
        self.notice_of_budget(self.agency, workspace_id, micros)

    def notice_of_budget(self, agency: Agency, workspace_id: UUID, limit_micros: int) -> None:
        tree = agency.tree(agency.workspace(workspace_id).tree_id or self._voiced())
        assert tree.cycle_started_at is not None
        assert tree.cycle_ends_at is not None
        seen = BudgetSeen(
            workspace_id=workspace_id,
            tree_id=tree.id,
            cycle_started_at=tree.cycle_started_at,
            cycle_ends_at=tree.cycle_ends_at,
            limit_micros=limit_micros,
            stops=True,
            used_micros=limit_micros * self.random.randrange(40, 120) // 100,
        )
        agency.note_budget(seen, **self._by())
