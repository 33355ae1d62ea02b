"""A page of the timeline: which rows does one ask for, and how are they found without reading all others?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString, TypedDict
from uuid import UUID

from psycopg.rows import class_row

from projections.hidden import NOTHING, Hidden
from projections.projection import Db

PAGE_MAX = 200
POSITION_MAX = 2**62
# Where no index knows what is asked for, a page looks through so many rows, and says where it stopped.
WINDOW = 2_000
CHOICES_MAX = 200
# No fact is appended longer after the instant it carries: every wait before an append ends long before.
LATE_MAX = timedelta(hours=1)
COLUMNS: LiteralString = (
    "position, behind, stream, version, name, tree_id, workspace_id, actor, cause, story, at, fields"
)

Place = tuple[int, int]  # position and `behind` of a row: facts of both logs in one order


@dataclass(frozen=True, kw_only=True)
class TimelineRow:
    position: int  # in the log of agencies, or the last one there by then
    behind: int  # of a fact of the other log: its position there; 0 for all others
    stream: UUID
    version: int
    name: str  # as in Tree.ChildAdded
    tree_id: UUID | None
    workspace_id: UUID | None
    actor: str
    cause: str
    story: str
    at: datetime
    fields: dict[str, Any]  # of the fact, as stored

    @property
    def place(self) -> Place:
        return self.position, self.behind


@dataclass(frozen=True, kw_only=True)
class Word:
    """What a word may mean that somebody looks for: one of these, or letters in the fact as it is stored."""

    names: frozenset[str] = frozenset()  # of kinds of facts
    people: frozenset[UUID] = frozenset()
    workspaces: frozenset[UUID] = frozenset()
    # Of facts as they are stored; nothing for who does not see them so.
    letters: tuple[str, ...] = ()
    id: UUID | None = None
    position: int | None = None


@dataclass(frozen=True, kw_only=True)
class TimelineFilter:
    """What to show; an empty field does not narrow. Of words, each one has to be there."""

    name: str | None = None
    actor: str | None = None
    workspace_id: UUID | None = None
    person_id: UUID | None = None  # who did it, or whom it names
    story: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: tuple[Word, ...] = ()


EVERYTHING = TimelineFilter()


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Whose timeline it is: a tree's or a workspace's."""

    column: LiteralString
    id: UUID


class Part(TypedDict, total=False):
    """Which part of the timeline: below a place, or above one, and nearest to it; and without which facts."""

    before: Place | None
    after: Place | None
    limit: int
    hidden: Hidden


@dataclass(frozen=True, kw_only=True)
class TimelinePage:
    """Rows, the newest first; `stopped` is the last place that was looked at, if there may be more beyond."""

    rows: list[TimelineRow]
    stopped: Place | None = None


def page(
    db: Db,
    subject: Subject,
    which: TimelineFilter,
    *,
    before: Place | None = None,
    after: Place | None = None,
    limit: int = 50,
    hidden: Hidden = NOTHING,
) -> TimelinePage:
    asking = _Asking(subject, which, after, before)
    asking.leave_out(hidden)
    asking.in_period(db)
    limit = min(limit, PAGE_MAX)
    found = db.cursor(row_factory=class_row(TimelineRow)).execute(
        asking.statement(), asking.given | {"limit": limit}
    )
    rows = sorted(found.fetchall(), key=lambda row: row.place, reverse=True)
    stopped = asking.stopped(db) if asking.rest and len(rows) < limit else None
    return TimelinePage(rows=rows, stopped=stopped)


# What narrows a page, the narrowest first, each with the conditions of which one has to hold.
NARROWING: dict[str, tuple[LiteralString, ...]] = {
    "story": ("story = %(story)s",),
    "person_id": ("actor = %(person)s", "person_id = %(person_id)s", "heir_id = %(person_id)s"),
    "actor": ("actor = %(actor)s",),
    "name": ("name = %(name)s",),
    "workspace_id": ("workspace_id = %(workspace_id)s",),
}
WITHOUT_INDEX = {("workspace_id", "actor")}  # of this subject


