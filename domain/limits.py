"""What a plan allows in a workspace: how many of a thing, and whether there are calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from domain.holdings import Held
from domain.plans import Limits, Plan, Rates
from domain.refusals import Refusal, Refused

MOST: dict[Held, Callable[[Limits], int]] = {
    Held.AGENT: lambda limits: limits.agents_max,
    Held.KNOWLEDGE_BASE: lambda limits: limits.knowledge_bases_max,
    Held.PHONE_NUMBER: lambda limits: limits.numbers_max,
}


def require_place(there: int, most: int) -> None:
    """One more is made only below the limit."""
    if there >= most:
        raise Refused(Refusal.LIMIT_REACHED)


def require_room(
    held: Mapping[UUID, int], kind: Held, thing_id: UUID, size: int | None, limits: Limits
) -> None:
    """For a thing of a workspace to become so large; what becomes smaller, or goes, is never too much."""
    if size is None or size <= held.get(thing_id, -1):
        return
    if thing_id not in held:
        require_place(len(held), MOST[kind](limits))
    if kind is Held.KNOWLEDGE_BASE and sum(held.values()) - held.get(thing_id, 0) + size > (
        limits.documents_bytes_max
    ):
        raise Refused(Refusal.LIMIT_REACHED)


def require_rates(plan: Plan) -> Rates:
    if plan.rates is None:
        raise Refused(Refusal.CALLS_NOT_IN_PLAN)
    return plan.rates
