"""What each route of the API takes and answers; a route that is missing here fails a test."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from domain.tracking import BATCH_MAX
from web.api import compared, credited, customer_types
from web.api.agent_operations import AGENT_OPERATIONS
from web.api.answers import (
    AgencyAnswer,
    AsOfAnswer,
    BatchAnswer,
    Instant,
    TrackAnswer,
    TreeAnswer,
    TreeUsageAnswer,
    UsageAnswer,
    WorkspaceAnswer,
)
from web.api.body import BatchItem, TrackBody
from web.api.call_operations import CALL_OPERATIONS
from web.api.compared import CompareAnswer, CompareQuery
from web.api.customer_types import CustomerAnswer, CustomerBody, CustomersAnswer
from web.api.deployed_operations import DEPLOYED_OPERATIONS
from web.api.held_operations import HELD_OPERATIONS
from web.api.operation import WITH_BODY, Operation

EVENT = {"agent_id": "concierge", "task_type": "book_appointment", "outcome": "success"}
RICH = EVENT | {
    "agent_duration_seconds": 12.5,
    "agent_cost": 0.04,
    "tokens_in": 1_250,
    "tokens_out": 310,
    "human_baseline_minutes": 15,
    "metadata": {"ticket": "4711"},
}
CYCLE = {"started_at": "2026-03-01T00:00:00Z", "ends_at": "2026-04-01T00:00:00Z"}
ANCHOR = "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a01"
CHILD = "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a02"
FACTS = {
    "event_id": "0b9c7a52-7f0e-4f9e-8f41-2a6de1c2b3d4",
    "workspace_id": ANCHOR,
    "received_at": "2026-03-02T09:00:00Z",
    "counted": True,
}
COUNTED = FACTS | {
    "baseline_minutes": 15,
    "baseline_source": "event",
    "hourly_rate_cents": 5_000,
    "hourly_rate_source": "default",
    "agent_cost_micros": 40_000,
    "agent_cost_source": "event",
    "hours_saved": 0.25,
    "saved_micros": 12_500_000,
    "net_saved_micros": 12_460_000,
    "currency": "eur",
    "audit_sample": None,
}
LACKING = {
    "code": "validation_error",
    "message": "Object missing required field `outcome`",
    "hint": "See the field; unknown fields are refused so that none is lost silently.",
    "field": "outcome",
}


class BatchBody(msgspec.Struct, forbid_unknown_fields=True):
    """Events that are recorded together; what is wrong with one spoils no other."""

    events: Annotated[list[BatchItem], msgspec.Meta(min_length=1, max_length=BATCH_MAX)]


class UsageQuery(msgspec.Struct, rename={"from_": "from"}):
    """A period, and how to divide it."""

    from_: Instant | msgspec.UnsetType = msgspec.UNSET
    to: Instant | msgspec.UnsetType = msgspec.UNSET
    group_by: Literal["day", "agent", "task_type", "outcome"] = "day"


class TreeUsageQuery(msgspec.Struct):
    """A cycle."""

    cycle: Instant | msgspec.UnsetType = msgspec.UNSET


class AsOfQuery(msgspec.Struct):
    """Which screen, and as of when."""

    screen: Literal["overview", "workspaces", "members", "billing", "pool", "invoices"] = "overview"
    at: Instant | msgspec.UnsetType = msgspec.UNSET
    position: Annotated[str, msgspec.Meta(pattern=r"^[0-9]+(\.[0-9]+)?$")] | msgspec.UnsetType = msgspec.UNSET


SUMS = {
    "events": 1_204,
    "hours_saved": 301.25,
    "saved_micros": 15_062_500_000,
    "agent_cost_micros": 48_160_000,
    "net_saved_micros": 15_014_340_000,
}
POOL = {"used": 26_000, "overage_events": 1_000, "overage_micros": 5_000_000}


OPERATIONS: dict[str, Operation] = {
    "track": Operation(
        summary="Record an event",
        scope="track",
        body=TrackBody,
        bodies={"The shortest": EVENT, "With everything that saves time and money": RICH},
        idempotent_by_header=True,
        answers={
            201: ("The event is recorded.", TrackAnswer),
            200: ("It was recorded before: the answer is the first one, told again.", TrackAnswer),
        },
        nos=(*WITH_BODY, 409),
        example=COUNTED,
    ),
    "track_batch": Operation(
        summary="Record many events",
        scope="track",
        body=BatchBody,
        bodies={
            "Two, each with its key": {
                "events": [RICH | {"idempotency_key": "order-1"}, EVENT | {"idempotency_key": "order-2"}]
            }
        },
        answers={200: ("Each event has a result of its own.", BatchAnswer)},
        nos=WITH_BODY,
        example={
            "recorded": 1,
            "results": [{"status": 201} | COUNTED, {"status": 422, "error": LACKING}],
        },
    ),
    "workspace": Operation(
        summary="The key's own workspace",
        scope="read",
        answers={200: ("The workspace as it is now.", WorkspaceAnswer)},
        example={
            "workspace_id": ANCHOR,
            "name": "Bright Signal",
            "plan": "agency",
            "cycle": CYCLE,
            "events": 1_204,
        },
    ),
    "agency": Operation(
        summary="Why can't I see Agency?",
        scope="read",
        answers={200: ("Whether it can be seen, or the first reason why not.", AgencyAnswer)},
        example={
            "visible": False,
            "reason": "customer_not_created",
            "message": "The customer has not been created.",
            "hint": "Add your first customer, with a workspace of their own, on the page “Customers”.",
        },
    ),
    "tree": Operation(
        summary="The whole tree",
        scope="read",
        answers={200: ("The tree as it is now.", TreeAnswer)},
        example={
            "tree_id": "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a00",
            "status": "active",
            "plan": "agency",
            "ends_at": None,
            "workspaces": [
                {"workspace_id": ANCHOR, "parent_org_id": None, "name": "Bright Signal", "plan": "agency"},
                {"workspace_id": CHILD, "parent_org_id": ANCHOR, "name": "Nordlicht", "plan": "agency"},
            ],
            "workspaces_max": 5,
            "cycles": [
                CYCLE
                | {
                    "pool_events": 25_000,
                    "used": 26_000,
                    "overage_events": 1_000,
                    "overage_micros": 5_000_000,
                }
            ],
        },
    ),
    "usage": Operation(
        summary="What the key's workspace tracked",
        scope="read",
        query=UsageQuery,
        answers={200: ("The usage of the period.", UsageAnswer)},
        nos=(422,),
        example={
            "workspace_id": ANCHOR,
            "from": CYCLE["started_at"],
            "to": CYCLE["ends_at"],
            "group_by": "outcome",
            "currency": "eur",
            "total": SUMS,
            "groups": [{"key": "success"} | SUMS],
            "other": None,
        },
    ),
    "tree_usage": Operation(
        summary="The tree's pool in a cycle",
        scope="read",
        query=TreeUsageQuery,
        answers={200: ("The pool of the cycle.", TreeUsageAnswer)},
        nos=(422,),
        example={
            "tree_id": "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a00",
            "cycle": CYCLE,
            "currency": "eur",
            "pool_events": 25_000,
            **POOL,
            "bands": [{"events": 1_000, "rate_micros": 5_000, "cost_micros": 5_000_000}],
            "projected": POOL,
            "workspaces": [{"workspace_id": ANCHOR, "name": "Bright Signal", "events": 26_000}],
            "days": [{"day": "2026-03-01T00:00:00Z", "events": 26_000}],
        },
    ),
    "credits": Operation(
        summary="The agency’s credits",
        scope="read",
        answers={200: ("The credits as they are now.", credited.CreditsAnswer)},
        example=credited.CREDITS_EXAMPLE,
    ),
    "credit_lines": Operation(
        summary="The lines of the agency’s credits",
        scope="read",
        query=credited.CreditLinesQuery,
        answers={200: ("Lines, the newest first.", credited.CreditLinesAnswer)},
        nos=(422,),
        example=credited.LINES_EXAMPLE,
    ),
    "as_of": Operation(
        summary="A screen as it was",
        scope="read",
        query=AsOfQuery,
        answers={200: ("The rows of the screen at that moment.", AsOfAnswer)},
        nos=(422,),
        example={
            "workspace_id": ANCHOR,
            "screen": "members",
            "position": 4_711,
            "metering_position": 90_210,
            "at": "2026-03-02T09:00:00Z",
            "shown": {
                "members": [
                    {
                        "workspace_id": ANCHOR,
                        "person_id": "0b9c7a52-7f0e-4f9e-8f41-2a6de1c2b3d5",
                        "role": "owner",
                        "joined_at": "2026-03-01T09:00:00Z",
                    }
                ],
                "invitations": [],
            },
        },
    ),
    "compare_moments": Operation(
        summary="Two moments compared",
        scope="read",
        query=CompareQuery,
        answers={200: ("What differs between the two.", CompareAnswer)},
        nos=(422,),
        example=compared.EXAMPLE,
    ),
    **HELD_OPERATIONS,
    "customers": Operation(
        summary="The agency's customers",
        scope="read",
        answers={200: ("The customers as they are now.", CustomersAnswer)},
        example={"customers": [customer_types.EXAMPLE]},
    ),
    "add_customer": Operation(
        summary="Add a customer",
        scope="manage",
        body=CustomerBody,
        bodies=customer_types.BODIES,
        idempotent_by_header=True,
        answers={
            201: ("The customer is added.", CustomerAnswer),
            200: ("They were added under this key before.", CustomerAnswer),
        },
        nos=(*WITH_BODY, 409),
        example=customer_types.EXAMPLE,
    ),
    **AGENT_OPERATIONS,
    **CALL_OPERATIONS,
    **DEPLOYED_OPERATIONS,
}
