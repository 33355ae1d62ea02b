"""What every screen showed while things happened, kept to be compared with what it shows as of then."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from uuid import UUID

from adapters.postgres.naming import Named
from domain.moments import Moment
from projections.catalogue import ACCESS, DASHBOARD
from projections.screens import Screen, Shown, shown
from tests.house import House

Place = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """All screens of one workspace, as those who lead it saw them, or its own people."""

    workspace_id: UUID
    leads: bool
    place: Place
    only_agency: bool  # whether nothing was tracked since the last fact of the agency log
    at: datetime
    screens: dict[Screen, Shown | None]


@dataclass
class Lookers:
    house: House
    seen: list[Seen] = field(default_factory=list)
    place: Place = (0, 0)
    kinds: Counter[str] = field(default_factory=Counter)

    def look(self, chance: random.Random | None = None) -> None:
        """After whatever has just been done: at what it was about, and at something else."""
        self.house.run_followed()
        with self.house.database.reading() as db:
            before, self.place = self.place, _heads(db)
            touched = db.execute(
                "SELECT log, topic, coalesce(workspace_id, anchor_id) AS workspace_id FROM event_index"
                " LEFT JOIN access_trees USING (tree_id)"
                " WHERE position > CASE log WHEN 'agency' THEN %s ELSE %s END",
                before,
            ).fetchall()
            there = [row["workspace_id"] for row in db.execute("SELECT * FROM dashboard ORDER BY 1")]
        if before == self.place:
            return
        self.kinds.update(row["topic"] for row in touched)
        about = {row["workspace_id"] for row in touched} & set(there)
        if chance is not None:
            about = {*sorted(about)[:1], chance.choice(there)}
        only_agency = before[1] == self.place[1]
        for workspace_id in sorted(about):
            for leads in (True, False):
                self.seen.append(self._seen(workspace_id, leads, only_agency))

    def _seen(self, workspace_id: UUID, leads: bool, only_agency: bool) -> Seen:
        at = self.house.clock()
        with self.house.web.database.reading(self.named(workspace_id, leads)) as db:
            screens = {one: shown(db, one, workspace_id, at, leads=leads) for one in Screen}
        return Seen(
            workspace_id=workspace_id,
            leads=leads,
            place=self.place,
            only_agency=only_agency,
            at=at,
            screens=screens,
        )

    def named(self, workspace_id: UUID, leads: bool) -> Named:
        """Whom the gate names: all that is or was part of a tree, or a child alone."""
        with self.house.database.reading() as db:
            row = DASHBOARD.in_workspace(db, workspace_id)
            anchor_id = row.parent_id or workspace_id if row and leads else workspace_id
            return Named(tenants={workspace_id, *(ACCESS.led_by(db, anchor_id) if leads else ())})

    # Looking back.

    def differences(self, wanted: Iterable[Seen], *, by_clock: bool = True) -> Iterator[str]:
        """What is not as it was, however the moment is named; not `by_clock` where it stood still."""
        by_whom = sorted(wanted, key=lambda one: (str(one.workspace_id), one.leads, one.place))
        past = self.house.web.past
        for (workspace_id, leads), seen in groupby(by_whom, key=lambda one: (one.workspace_id, one.leads)):
            named = self.named(workspace_id, leads)
            for one in seen:
                with self.house.web.database.reading(named) as live:
                    moments = [past.at_place(live, *one.place)]
                    if by_clock:
                        moments.append(past.at_instant(live, one.at, self.house.clock()))
                    if by_clock and one.only_agency:
                        moments.append(past.at_position(live, one.place[0]))
                yield from self._differences(one, named, moments)

    def _differences(self, one: Seen, named: Named, moments: list[Moment]) -> Iterator[str]:
        """The tables are made for the first of them, and gone to from there for the others."""
        past = self.house.web.past
        with past.reading(named, moments[0]) as db:
            at = moments[0]
            for moment in moments:
                past.go(db, at, moment)
                at = moment
                for screen, then in one.screens.items():
                    now = shown(db, screen, one.workspace_id, moment.at, leads=one.leads)
                    if now != then:
                        unlike = _unlike(then or {}, now or {})
                        yield f"{screen} of {one.workspace_id} at {one.place}: {unlike}"


def _unlike(then: Shown, now: Shown) -> str:
    """Only what differs, so that one can read it."""
    names = sorted(name for name in then | now if then.get(name) != now.get(name))
    return "; ".join(f"{name} was {then.get(name)}, is {now.get(name)}" for name in names)


def heads(house: House) -> Place:
    with house.database.reading() as db:
        return _heads(db)


def _heads(db: object) -> Place:
    query = "SELECT heartwood_head('agency') AS agency, heartwood_head('metering') AS metering"
    row = db.execute(query).fetchone()  # type: ignore[attr-defined]
    return row["agency"], row["metering"]
