"""Room: may a workspace spend so much just now, and if not, why?"""

from __future__ import annotations

from dataclasses import dataclass

from domain.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Room:
    """What holds a workspace's spending, in micro-euros, read under the lock of the log that it is recorded
    in; what running calls hold is as good as spent."""

    balance_micros: int | None  # of the tree; None where no ledger was opened
    held_micros: int  # of the tree
    frozen: bool  # the subscription has ended
    spent_here_micros: int = 0  # by the workspace in this cycle
    held_here_micros: int = 0
    stops_at_micros: int | None = None  # a hard budget of the workspace for this cycle
    suspended: bool = False

    def why_not(self, micros: int) -> Refusal | None:
        """The first reason that applies, in the order `Refusal` lists them."""
        if self.suspended:
            return Refusal.CUSTOMER_SUSPENDED
        if self.balance_micros is None or self.frozen:
            return Refusal.CREDITS_FROZEN
        if not micros:  # nobody took the call: whatever is left is enough for it
            return None
        spent = self.spent_here_micros + self.held_here_micros
        if self.stops_at_micros is not None and spent + micros > self.stops_at_micros:
            return Refusal.BUDGET_EXCEEDED
        if micros > self.balance_micros - self.held_micros:
            return Refusal.INSUFFICIENT_CREDITS
        return None
