"""What an event was worth: baseline, rate and cost with their sources, frozen when it is received."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from domain.plans import MICROS_PER_CENT
from domain.task_types import BASELINE_SECONDS

HOUR = 3_600
HOURLY_RATE_CENTS = 4_000  # where the workspace has set none
HOURLY_RATE_CENTS_MAX = 100_000
SUCCESS = "success"


@dataclass(frozen=True, kw_only=True, slots=True)
class Frozen:
    """The value of one event, which no later change of a baseline or a rate touches.

    The sources: a baseline comes from the ``event`` or its ``task_type``, a rate from the ``workspace`` or
    the ``default``, a cost from the ``event`` or from ``none``, and is nothing then.
    """

    baseline_seconds: int
    baseline_source: str
    hourly_rate_cents: int
    hourly_rate_source: str
    agent_cost_micros: int
    agent_cost_source: str
    saved_seconds: int
    saved_micros: int
    net_saved_micros: int  # below zero where the agent cost more than it saved


@lru_cache(maxsize=4_096)
def freeze(
    *,
    task_type: str,
    outcome: str,
    baseline_seconds: int | None,
    agent_cost_micros: int | None,
    hourly_rate_cents: int | None,
) -> Frozen:
    """What an event says of itself, and the rate of its workspace, become its value.

    Only a success saves a person's time: a failure leaves all of the work, and what needs a review has a
    person at it again.
    """
    baseline = BASELINE_SECONDS[task_type] if baseline_seconds is None else baseline_seconds
    rate_cents = HOURLY_RATE_CENTS if hourly_rate_cents is None else hourly_rate_cents
    saved_seconds = baseline if outcome == SUCCESS else 0
    saved_micros = (saved_seconds * rate_cents * MICROS_PER_CENT + HOUR // 2) // HOUR
    cost_micros = agent_cost_micros or 0
    return Frozen(
        baseline_seconds=baseline,
        baseline_source="task_type" if baseline_seconds is None else "event",
        hourly_rate_cents=rate_cents,
        hourly_rate_source="default" if hourly_rate_cents is None else "workspace",
        agent_cost_micros=cost_micros,
        agent_cost_source="none" if agent_cost_micros is None else "event",
        saved_seconds=saved_seconds,
        saved_micros=saved_micros,
        net_saved_micros=saved_micros - cost_micros,
    )
