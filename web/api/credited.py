"""What the API takes and answers about credits, member by member."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from domain.credits.category import Category
from domain.plans import CURRENCY
from projections.credit_history import ENTRIES
from web.api.answers import Answer, Count, Cycle, Instant

CategoryName = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [*map(str, Category)]})]
EntryName = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [*ENTRIES]})]
LinePlace = Annotated[str, msgspec.Meta(pattern=r"^[0-9]+\.[0-9]+$")]


class CreditLinesQuery(msgspec.Struct):
    """Which lines, and how many of them."""

    workspace: UUID | msgspec.UnsetType = msgspec.UNSET
    category: CategoryName | msgspec.UnsetType = msgspec.UNSET
    entry: EntryName | msgspec.UnsetType = msgspec.UNSET
    since: Instant | msgspec.UnsetType = msgspec.UNSET
    until: Instant | msgspec.UnsetType = msgspec.UNSET
    before: LinePlace | msgspec.UnsetType = msgspec.UNSET
    limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 100


class Buckets(Answer):
    """How the balance is made up; they are spent in this order. Where there is a debt, nothing else is."""

    grant_micros: Count
    rollover_micros: Count
    top_up_micros: Count
    debt_micros: Count


class UsedOfWorkspace(Answer):
    """What one workspace used in the cycle, without what was given back."""

    workspace_id: UUID
    spent_micros: int


class CreditsAnswer(Answer):
    """The agency's credits as they are now."""

    tree_id: UUID
    currency: Literal[CURRENCY]  # type: ignore[valid-type]
    frozen: bool
    cycle: Cycle | None
    balance_micros: int
    held_micros: Count
    available_micros: int
    buckets: Buckets
    used_by_category: dict[CategoryName, int]
    used_by_workspace: list[UsedOfWorkspace]


class CreditLine(Answer):
    """One line of the ledger, and what was left after it."""

    place: LinePlace
    at: Instant
    entry: EntryName
    category: CategoryName | None
    workspace_id: UUID | None
    subject_id: UUID | None
    amount_micros: int
    balance_micros: int


class CreditLinesAnswer(Answer):
    """Lines of the ledger, the newest first."""

    tree_id: UUID
    currency: Literal[CURRENCY]  # type: ignore[valid-type]
    lines: list[CreditLine]
    next_before: LinePlace | None


TREE = "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a00"
CHILD = "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a02"
CREDITS_EXAMPLE = {
    "tree_id": TREE,
    "currency": "eur",
    "frozen": False,
    "cycle": {"started_at": "2026-03-01T00:00:00Z", "ends_at": "2026-04-01T00:00:00Z"},
    "balance_micros": 849_878_000,
    "held_micros": 1_200_000,
    "available_micros": 848_678_000,
    "buckets": {
        "grant_micros": 799_878_000,
        "rollover_micros": 0,
        "top_up_micros": 50_000_000,
        "debt_micros": 0,
    },
    "used_by_category": {"phone_call": 122_000, "web_call": 0, "sms": 0, "forwarding": 0, "phone_number": 0},
    "used_by_workspace": [{"workspace_id": CHILD, "spent_micros": 122_000}],
}
LINES_EXAMPLE = {
    "tree_id": TREE,
    "currency": "eur",
    "lines": [
        {
            "place": "4711.0",
            "at": "2026-03-02T09:00:00Z",
            "entry": "usage",
            "category": "phone_call",
            "workspace_id": CHILD,
            "subject_id": "0b9c7a52-7f0e-4f9e-8f41-2a6de1c2b3d5",
            "amount_micros": -122_000,
            "balance_micros": 849_878_000,
        }
    ],
    "next_before": "4711.0",
}

MEANINGS = {
    ("CreditsAnswer", "frozen"): "Whether the subscription has ended, so that nothing can be spent.",
    ("CreditsAnswer", "balance_micros"): "What is left, in millionths of a euro.",
    ("CreditLine", "balance_micros"): "What was left with this line.",
    ("CreditsAnswer", "held_micros"): "What running calls hold.",
    ("CreditsAnswer", "available_micros"): "What can be spent: the balance without what is held.",
    ("CreditsAnswer", "buckets"): "How the balance is made up.",
    ("Buckets", "grant_micros"): "Of this cycle's grant.",
    ("Buckets", "rollover_micros"): "Of earlier cycles.",
    ("Buckets", "top_up_micros"): "Of what was topped up.",
    ("Buckets", "debt_micros"): "What running calls cost more than there was.",
    (
        "CreditsAnswer",
        "used_by_category",
    ): "What was used in this cycle, without what was given back, in millionths of a euro.",
    ("CreditsAnswer", "used_by_workspace"): "The same by workspace; those that used nothing are left out.",
    ("UsedOfWorkspace", "spent_micros"): "What it used, in millionths of a euro.",
    ("CreditLinesAnswer", "lines"): "The newest first.",
    ("CreditLinesAnswer", "next_before"): "Where the next, older page begins; null on the last one.",
    ("CreditLine", "place"): "Which line it is, in the order of all lines.",
    ("CreditLine", "entry"): "What the line is: used, given back, granted, topped up and so on.",
    ("CreditLine", "category"): "What it was used for; null of what is no use.",
    ("CreditLine", "subject_id"): "The call, charge or top-up that it is about; null of others.",
    ("CreditLine", "amount_micros"): "What it adds, or below zero takes, in millionths of a euro.",
    ("CreditLinesQuery", "workspace"): "Only lines of this workspace.",
    ("CreditLinesQuery", "since"): "Only lines from this instant on.",
    ("CreditLinesQuery", "until"): "Only lines before this instant.",
    ("CreditLinesQuery", "before"): "Only lines older than this place: the next_before of the page before.",
    ("CreditLinesQuery", "limit"): "At most so many.",
    ("UsedOfWorkspace", "workspace_id"): "The workspace's own id.",
    ("CreditLine", "workspace_id"): "Which workspace used it, or got it back; null of others.",
    ("CreditLine", "at"): "When it was recorded.",
    ("CreditsAnswer", "cycle"): "The running cycle; null where the plan has no credits.",
    ("CreditLinesQuery", "category"): "Only lines of this category.",
    ("CreditLinesQuery", "entry"): "Only lines of this kind.",
}
