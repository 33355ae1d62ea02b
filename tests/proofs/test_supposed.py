"""Whatever is supposed at any moment of a random life: it is answered, explained, and leaves no trace."""

from __future__ import annotations

import os
from collections import Counter
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from adapters.in_memory import InMemory
from adapters.postgres.naming import Named
from domain.permissions import Role
from domain.what_if.deeds import Deed, Supposition
from domain.what_if.life import Copy
from projections.compared.comparing import WhatIf, what_if
from projections.compared.told import Reader
from tests.house import House
from tests.proofs.random_life import RandomLife
from tests.proofs.test_compared import moment, noting_of, reader_of

LONG = os.environ.get("HEARTWOOD_LONG") == "1"
SEEDS = range(10) if LONG else range(1)
TIMES = 12 if LONG else 2  # that each deed is supposed
STEPS = 280


def heads(house: House) -> Any:
    with house.database.reading() as db:
        return db.execute(
            "SELECT heartwood_head('agency') AS agency, heartwood_head('metering') AS metering,"
            " (SELECT count(*) FROM event_index) AS facts, (SELECT count(*) FROM outbox) AS errands,"
            " (SELECT count(*) FROM timeline) AS lines, (SELECT sum(last_value) FROM pg_sequences) AS drawn"
        ).fetchone()


def supposed(house: House, life: RandomLife, random: Random, deed: Deed, reader: Reader) -> WhatIf:
    tree = next(one for one in life.trees if one.anchor_id == reader.workspace_id)
    with house.database.reading(Named(tenants=reader.tenants)) as db:
        now = house.wiring.past.at_instant(db, house.clock(), house.clock())
        positions = db.execute(
            "SELECT position FROM event_index WHERE log = 'agency' AND tree_id = ANY (%s) ORDER BY position",
            (list(reader.tenants),),
        ).fetchall()
    child_id = random.choice(tree.child_ids)
    place = child_id if deed is Deed.REMOVE_CHILD else random.choice([tree.anchor_id, child_id])
    at = moment(house, random.choice(positions[10:])["position"])

    def supposition(_: Copy) -> Supposition:
        return Supposition(
            deed=deed,
            at=at.at,
            by=life.owner_id,
            anchor_id=tree.anchor_id,
            workspace_id=place,
            new_id=uuid4(),
            plan=random.choice(["pro", "agency"]),
            person_id=random.choice(life.people),
            role=random.choice(list(Role)),
        )

    return what_if(noting_of(house), InMemory, reader, at, now, supposition)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_supposed_is_answered_and_leaves_no_trace(house: House, seed: int) -> None:
    life, random = RandomLife(house, seed), Random(seed)
    life.go_on(STEPS)
    house.run_followed()
    before, came_of_it = heads(house), Counter[str]()

    for deed in [*Deed] * TIMES:
        reader = reader_of(house, random.choice(life.trees).anchor_id)
        found = supposed(house, life, random, deed, reader)
        for number, row in enumerate(found.rows):
            for one in row.fields:
                assert found.would[number, one.name] or found.happened[number, one.name], (
                    row.table,
                    one.name,
                )
        kind = "refused" if found.supposed.refusal else "differs" if found.rows else "nothing"
        came_of_it[kind] += 1

    assert heads(house) == before
    assert came_of_it["differs"] >= len(Deed) * TIMES // 3, came_of_it
