"""Is a comparison of two moments exact, to the field and to the fact?

It is held against a naive one: rows that are folded anew up to each moment, and anew after every single fact.
"""

from __future__ import annotations

import os
from random import Random
from typing import Any
from uuid import UUID

import pytest

from adapters.in_memory import InMemory
from adapters.postgres.naming import Named
from adapters.postgres.noting import Noting
from domain.changes import Rows
from domain.fact import Fact
from domain.moments import Moment
from domain.permissions import Role
from domain.what_if.deeds import Deed, Supposition
from domain.what_if.life import suppose
from projections.catalogue import COMPARED
from projections.compared.comparing import compare, divided
from projections.compared.fields import SHOWN
from projections.compared.told import Reader, Told
from tests.house import House
from tests.proofs.random_life import RandomLife

LONG = os.environ.get("HEARTWOOD_LONG") == "1"
SEEDS = range(12) if LONG else range(2)
PAIRS = 20 if LONG else 4
STEPS = 280

Place = tuple[str, int]
Naive = dict[tuple[str, tuple[Any, ...], str], tuple[Any, Any, list[Place]]]


def noting_of(house: House) -> Noting:
    """As the web has it."""
    return Noting(house.web.database, COMPARED)


def reader_of(house: House, anchor_id: UUID) -> Reader:
    with house.database.reading() as db:
        led = db.execute("SELECT unnest(heartwood_led_by(%s)) AS led", (anchor_id,)).fetchall()
    return Reader(workspace_id=anchor_id, tenants=tuple(row["led"] for row in led), leads=True)


def moment(house: House, position: int) -> Moment:
    with house.database.reading() as db:
        return house.wiring.past.at_position(db, position)


def facts_of(noting: Noting, reader: Reader, upto: Moment) -> tuple[list[Fact], list[Fact]]:
    told = Told(reader=reader)
    with noting.tables(reader.tenants) as db:
        told.take(noting.facts(db, "agency", 0, upto.position))
        usage = [one for one in noting.facts(db, "metering", 0, upto.counted) if told.counts(one.event)]
    return told.facts, usage


def folded(noting: Noting, facts: list[Fact]) -> Rows:
    with noting.tables([]) as db:
        noting.feed(db, facts)
        return noting.rows(db)


def places(facts: Any) -> list[Place]:
    return [(fact.log, fact.position) for fact in facts]


def naively(noting: Noting, reader: Reader, before: Moment, after: Moment) -> Naive:
    """The rows after each single fact, and which of these steps changed a field that differs in the end."""
    agency, usage = facts_of(noting, reader, after)
    early = [one for one in agency if one.position <= before.position]
    early += [one for one in usage if one.position <= before.counted]
    later = [one for one in agency if one.position > before.position]
    later += [one for one in usage if one.position > before.counted]
    with noting.tables([]) as db:
        keys = noting.keys(db)
        noting.feed(db, early)
        snapshots = [noting.rows(db)]
        for fact in later:
            noting.feed(db, [fact])
            snapshots.append(noting.rows(db))
    cells = [_cells(rows, keys) for rows in snapshots]
    found: Naive = {}
    told = Told(reader=reader)
    told.take(agency)  # without the ids of other agencies
    first, last = (_cells(told.known(rows), keys) for rows in (snapshots[0], snapshots[-1]))
    for cell in first.keys() | last.keys():
        was, became = first.get(cell), last.get(cell)
        if was != became:
            by = [
                (fact.log, fact.position)
                for fact, one, other in zip(later, cells, cells[1:], strict=False)
                if one.get(cell) != other.get(cell)
            ]
            found[cell] = was, became, by
    return found


def _cells(rows: Rows, keys: Any) -> dict[tuple[str, tuple[Any, ...], str], Any]:
    """Every field that a screen shows, and is not empty."""
    return {
        (table, tuple(row[column] for column in keys[table]), name): row[name]
        for table, shown in SHOWN.items()
        for row in rows[table]
        for name in shown.fields
        if row[name] is not None
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_a_comparison_says_what_differs_and_which_facts_made_it_so(house: House, seed: int) -> None:
    life, random = RandomLife(house, seed), Random(seed)
    life.go_on(STEPS)
    house.run_followed()
    noting = noting_of(house)
    pages = 0

    for _ in range(PAIRS):
        reader = reader_of(house, random.choice(life.trees).anchor_id)
        with house.database.reading() as db:
            head = db.execute("SELECT heartwood_head('agency') AS head").fetchone()
        first, last = sorted(random.sample(range(1, head["head"] + 1), 2))
        before, after = moment(house, first), moment(house, last)
        compared = compare(noting, reader, before, after)
        with noting.tables([]) as db:
            keys = noting.keys(db)
        told = {
            (row.table, tuple(row.row[column] for column in keys[row.table]), one.name): (
                one.before,
                one.after,
                places(one.facts),
            )
            for row in compared.rows
            for one in row.fields
        }

        assert told == naively(noting, reader, before, after)
        assert all(by for _, _, by in told.values())
        pages += len(told)

    assert pages > 100  # something was compared


@pytest.mark.parametrize("seed", SEEDS)
def test_who_supposes_nothing_finds_what_happened(house: House, seed: int) -> None:
    """Every command done once more, and all that Stripe said heard once more, come to the same rows."""
    life, random = RandomLife(house, seed), Random(seed)
    life.go_on(STEPS)
    house.run_followed()
    noting = noting_of(house)
    lived = 0

    for tree in life.trees[:3]:
        reader = reader_of(house, tree.anchor_id)
        with house.database.reading(Named(tenants=reader.tenants)) as db:
            now = house.wiring.past.at_instant(db, house.clock(), house.clock())
        agency, usage = facts_of(noting, reader, now)
        at = moment(house, random.choice(agency[5:-5]).position)
        before, later = divided(agency, usage, at)
        nothing = Supposition(
            deed=Deed.CHANGE_ROLE,
            at=at.at,
            by=life.owner_id,
            anchor_id=tree.anchor_id,
            workspace_id=tree.anchor_id,
            new_id=tree.anchor_id,
            person_id=life.owner_id,
            role=Role.OWNER,
        )
        supposed = suppose(InMemory(before), nothing, before, later, now.at)
        once_more = folded(noting, [*before, *(step.fact for step in supposed.steps)])
        as_it_was = folded(noting, [*before, *later])

        assert supposed.left_out == ()
        for table in as_it_was:
            assert _shown(once_more, table) == _shown(as_it_was, table), table
        lived += len(later)

    assert lived > 20  # something was lived once more


def _shown(rows: Rows, table: str) -> list[list[tuple[str, Any]]]:
    shown = SHOWN[table]
    names = {*shown.fields, *(name for name, _ in shown.known_by)}
    return sorted([(name, str(row[name])) for name in sorted(names)] for row in rows[table])
