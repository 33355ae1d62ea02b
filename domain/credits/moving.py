"""How credits move from one ledger to another: thawed with a new subscription, or transferred by an owner."""

from __future__ import annotations

from uuid import UUID

from domain.because import Because
from domain.credits.ledger import CreditLedger
from domain.refusals import Refusal, Refused


def thaw(frozen: CreditLedger, opened: CreditLedger, *, because: Because) -> None:
    """All of it, into a ledger of the same anchor: one that was opened in the same act or, of what came after
    the end, one that is there by then."""
    assert frozen.workspace_id == opened.workspace_id
    if not frozen.frozen or opened.frozen:
        return
    frozen.note(frozen.MovedOut, because, to_tree_id=opened.tree_id)
    opened.note(opened.Thawed, because, from_tree_id=frozen.tree_id)


def transfer(
    giving: CreditLedger,
    taking: CreditLedger,
    transfer_id: UUID,
    amount_micros: int,
    *,
    because: Because,
) -> None:
    assert amount_micros > 0
    assert giving.tree_id != taking.tree_id
    if transfer_id in giving.done:
        return
    if giving.frozen or taking.frozen:
        raise Refused(Refusal.CREDITS_FROZEN)
    about = {"transfer_id": transfer_id, "amount_micros": amount_micros}
    giving.note(giving.TransferredOut, because, to_tree_id=taking.tree_id, **about)
    taking.note(taking.TransferredIn, because, from_tree_id=giving.tree_id, **about)