class _Asking:
    """A question as it goes to the database.

    `ways` are conditions that an index answers, each alone and in the order of places; a row comes one of
    these ways. `rest` is asked of the rows that were found so.
    """

    def __init__(self, subject: Subject, which: TimelineFilter, after: Place | None, before: Place | None):
        self.subject = subject
        self.which = which
        self.order: LiteralString = "ASC" if after is not None and before is None else "DESC"
        self.given: dict[str, Any] = {"subject": subject.id, "window": WINDOW}
        self.ways: tuple[LiteralString, ...] = ("true",)
        self.rest: list[LiteralString] = []
        self.places: list[LiteralString] = [f"{subject.column} = %(subject)s"]
        self._between("after", ">", after)
        self._between("before", "<", before)
        self._narrow()
        for number, word in enumerate(which.words):
            self._look_for(f"word_{number}", word)

    def leave_out(self, hidden: Hidden) -> None:
        """Where rows are counted: so no page tells that there was something to leave out."""
        self.places += hidden.conditions
        self.given |= hidden.given

    def in_period(self, db: Db) -> None:
        """Instants grow with places, but for how late a fact may come: so places bound a period."""
        for name, compared, late in (("since", ">=", -LATE_MAX), ("until", "<", LATE_MAX)):
            at = getattr(self.which, name)
            if at is None:
                continue
            self.given[name] = at
            self.given[f"{name}_position"] = position_at(db, self.subject, at, late)
            self.places.append(f"position {compared} %({name}_position)s")
            self.rest.append(f"at {compared} %({name})s")

    def statement(self) -> LiteralString:
        most: LiteralString = "%(window)s" if self.rest else "%(limit)s"
        return (
            f"SELECT {COLUMNS} FROM ({self._found(most)} LIMIT {most}) seen"
            f" WHERE {' AND '.join(self.rest or ['true'])}"
            f" ORDER BY position {self.order}, behind {self.order} LIMIT %(limit)s"
        )

    def stopped(self, db: Db) -> Place | None:
        """The last place of the window, if there are as many rows."""
        row = db.execute(
            f"SELECT position, behind FROM ({self._found('%(window)s')} LIMIT %(window)s) seen"
            f" ORDER BY position {self.order}, behind {self.order} LIMIT 1 OFFSET %(window)s - 1",
            self.given,
        ).fetchone()
        return (row["position"], row["behind"]) if row else None

    def _found(self, most: LiteralString) -> LiteralString:
        """All that came one of the ways, in order; each way leads to the nearest rows only."""
        where = " AND ".join(self.places)
        order: LiteralString = f"ORDER BY position {self.order}, behind {self.order}"
        found: list[LiteralString] = [
            f"SELECT {COLUMNS}, person_id, heir_id FROM timeline WHERE {where} AND {way} {order}"
            for way in self.ways
        ]
        if len(found) == 1:
            return found[0]
        several = " UNION ".join(f"(SELECT * FROM ({one} LIMIT {most}) way)" for one in found)
        return f"SELECT * FROM ({several}) ways {order}"

    def _between(self, name: LiteralString, compared: LiteralString, place: Place | None) -> None:
        if place is not None:
            self.given |= {name: place[0], f"{name}_behind": place[1]}
            self.places.append(f"(position, behind) {compared} (%({name})s, %({name}_behind)s)")

    def _narrow(self) -> None:
        for name, conditions in NARROWING.items():
            if (value := getattr(self.which, name)) is None:
                continue
            self.given[name] = value
            if self.ways == ("true",) and (self.subject.column, name) not in WITHOUT_INDEX:
                self.ways = conditions
            else:
                self.rest.append(f"({' OR '.join(conditions)})")
        self.given["person"] = f"person:{self.which.person_id}"

    def _look_for(self, key: str, word: Word) -> None:
        """Whoever sees facts as they are stored finds in them what they hold, ids included."""
        if not word.letters:
            self.given |= {
                f"{key}_people": sorted(word.people),
                f"{key}_actors": [f"person:{one}" for one in sorted(word.people)],
            }
            last = f"person_id = ANY(%({key}_people)s) OR heir_id = ANY(%({key}_people)s)"
            last += f" OR actor = ANY(%({key}_actors)s)"
        else:
            texts = [*word.letters, *(str(one) for one in sorted(word.people | word.workspaces))]
            self.given[f"{key}_texts"] = [f"%{_escaped(one)}%" for one in texts]
            last = f"fields::text LIKE ANY(%({key}_texts)s)"
            if word.id is not None:
                self.given[f"{key}_id"] = word.id
                last += f" OR stream = %({key}_id)s"
            if word.position is not None:
                self.given[f"{key}_position"] = word.position
                last += f" OR position = %({key}_position)s"
        self.given |= {f"{key}_names": sorted(word.names), f"{key}_workspaces": sorted(word.workspaces)}
        self.rest.append(
            f"(name = ANY(%({key}_names)s) OR workspace_id = ANY(%({key}_workspaces)s) OR {last})"
        )


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def position_at(db: Db, subject: Subject, at: datetime, late: timedelta) -> int:
    """The position at which the instants of a timeline come to this one, `late` added; halved until found."""
    try:
        at += late
    except OverflowError:
        return 0 if late < timedelta() else POSITION_MAX
    column = subject.column
    row = db.execute(
        "WITH RECURSIVE search (low, high) AS ("
        f" SELECT 0::bigint, (SELECT position + 1 FROM timeline WHERE {column} = %(subject)s"
        " ORDER BY position DESC LIMIT 1)"
        " UNION ALL"
        " SELECT CASE WHEN before THEN half ELSE low END, CASE WHEN before THEN high ELSE half END"
        " FROM (SELECT low, high, half, (SELECT at FROM timeline"
        f"   WHERE {column} = %(subject)s AND position >= half ORDER BY position, behind LIMIT 1"
        "  ) < %(at)s AS before FROM (SELECT low, high, (low + high) / 2 AS half FROM search"
        "   WHERE high - low > 1) halved) asked)"
        " SELECT high FROM search ORDER BY high - low LIMIT 1",
        {"subject": subject.id, "at": at},
    ).fetchone()
    return row["high"] if row and row["high"] is not None else 0


def values_of_tree(db: Db, column: LiteralString, tree_id: UUID) -> list[str]:
    """Which values a column has in a tree: through an index, from each one to the next."""
    rows = db.execute(
        f"WITH RECURSIVE found (value) AS ("
        f" (SELECT {column} FROM timeline WHERE tree_id = %(tree_id)s ORDER BY {column} LIMIT 1)"
        f" UNION ALL SELECT (SELECT {column} FROM timeline WHERE tree_id = %(tree_id)s AND {column} > value"
        f"  ORDER BY {column} LIMIT 1) FROM found WHERE value IS NOT NULL)"
        " SELECT value FROM found WHERE value IS NOT NULL LIMIT %(most)s",
        {"tree_id": tree_id, "most": CHOICES_MAX},
    )
    return [row["value"] for row in rows]
