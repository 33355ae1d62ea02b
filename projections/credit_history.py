"""The lines of a ledger, as people and programs ask for them: some of them, in order, or summed up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from projections.projection import Db

ENTRIES = (
    "usage", "refund", "grant", "rollover", "top_up", "correction", "transfer_out", "transfer_in", "thawed",
    "moved_out",
)  # fmt: skip
PAGE_MAX = 500
Place = tuple[int, int]  # the position of the fact in the log of usage, and which of its lines

LINES = """
    SELECT tree_id, position, number, at, entry, category, workspace_id, subject_id, amount_micros,
           balance_micros
      FROM credit_lines
     WHERE tree_id = %(tree_id)s
       AND (%(workspace_id)s::uuid IS NULL OR workspace_id = %(workspace_id)s)
       AND (%(category)s::text IS NULL OR category = %(category)s)
       AND (%(entry)s::text IS NULL OR entry = %(entry)s)
       AND (%(since)s::timestamptz IS NULL OR at >= %(since)s)
       AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
"""
OLDER = f"""
    {LINES} AND (%(position)s::bigint IS NULL OR (position, number) < (%(position)s, %(number)s))
     ORDER BY position DESC, number DESC LIMIT %(limit)s
"""
USED = """
    SELECT workspace_id, category, -sum(amount_micros)::bigint AS spent_micros
      FROM credit_lines
     WHERE tree_id = %s AND at >= %s AND workspace_id IS NOT NULL AND category IS NOT NULL
     GROUP BY workspace_id, category ORDER BY workspace_id, category
"""


@dataclass(frozen=True, kw_only=True)
class LineFilter:
    """None: whatever it is. `since` belongs to the period, `until` to what comes after it."""

    workspace_id: UUID | None = None
    category: str | None = None
    entry: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class LineRow:
    """`balance_micros` is what was left with this line, of all there is in the ledger."""

    tree_id: UUID
    position: int
    number: int
    at: datetime
    entry: str
    category: str | None
    workspace_id: UUID | None
    subject_id: UUID | None
    amount_micros: int
    balance_micros: int

    @property
    def place(self) -> Place:
        return self.position, self.number


@dataclass(frozen=True, kw_only=True)
class UsedRow:
    """What a workspace used in one category, without what was given back of it."""

    workspace_id: UUID
    category: str
    spent_micros: int


def lines_of_tree(
    db: Db, tree_id: UUID, which: LineFilter, *, before: Place | None = None, limit: int
) -> list[LineRow]:
    """The newest first; those older than a line."""
    position, number = before or (None, None)
    given = {
        **vars(which),
        "tree_id": tree_id,
        "position": position,
        "number": number,
        "limit": limit,
    }
    return db.cursor(row_factory=class_row(LineRow)).execute(OLDER, given).fetchall()


def line_of_tree(db: Db, tree_id: UUID, position: int) -> LineRow | None:
    """The line of a fact; of a grant, which may have two, the one that adds."""
    found = db.cursor(row_factory=class_row(LineRow)).execute(
        f"{LINES} AND position = %(position)s ORDER BY number DESC LIMIT 1",
        {**vars(LineFilter()), "tree_id": tree_id, "position": position},
    )
    return found.fetchone()


def lines_about(db: Db, tree_id: UUID, subject_id: UUID, *, limit: int) -> list[LineRow]:
    """Of one call, charge or top-up, and what was given back of it; the oldest first."""
    found = db.cursor(row_factory=class_row(LineRow)).execute(
        f"{LINES} AND subject_id = %(subject_id)s ORDER BY position LIMIT %(limit)s",
        {**vars(LineFilter()), "tree_id": tree_id, "subject_id": subject_id, "limit": limit},
    )
    return found.fetchall()


def used_since(db: Db, tree_id: UUID, since: datetime) -> list[UsedRow]:
    """By workspace and category."""
    return db.cursor(row_factory=class_row(UsedRow)).execute(USED, (tree_id, since)).fetchall()
