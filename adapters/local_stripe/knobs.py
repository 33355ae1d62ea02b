"""What can be turned at the local Stripe, and what each of it is when nobody has turned it."""

from __future__ import annotations

from typing import Any

from adapters.local_stripe.store import Json

COUNT_MAX = 1_000_000
KNOBS: Json = {
    "late_seconds": 0,  # every notice leaves this much later
    "twice": False,  # every notice is sent twice
    "shuffle": False,  # notices leave in no order
    "lose_every": 0,  # every so many sendings, one never arrives
    "lose_for_good": False,  # what is lost is not sent again either
    "tamper_every": 0,  # every so many sendings, one arrives altered
    "fail_next": 0,  # so many calls of the API answer 500
    "count_late_seconds": 0,  # a meter's totals hold what was reported at least so long ago
    "after_retries": "canceled",  # what a subscription is when its last payment failed for the last time
    "dispute_cancels": False,  # a dispute ends the subscription that it is about
}
CHOICES = {"after_retries": ("canceled", "unpaid", "past_due")}


def fits(name: str, value: Any) -> bool:
    """Is this a knob, and a value for it?"""
    if name not in KNOBS or type(value) is not type(KNOBS[name]):
        return False
    return value in CHOICES[name] if name in CHOICES else bool(0 <= value <= COUNT_MAX)
