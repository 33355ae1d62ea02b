"""What is granted to a ledger each cycle, when it freezes, and what is set right in it by people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from domain.because import Because
from domain.credits.category import Category
from domain.credits.ledger import CreditLedger
from domain.refusals import Refusal, Refused


class Charged(Protocol):
    """A call or a charge, as far as a refund is about it."""

    @property
    def id(self) -> UUID: ...
    @property
    def workspace_id(self) -> UUID: ...
    @property
    def cycle_started_at(self) -> datetime: ...
    @property
    def amount_micros(self) -> int: ...


SECOND = timedelta(seconds=1)  # as Stripe prorates the price of a plan


def share_of_cycle(amount_micros: int, started_at: datetime, ends_at: datetime, due_at: datetime) -> int:
    """Of a grant that comes to be due within a cycle, the share of what is left of it; never more than all.
    Fractions of a micro-euro are given up."""
    whole = (ends_at - started_at) // SECOND
    rest = min(max((ends_at - due_at) // SECOND, 0), whole)
    return amount_micros * rest // whole


def grant(
    ledger: CreditLedger,
    *,
    cycle_started_at: datetime,
    cycle_ends_at: datetime,
    amount_micros: int,
    because: Because,
) -> None:
    """Once a cycle; what is left of the grant before it rolls over, also where nothing is granted anew."""
    if cycle_started_at in ledger.granted or ledger.frozen:
        return
    ledger.note(
        ledger.Granted,
        because,
        cycle_started_at=cycle_started_at,
        cycle_ends_at=cycle_ends_at,
        amount_micros=amount_micros,
    )


def freeze(ledger: CreditLedger, *, because: Because) -> None:
    if not ledger.frozen:
        ledger.note(ledger.Frozen, because)


def correct(
    ledger: CreditLedger,
    correction_id: UUID,
    amount_micros: int,
    reason_digest: str,
    *,
    because: Because,
) -> None:
    assert amount_micros != 0
    if correction_id in ledger.done:
        return
    if ledger.frozen:
        raise Refused(Refusal.CREDITS_FROZEN)
    ledger.note(
        ledger.Corrected,
        because,
        correction_id=correction_id,
        amount_micros=amount_micros,
        reason_digest=reason_digest,
    )


def refund(
    ledger: CreditLedger,
    refund_id: UUID,
    charged: Charged,
    category: Category,
    amount_micros: int,
    reason_digest: str,
    *,
    because: Because,
) -> None:
    """Give back what a call or charge had cost, or a part of it; never more than that in all."""
    assert amount_micros > 0
    if refund_id in ledger.done:
        return
    if ledger.frozen:
        raise Refused(Refusal.CREDITS_FROZEN)
    if amount_micros > charged.amount_micros - ledger.refunded.get(charged.id, 0):
        raise Refused(Refusal.MORE_THAN_CHARGED)
    ledger.note(
        ledger.Refunded,
        because,
        refund_id=refund_id,
        of_workspace_id=charged.workspace_id,
        charge_id=charged.id,
        category=category,
        cycle_started_at=charged.cycle_started_at,
        amount_micros=amount_micros,
        reason_digest=reason_digest,
    )
