"""How two moments are compared for programs: what is asked, what is answered, and an example of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from projections.compared.fields import HEADINGS, SHOWN
from web.api.answers import Answer, Count, Instant

PLACE_OR_INSTANT = Annotated[str, msgspec.Meta(max_length=40, examples=["1", "2026-03-02T09:00:00Z"])]
ScreenName = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [screen.value for screen in HEADINGS]})]
TableName = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [*SHOWN]})]


class CompareQuery(msgspec.Struct, rename={"from_": "from"}):
    """Two moments, the earlier one first: each an instant with an offset, or a position."""

    from_: PLACE_OR_INSTANT
    to: PLACE_OR_INSTANT | msgspec.UnsetType = msgspec.UNSET


class MomentAnswer(Answer):
    """A moment, by the last fact of each log."""

    position: Count
    metering_position: Count
    at: Instant


class FactNamed(Answer):
    """A fact, by its place."""

    log: Literal["agency", "metering"]
    position: Count
    name: str
    at: Instant


class FieldCompared(Answer):
    """A field that differs."""

    name: str
    before: Any
    after: Any
    facts: list[FactNamed]
    facts_total: Count


class RowCompared(Answer):
    """A row of which something differs."""

    screen: ScreenName
    table: TableName
    key: dict[str, Any]
    state: Literal["new", "gone", "changed"]
    fields: list[FieldCompared]


class CompareAnswer(Answer, rename={"from_": "from"}):
    """What differs between two moments, screen by screen."""

    workspace_id: UUID
    from_: MomentAnswer
    to: MomentAnswer
    rows: list[RowCompared]


EXAMPLE = {
    "workspace_id": "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a01",
    "from": {"position": 4_711, "metering_position": 90_210, "at": "2026-03-02T09:00:00Z"},
    "to": {"position": 4_802, "metering_position": 91_004, "at": "2026-04-02T09:00:00Z"},
    "rows": [
        {
            "screen": "billing",
            "table": "subscriptions",
            "key": {"tree_id": "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a00"},
            "state": "changed",
            "fields": [
                {
                    "name": "status",
                    "before": "active",
                    "after": "ended",
                    "facts": [
                        {
                            "log": "agency",
                            "position": 4_790,
                            "name": "Tree.SubscriptionEnded",
                            "at": "2026-04-01T09:00:00Z",
                        }
                    ],
                    "facts_total": 1,
                }
            ],
        }
    ],
}
MEANINGS = {
    ("CompareQuery", "from"): "The earlier moment: an instant with an offset, or a position.",
    ("CompareQuery", "to"): "The later one; without it, now.",
    ("CompareAnswer", "from"): "The earlier moment.",
    ("CompareAnswer", "to"): "The later moment.",
    ("CompareAnswer", "rows"): "Every row of a screen of which a field differs.",
    ("MomentAnswer", "position"): "The last fact of the agency log by then.",
    ("MomentAnswer", "at"): "What the clock showed.",
    ("FactNamed", "log"): "Which log it is in.",
    ("FactNamed", "position"): "Its place there.",
    ("FactNamed", "name"): "What kind of fact it is.",
    ("FactNamed", "at"): "When it was recorded.",
    ("FieldCompared", "name"): "The column.",
    ("FieldCompared", "before"): "Its value at the earlier moment; null where there was none.",
    ("FieldCompared", "after"): "Its value at the later moment; null where there was none.",
    ("FieldCompared", "facts"): "The facts that changed it in between, at most the last 100.",
    ("FieldCompared", "facts_total"): "How many did.",
    ("RowCompared", "screen"): "The screen that shows it.",
    ("RowCompared", "table"): "The table behind it.",
    ("RowCompared", "key"): "Which row it is.",
    ("RowCompared", "state"): "Whether it came, went or stayed.",
    ("RowCompared", "fields"): "Those that differ.",
}
