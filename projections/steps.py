"""Steps: where among the events of a tenant is a place of the timeline, and what lies beside it?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from psycopg.rows import dict_row

from projections.catalogue import TIMELINE
from projections.hidden import NOTHING, Hidden
from projections.projection import Db
from projections.timeline import Place, TimelineRow

OURS: LiteralString = "(workspace_id = ANY(%(ids)s) OR tree_id = ANY(%(ids)s))"
HAPPENED: LiteralString = "(position, behind) <= (%(position)s, %(behind)s)"


@dataclass(frozen=True, kw_only=True)
class Stand:
    """The event that had happened last, which one it is of how many, and the places beside it."""

    number: int
    total: int
    last: TimelineRow | None  # None before the first
    before: Place | None
    after: Place | None


def stand_at(db: Db, ids: Collection[UUID], place: Place, hidden: Hidden = NOTHING) -> Stand:
    given = {"ids": list(ids), "position": place[0], "behind": place[1], **hidden.given}
    row = (
        db.cursor(row_factory=dict_row)
        .execute(
            f"SELECT count(*) AS total, count(*) FILTER (WHERE {HAPPENED}) AS number,"
            f" (array_agg(ARRAY[position, behind] ORDER BY position DESC, behind DESC)"
            f"   FILTER (WHERE {HAPPENED}))[1:2] AS until,"
            f" min(ARRAY[position, behind]) FILTER (WHERE NOT {HAPPENED}) AS after"
            f" FROM timeline WHERE {_ours(hidden)}",
            given,
        )
        .fetchone()
    )
    assert row is not None, "a count is one row"
    until = [(one[0], one[1]) for one in row["until"] or ()]
    return Stand(
        number=row["number"],
        total=row["total"],
        last=TIMELINE.at(db, until[0]) if until else None,
        before=until[1] if len(until) > 1 else None,
        after=(row["after"][0], row["after"][1]) if row["after"] else None,
    )


def place_of_step(db: Db, ids: Collection[UUID], number: int, hidden: Hidden = NOTHING) -> Place | None:
    """The first step is 1."""
    row = db.execute(
        f"WITH own AS MATERIALIZED (SELECT position, behind FROM timeline WHERE {_ours(hidden)})"
        " SELECT * FROM own ORDER BY position, behind OFFSET %(skip)s LIMIT 1",
        {"ids": list(ids), "skip": max(number - 1, 0), **hidden.given},
    ).fetchone()
    return (row["position"], row["behind"]) if row else None


def _ours(hidden: Hidden) -> LiteralString:
    return " AND ".join([OURS, *hidden.conditions])
