"""The credits of a tree: what was granted, topped up, corrected and moved; calls are lines beside.

Everything that changes a balance is in the log of usage, so that the lines of a ledger have one order, and
what is left of each bucket follows from it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from domain.because import Because
from domain.credits.category import Category
from domain.ids import stream_of_ledger
from domain.recorded import Recorded


class CreditLedger(Recorded):
    # State.

    def __init__(self, tree_id: UUID, workspace_id: UUID) -> None:
        self.tree_id = tree_id
        self.workspace_id = workspace_id
        self.granted: set[datetime] = set()  # the cycles
        self.frozen = False
        self.thawed_into: UUID | None = None
        self.refunded: dict[UUID, int] = {}  # micro-euros, of each call or charge
        self.done: set[UUID] = set()  # corrections, refunds and transfers, each of which happens once
        self.asked: dict[UUID, CreditLedger.TopUpAsked] = {}  # top-ups that Stripe has not answered
        self.top_ups: set[UUID] = set()  # every one there ever was
        self.automatic: CreditLedger.AutoTopUpSet | None = None
        self.failures = 0  # of automatic ones, in a row
        self.failed_at: datetime | None = None  # the last of these
        self.topped_up: dict[datetime, int] = {}  # automatically, in micro-euros, by cycle
        self.agency_position = 0  # how far the other log is, as whoever loaded this has seen it

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        tree_id: UUID
        workspace_id: UUID  # the anchor
        agency_position: int  # the last fact of the agency log by then, so that both are told in one order

    class Opened(Event, Recorded.Created):
        pass

    class Granted(Event):
        """What is left of the grant before it rolls over."""

        cycle_started_at: datetime
        cycle_ends_at: datetime
        amount_micros: int

        def apply(self, ledger: CreditLedger) -> None:
            ledger.granted.add(self.cycle_started_at)

    class Frozen(Event):
        def apply(self, ledger: CreditLedger) -> None:
            ledger.frozen = True

    class Thawed(Event):
        """All that another ledger of the same anchor held is here from now on; recorded with `Opened`."""

        from_tree_id: UUID

    class MovedOut(Event):
        """Recorded in the ledger that was frozen, together with `Thawed` in the one that it went to."""

        to_tree_id: UUID

        def apply(self, ledger: CreditLedger) -> None:
            ledger.thawed_into = self.to_tree_id

    class TopUpAsked(Event):
        top_up_id: UUID
        amount_micros: int
        automatic: bool
        cycle_started_at: datetime

        def apply(self, ledger: CreditLedger) -> None:
            ledger.asked[self.top_up_id] = self
            ledger.top_ups.add(self.top_up_id)

    class ToppedUp(Event):
        top_up_id: UUID
        amount_micros: int
        automatic: bool
        cycle_started_at: datetime
        invoice_id: str  # Stripe's, of what was paid

        def apply(self, ledger: CreditLedger) -> None:
            ledger.asked.pop(self.top_up_id, None)
            if self.automatic:
                ledger.failures, ledger.failed_at = 0, None
                before = ledger.topped_up.get(self.cycle_started_at, 0)
                ledger.topped_up[self.cycle_started_at] = before + self.amount_micros

    class TopUpFailed(Event):
        top_up_id: UUID
        automatic: bool
        code: str  # Stripe's word for why

        def apply(self, ledger: CreditLedger) -> None:
            ledger.asked.pop(self.top_up_id, None)
            if self.automatic:
                ledger.failures += 1
                ledger.failed_at = self.timestamp

    class AutoTopUpSet(Event):
        threshold_micros: int  # below which it is asked for
        amount_micros: int
        monthly_cap_micros: int  # of all automatic ones in a cycle

        def apply(self, ledger: CreditLedger) -> None:
            ledger.automatic, ledger.failures, ledger.failed_at = self, 0, None

    class AutoTopUpEnded(Event):
        after_failures: bool

        def apply(self, ledger: CreditLedger) -> None:
            ledger.automatic, ledger.failures, ledger.failed_at = None, 0, None

    class Corrected(Event):
        correction_id: UUID
        amount_micros: int  # below zero: taken away
        reason_digest: str  # the text lies in the vault, under the anchor

        def apply(self, ledger: CreditLedger) -> None:
            ledger.done.add(self.correction_id)

    class Refunded(Event):
        refund_id: UUID
        of_workspace_id: UUID
        charge_id: UUID  # the stream of the call or charge
        category: Category
        cycle_started_at: datetime  # the one in which it was charged
        amount_micros: int
        reason_digest: str

        def apply(self, ledger: CreditLedger) -> None:
            ledger.done.add(self.refund_id)
            before = ledger.refunded.get(self.charge_id, 0)
            ledger.refunded[self.charge_id] = before + self.amount_micros

    class TransferredOut(Event):
        transfer_id: UUID
        to_tree_id: UUID
        amount_micros: int

        def apply(self, ledger: CreditLedger) -> None:
            ledger.done.add(self.transfer_id)

    class TransferredIn(Event):
        """Recorded together with `TransferredOut` in the ledger that it came from."""

        transfer_id: UUID
        from_tree_id: UUID
        amount_micros: int

    # Commands. Each one decides, and records at most one fact; what else there is is in `granting`,
    # `topping_up` and `moving`.

    @classmethod
    def open(cls, tree_id: UUID, anchor_id: UUID, agency_position: int, *, because: Because) -> Self:
        about = {"tree_id": tree_id, "workspace_id": anchor_id, "agency_position": agency_position}
        ledger = cls._begin(cls.Opened, stream_of_ledger(tree_id), because, **about)
        ledger.agency_position = agency_position
        return ledger

    def note(self, fact: type[CreditLedger.Event], because: Because, **fields: object) -> None:
        self.record(
            fact,
            because,
            tree_id=self.tree_id,
            workspace_id=self.workspace_id,
            agency_position=self.agency_position,
            **fields,
        )
