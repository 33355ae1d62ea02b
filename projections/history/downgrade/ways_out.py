"""What would have prevented a downgrade, or still can, in words."""

from __future__ import annotations

from projections.history.downgrade.story import WayOut
from projections.history.wording import instant


def way_out(way: WayOut) -> str:
    since = f" from {instant(way.since)}" if way.since else ""
    until = f" until {instant(way.until)}" if way.until else ""
    match way.kind, way.still_open:
        case "reactivate", True:
            return f"One click on “Reactivate” on the billing page, or in Stripe’s portal,{until}."
        case "reactivate", False:
            return (
                f"One click on “Reactivate” on the billing page, or in Stripe’s portal,{since}{until}."
                " After that nothing could."
            )
        case "pay_invoice", True:
            return "Paying the open invoice, or giving Stripe a payment method that works."
        case "pay_invoice", False:
            return f"Paying the open invoice, or giving Stripe a payment method that works,{since}{until}."
        case "answer_dispute", _:
            return f"Settling the dispute with the bank{until}."
        case _:
            return (
                "Cancelling for the end of the cycle instead of at once: that would have left"
                f"{until or ' some time'} to reactivate. After it was done nothing could."
            )
