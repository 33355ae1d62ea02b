"""What a page asks of Stripe on behalf of a tree."""

from __future__ import annotations

from enum import StrEnum


class Request(StrEnum):
    CANCEL = "cancel"  # at the end of the cycle
    REACTIVATE = "reactivate"
    END = "end"  # at once
    PLAN = "plan"  # another one, or to stay on this one
