"""Commands on the credits of a tree; whether there is room for what leaves a ledger comes `beside`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.because import Because
from domain.calls.call import Call
from domain.calls.charge import Charge
from domain.commands.loading import Stored
from domain.conflicts import decided_again
from domain.credits import granting, moving
from domain.credits.category import Category
from domain.credits.ledger import CreditLedger
from domain.ids import stream_of_ledger
from domain.refusals import Refusal, Refused, Unknown


class Crediting(Stored):
    agency_head: Callable[[], int]  # the last position of the agency log

    def ledger(self, tree_id: UUID) -> CreditLedger:
        ledger = self._load(CreditLedger, stream_of_ledger(tree_id))
        ledger.agency_position = self.agency_head()
        return ledger

    def ledger_or_none(self, tree_id: UUID) -> CreditLedger | None:
        with suppress(Unknown):
            return self.ledger(tree_id)
        return None

    def spent(self, stream: UUID) -> Call | Charge | None:
        """What is recorded in a stream of calls and charges; None if there is nothing."""
        return self._load_or_none(Call, stream) or self._load_or_none(Charge, stream)

    @decided_again
    def open_ledger(
        self, tree_id: UUID, anchor_id: UUID, *, thaw_from: UUID | None, because: Because
    ) -> CreditLedger:
        """Once; with all that is left in a frozen ledger of the same anchor, if one is named."""
        if (known := self.ledger_or_none(tree_id)) is not None:
            return known
        ledger = CreditLedger.open(tree_id, anchor_id, self.agency_head(), because=because)
        frozen = self.ledger_or_none(thaw_from) if thaw_from is not None else None
        if frozen is not None and frozen.thawed_into is None:
            moving.thaw(frozen, ledger, because=because)
        self.save(ledger, *([frozen] if frozen is not None else []))
        return ledger

    @decided_again
    def grant_credits(
        self,
        tree_id: UUID,
        *,
        cycle_started_at: datetime,
        cycle_ends_at: datetime,
        amount_micros: int,
        because: Because,
    ) -> None:
        ledger = self.ledger(tree_id)
        granting.grant(
            ledger,
            cycle_started_at=cycle_started_at,
            cycle_ends_at=cycle_ends_at,
            amount_micros=amount_micros,
            because=because,
        )
        self.save(ledger)

    @decided_again
    def freeze_credits(self, tree_id: UUID, *, because: Because) -> None:
        ledger = self.ledger_or_none(tree_id)
        if ledger is not None:
            granting.freeze(ledger, because=because)
            self.save(ledger)

    @decided_again
    def thaw_credits(self, from_tree_id: UUID, to_tree_id: UUID, *, because: Because) -> None:
        """What came into a frozen ledger after it had been taken up, or was left in it."""
        frozen, ledger = self.ledger(from_tree_id), self.ledger(to_tree_id)
        moving.thaw(frozen, ledger, because=because)
        self.save(ledger, frozen)

    @decided_again
    def correct_credits(
        self,
        tree_id: UUID,
        correction_id: UUID,
        amount_micros: int,
        reason_digest: str,
        *,
        because: Because,
        beside: Any = None,
    ) -> None:
        ledger = self.ledger(tree_id)
        granting.correct(ledger, correction_id, amount_micros, reason_digest, because=because)
        self.save(ledger, beside=beside)

    @decided_again
    def refund_credits(
        self,
        tree_id: UUID,
        refund_id: UUID,
        charge_id: UUID,
        amount_micros: int,
        reason_digest: str,
        *,
        because: Because,
    ) -> None:
        """Of a call or charge of this tree."""
        ledger, charged = self.ledger(tree_id), self.spent(charge_id)
        if charged is None or charged.tree_id != tree_id:
            raise Unknown(f"charge {charge_id}")
        category = charged.kind.category if isinstance(charged, Call) else Category(charged.category)
        granting.refund(ledger, refund_id, charged, category, amount_micros, reason_digest, because=because)
        self.save(ledger)

    @decided_again
    def transfer_credits(
        self,
        from_tree_id: UUID,
        to_tree_id: UUID,
        transfer_id: UUID,
        amount_micros: int,
        *,
        because: Because,
        beside: Any = None,
    ) -> None:
        giving, taking = self.ledger_or_none(from_tree_id), self.ledger_or_none(to_tree_id)
        if giving is None or taking is None:
            raise Refused(Refusal.CREDITS_FROZEN)
        moving.transfer(giving, taking, transfer_id, amount_micros, because=because)
        self.save(giving, taking, beside=beside)
