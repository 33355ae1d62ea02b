"""An invoice of a tree: every state of it that Stripe showed us."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from domain.because import Because
from domain.billing import InvoiceLine, InvoiceSeen
from domain.ids import stream_of_invoice
from domain.recorded import Recorded


class Invoice(Recorded):
    # State.

    def __init__(self, tree_id: UUID) -> None:
        self.tree_id = tree_id
        self.seen: InvoiceSeen | None = None

    # Facts. Each one holds the whole invoice as it then was; their names and fields are for ever.

    class Event(Recorded.Event):
        tree_id: UUID
        invoice_id: str
        number: str | None
        customer_id: str
        subscription_id: str | None
        status: str
        billing_reason: str | None
        currency: str
        subtotal_cents: int
        tax_cents: int
        total_cents: int
        due_cents: int
        paid_cents: int
        created_at: datetime
        paid_at: datetime | None
        period_started_at: datetime
        period_ends_at: datetime
        lines: tuple[InvoiceLine, ...]

        def apply(self, invoice: Invoice) -> None:
            invoice.seen = InvoiceSeen(
                **{name: getattr(self, name) for name in InvoiceSeen.__dataclass_fields__}
            )

    class Opened(Event, Recorded.Created):
        pass

    class Changed(Event):
        pass

    # Commands.

    @classmethod
    def open(cls, tree_id: UUID, seen: InvoiceSeen, *, because: Because) -> Invoice:
        stream = stream_of_invoice(seen.invoice_id)
        return cls._begin(cls.Opened, stream, because, tree_id=tree_id, **_fields(seen))

    def change(self, seen: InvoiceSeen, *, because: Because) -> None:
        if self.seen != seen:
            self.record(self.Changed, because, tree_id=self.tree_id, **_fields(seen))


def _fields(seen: InvoiceSeen) -> dict[str, object]:
    return asdict(seen) | {"lines": seen.lines}
