"""What the API answers when it did what was asked, member by member."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from domain.agency_seen import WhyNoAgency
from domain.plans import CURRENCY, PLANS
from domain.tree import TreeStatus

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Hours = Annotated[float, msgspec.Meta(ge=0)]
PlanName = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [*PLANS]})]


class Answer(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """No member is answered that is not declared here."""


class TrackAnswer(Answer):
    """The event as it was counted. What is frozen with it is absent only where the first answer to an
    event from before the change is told again."""

    event_id: UUID
    workspace_id: UUID
    received_at: Instant
    counted: bool
    baseline_minutes: Hours | msgspec.UnsetType = msgspec.UNSET
    baseline_source: Literal["event", "task_type"] | msgspec.UnsetType = msgspec.UNSET
    hourly_rate_cents: Count | msgspec.UnsetType = msgspec.UNSET
    hourly_rate_source: Literal["workspace", "default"] | msgspec.UnsetType = msgspec.UNSET
    agent_cost_micros: Count | msgspec.UnsetType = msgspec.UNSET
    agent_cost_source: Literal["event", "none"] | msgspec.UnsetType = msgspec.UNSET
    hours_saved: float | msgspec.UnsetType = msgspec.UNSET
    saved_micros: int | msgspec.UnsetType = msgspec.UNSET
    net_saved_micros: int | msgspec.UnsetType = msgspec.UNSET
    currency: Literal[CURRENCY] | msgspec.UnsetType = msgspec.UNSET  # type: ignore[valid-type]
    audit_sample: Literal["kept", "not_in_plan"] | msgspec.UnsetType | None = msgspec.UNSET


class Error(Answer):
    """What happened, what to do, and which field it is about."""

    code: Annotated[str, msgspec.Meta(pattern="^[a-z_]+$")]
    message: Annotated[str, msgspec.Meta(min_length=1)]
    hint: str
    field: str | None


class ErrorAnswer(Answer):
    """Why it was not done; nothing was recorded."""

    error: Error


# The results of a batch, told apart by their status.


class Recorded(TrackAnswer, tag_field="status", tag=201):
    """A new event."""


class Replayed(TrackAnswer, tag_field="status", tag=200):
    """An event that was recorded before, with the answer it had then."""


class Conflicting(ErrorAnswer, tag_field="status", tag=409):
    """Another event has this idempotency key."""


class Invalid(ErrorAnswer, tag_field="status", tag=422):
    """An event with something wrong in it."""


class OverQuota(ErrorAnswer, tag_field="status", tag=429):
    """An event for which the plan has no room in this cycle."""


class BatchAnswer(Answer):
    """A result for each event, in the order in which they were sent."""

    recorded: Count
    results: list[Recorded | Replayed | Conflicting | Invalid | OverQuota]


class Cycle(Answer):
    """From its beginning to just before its end."""

    started_at: Instant
    ends_at: Instant


class WorkspaceAnswer(Answer):
    """The workspace of the key."""

    workspace_id: UUID
    name: str
    plan: PlanName
    cycle: Cycle
    events: Count


class AgencyAnswer(Answer):
    """Whether the key's workspace sees an agency, or the first reason why it does not."""

    visible: bool
    reason: WhyNoAgency | None
    message: Annotated[str, msgspec.Meta(min_length=1)]
    hint: str


class WorkspaceOfTree(Answer):
    """A workspace of the tree; the anchor has no parent."""

    workspace_id: UUID
    parent_org_id: UUID | None
    name: str
    plan: PlanName


class CycleOfPool(Cycle):
    """What the tree drew on its pool in one cycle."""

    pool_events: Count
    used: Count
    overage_events: Count
    overage_micros: Count


class TreeAnswer(Answer):
    """The whole tree: its workspaces, its pool and what is above it, the newest cycle first."""

    tree_id: UUID
    status: TreeStatus
    plan: PlanName
    ends_at: Instant | None
    workspaces: list[WorkspaceOfTree]
    workspaces_max: Count
    cycles: list[CycleOfPool]


class Sums(Answer):
    """What some events come to."""

    events: Count
    hours_saved: float
    saved_micros: int
    agent_cost_micros: Count
    net_saved_micros: int


class UsageGroup(Sums):
    """The events of one day, agent, task type or outcome."""

    key: str


class UsageAnswer(Answer, rename={"from_": "from"}):
    """What the workspace tracked in a period."""

    workspace_id: UUID
    from_: Instant
    to: Instant
    group_by: Literal["day", "agent", "task_type", "outcome"]
    currency: Literal[CURRENCY]  # type: ignore[valid-type]
    total: Sums
    groups: list[UsageGroup]
    other: Sums | None


class PoolEnd(Answer):
    """What a pool comes to."""

    used: Count
    overage_events: Count
    overage_micros: Count


class Band(Answer):
    """A step of the graduated price, as far as the overage reaches into it."""

    events: Count
    rate_micros: Count
    cost_micros: Count


class Draw(Answer):
    """What one workspace drew."""

    workspace_id: UUID
    name: str
    events: Count


class DayOfCycle(Answer):
    """24 hours from the cycle's beginning on."""

    day: Instant
    events: Count


class TreeUsageAnswer(PoolEnd):
    """The pool of one cycle: who drew on it, on which days, and where it is likely to end."""

    tree_id: UUID
    cycle: Cycle
    currency: Literal[CURRENCY]  # type: ignore[valid-type]
    pool_events: Count
    bands: list[Band]
    projected: PoolEnd | None
    workspaces: list[Draw]
    days: list[DayOfCycle]


class AsOfAnswer(Answer):
    """A screen as it was: rows by name, with the columns that they have, which are only ever added."""

    workspace_id: UUID
    screen: Literal["overview", "workspaces", "members", "billing", "pool", "invoices"]
    position: Count
    metering_position: Count
    at: Instant
    shown: dict[str, Any]
