"""What a program sends and reads of an agency's customers, member by member."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from web.api.answers import Answer, Instant

LEVEL = Literal["none", "view", "edit"]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class Levels(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the customer sees; an area that is left out is as the agency decided before."""

    dashboard: LEVEL | msgspec.UnsetType = msgspec.UNSET
    prompts: LEVEL | msgspec.UnsetType = msgspec.UNSET
    configuration: LEVEL | msgspec.UnsetType = msgspec.UNSET
    deployment: LEVEL | msgspec.UnsetType = msgspec.UNSET
    actions: LEVEL | msgspec.UnsetType = msgspec.UNSET


class CustomerBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A customer with a workspace of their own, or in a workspace of the agency that is nobody's yet."""

    name: Line
    contact: Annotated[str, msgspec.Meta(max_length=300)] | None = None
    notes: Annotated[str, msgspec.Meta(max_length=2_000)] | None = None
    workspace_id: UUID | None = None
    workspace_name: Line | None = None
    visibility: Levels | None = None


class CustomerAnswer(Answer):
    """A customer, as the agency keeps them."""

    customer_id: UUID
    name: str
    status: Literal["active", "suspended", "closed"]
    workspace_id: UUID
    workspace_name: str | None
    gone: Literal["left", "deleted"] | None
    contact: str | None
    notes: str | None
    added_at: Instant


class CustomersAnswer(Answer):
    """Those that are served first; at most 500."""

    customers: list[CustomerAnswer]


EXAMPLE: dict[str, Any] = {
    "customer_id": "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a03",
    "name": "Larkfield",
    "status": "active",
    "workspace_id": "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a02",
    "workspace_name": "Larkfield — Support line",
    "gone": None,
    "contact": None,
    "notes": None,
    "added_at": "2026-03-02T09:00:00Z",
}
BODIES: dict[str, Any] = {
    "The shortest": {"name": "Larkfield"},
    "With everything": {
        "name": "Osprey",
        "contact": "the front desk, weekdays",
        "notes": "pays by the year",
        "workspace_name": "Osprey — Sales line",
        "visibility": {"prompts": "none", "configuration": "view"},
    },
}
_OF_AREA = "How much of it the customer sees and changes."
MEANINGS = {
    ("CustomerBody", "name"): "What you call the customer.",
    ("CustomerBody", "contact"): "Who to ask for and how to reach them; sealed by itself, and can be erased.",
    ("CustomerBody", "notes"): "What your own people should know.",
    (
        "CustomerBody",
        "workspace_id",
    ): "A workspace of the agency that has no customer; without it, a new one.",
    (
        "CustomerBody",
        "workspace_name",
    ): "Of a new workspace, such as “[Client] — [Project]”; without it, the name.",
    ("CustomerBody", "visibility"): "What the customer sees; without it, what new workspaces begin with.",
    **{("Levels", area): _OF_AREA for area in Levels.__struct_fields__},
    ("CustomersAnswer", "customers"): "All there ever were.",
    ("CustomerAnswer", "customer_id"): "The customer's own id.",
    ("CustomerAnswer", "name"): "What you call the customer.",
    ("CustomerAnswer", "status"): "Calls are taken while it is active.",
    ("CustomerAnswer", "workspace_id"): "Where the customer lives.",
    ("CustomerAnswer", "workspace_name"): "What the workspace is called; null once it is gone.",
    ("CustomerAnswer", "gone"): "What became of the workspace; null while it is part of the agency.",
    ("CustomerAnswer", "contact"): "How to reach them; null without one, and when it was erased.",
    ("CustomerAnswer", "notes"): "What your own people should know; null without any.",
    ("CustomerAnswer", "added_at"): "Since when.",
}
