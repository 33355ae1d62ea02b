"""What came of a supposition: the facts there would have been, and those that would not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.fact import Fact
from domain.refusals import Refusal

BEYOND = 2**40  # where positions of a copy begin: no log is as long


class Why(StrEnum):
    """Why a later fact of the record is no part of the supposed history."""

    SCHEDULE = "schedule"  # it came of an end or a change of plan that would not have been scheduled
    REQUEST = "request"  # it answered what would not have been asked
    TREE_OVER = "tree_over"  # it is about a subscription that would have been over, or never begun
    PAID = "paid"  # it came of a payment that did not come
    BILLED_OTHERWISE = "billed_otherwise"  # Stripe would have billed something else
    WORKSPACE_GONE = "workspace_gone"
    QUOTA = "quota"  # a free workspace would have had no room for it
    REFUSED = "refused"  # the command would have been refused


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    fact: Fact
    why: Why
    refusal: Refusal | None = None


class Origin(StrEnum):
    """Where a supposed fact comes from."""

    DEED = "deed"  # what was supposed, and what came of it at once
    TIME = "time"  # a cycle or an end that the calendar would have brought
    RECORD = "record"  # what was done later, done once more


@dataclass(frozen=True, kw_only=True)
class Step:
    """A fact of the supposed history; `of` is the fact of the record that it comes from."""

    fact: Fact
    origin: Origin
    of: Fact | None = None


@dataclass(frozen=True, kw_only=True)
class Supposed:
    """`refusal` if the deed was refused: then nothing else is there. `steps` in order."""

    refusal: Refusal | None = None
    steps: tuple[Step, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def changed_nothing(self) -> bool:
        """What was supposed was so already."""
        return self.refusal is None and not any(step.origin is Origin.DEED for step in self.steps)
