"""What a projection cannot follow: is its tree left as it was on every screen, and nothing else with it?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from psycopg.rows import scalar_row

from adapters.postgres.rebuild import SomethingIsParked, StillPoison, rebuild, rebuild_followed
from domain.fact import Fact
from projections.catalogue import ACCESS, ALL, DASHBOARD, FOLLOWED, MEMBERS
from projections.dashboard import Dashboard
from tests.house import House
from tests.proofs.groves import Grove, Grown
from tests.proofs.rows import rows_of
from tests.proofs.shown import workspaces_shown
from tests.tracked import tracked


def poison(house: House, grown: Grown) -> None:
    """From now on the dashboard cannot follow that the anchor of this tree is renamed to this."""
    with house.database.writing() as db:
        db.execute("ALTER TABLE dashboard ADD CHECK (name_digest <> 'poison')")
    rename(house, grown, grown.anchor_id, "poison")


def rename(house: House, grown: Grown, workspace_id: UUID, name: str) -> None:
    house.agency.rename(workspace_id, grown.owner_id, name, because=house.because())


def track(house: House, workspace_id: UUID) -> None:
    house.wiring.ingest.track(workspace_id, [tracked()], because=house.because())


def names_shown(house: House, *workspace_ids: UUID) -> list[str | None]:
    with house.database.reading() as db:
        rows = [DASHBOARD.in_workspace(db, workspace_id) for workspace_id in workspace_ids]
    return [row.name_digest if row else None for row in rows]


def counted(house: House, workspace_id: UUID) -> int | None:
    with house.database.reading() as db:
        return (
            db.cursor(row_factory=scalar_row)
            .execute("SELECT events FROM usage_by_workspace WHERE workspace_id = %s", (workspace_id,))
            .fetchone()
        )


def parked(house: House) -> list[dict[str, Any]]:
    return list(house.wiring.health()["parked"])


def make_whole(house: House) -> dict[str, int]:
    """How many rows differed, by projection."""
    made = rebuild_followed(house.database, FOLLOWED, lambda *_: None)
    return {one.name: one.differences for one in made}


def test_a_poison_fact_leaves_its_tree_as_it_was_on_every_screen(house: House) -> None:
    grove, web = Grove(house.agency, house.clock), house.app.test_client()
    poisoned, well = grove.plant(2)
    house.run_followed()
    with house.database.writing() as db:
        anchor = f"workspace_id <> '{poisoned.anchor_id}'"
        db.execute(f"ALTER TABLE dashboard ADD CHECK ({anchor} OR plan <> 'free')")  # type: ignore[arg-type]

    grove.downgrade(poisoned)
    grove.downgrade(well)
    house.run_followed()

    ill = web.get("/healthz")
    assert (ill.status_code, ill.json["status"], ill.json["why"]) == (503, "degraded", ["parked"])
    assert [(one["projection"], one["error"]) for one in ill.json["parked"]] == [
        ("dashboard", "CheckViolation")
    ]
    assert workspaces_shown(house, poisoned) == (5, "active")
    assert workspaces_shown(house, well) == (0, "ended")

    make_whole(house)

    assert web.get("/healthz").json["status"] == "ok"
    assert workspaces_shown(house, poisoned) == (0, "ended")


def test_a_parked_tree_stays_parked_while_all_others_are_followed(house: House) -> None:
    poisoned, well = Grove(house.agency, house.clock).plant(2)
    house.run_followed()
    poison(house, poisoned)

    for tree in (poisoned, well):
        rename(house, tree, tree.child_ids[0], "another name")
    house.run_followed()

    assert names_shown(house, poisoned.anchor_id, poisoned.child_ids[0]) == ["Bright Signal", "Client 1"]
    assert names_shown(house, well.anchor_id, well.child_ids[0]) == ["Bright Signal", "another name"]
    assert house.wiring.health()["logs"]["agency"]["lag"] == 0


@pytest.mark.parametrize("in_one_batch", [True, False])
def test_a_workspace_that_leaves_a_parked_tree_stays_parked(house: House, in_one_batch: bool) -> None:
    grove = Grove(house.agency, house.clock)
    (poisoned,) = grove.plant(1)
    house.run_followed()
    poison(house, poisoned)
    house.run_followed()

    grove.downgrade(poisoned)
    if not in_one_batch:
        house.run_followed()
    rename(house, poisoned, poisoned.child_ids[0], "alone")  # a fact that names no tree any more
    house.run_followed()

    assert names_shown(house, poisoned.child_ids[0]) == ["Client 1"]
    assert workspaces_shown(house, poisoned) == (5, "active")
    assert len(parked(house)) == 1


def test_a_workspace_that_joins_a_parked_tree_is_parked_with_it(house: House) -> None:
    ana = house.person("Ana")
    tree_id, anchor_id = house.agency_of(ana)
    with house.database.writing() as db:
        db.execute("ALTER TABLE dashboard ADD CHECK (name_digest <> 'poison')")
    house.agency.rename(anchor_id, ana, "poison", because=house.because())
    house.run_followed()

    child_id = house.child(tree_id, ana, "Client 1")
    house.key(child_id, ana)
    track(house, child_id)
    house.run_followed()

    assert names_shown(house, child_id) == [None]
    assert counted(house, child_id) is None
    make_whole(house)
    assert names_shown(house, child_id) != [None]
    assert counted(house, child_id) == 1


def test_what_a_parked_tree_tracks_is_counted_once_when_it_is_whole_again(house: House) -> None:
    poisoned, well = Grove(house.agency, house.clock).plant(2)
    poison(house, poisoned)
    house.run_followed()

    for tree in (poisoned, well):
        track(house, tree.anchor_id)
    house.run_followed()

    assert (counted(house, poisoned.anchor_id), counted(house, well.anchor_id)) == (None, 1)
    make_whole(house)
    assert (counted(house, poisoned.anchor_id), counted(house, well.anchor_id)) == (1, 1)


def test_a_fact_that_cannot_be_read_parks_its_tree_only(house: House) -> None:
    grove = Grove(house.agency, house.clock)
    poisoned, well = grove.plant(2)
    house.run_followed()
    grove.downgrade(poisoned)
    grove.downgrade(well)
    with house.database.writing() as db:
        db.execute(
            "UPDATE agency_events SET topic = 'nonsense'"
            " WHERE originator_id = %s AND topic LIKE '%%SubscriptionEnded'",
            (poisoned.tree_id,),
        )

    house.run_followed()

    assert [one["projection"] for one in parked(house)] == ["none"]
    assert workspaces_shown(house, poisoned) == (5, "active")
    assert workspaces_shown(house, well) == (0, "ended")


# Becoming whole again.


def test_one_screen_alone_is_not_made_whole_while_something_is_parked(house: House) -> None:
    (poisoned,) = Grove(house.agency, house.clock).plant(1)
    house.run_followed()
    poison(house, poisoned)
    house.run_followed()
    before = rows_of(house.database, *ALL.values())

    for projection in FOLLOWED:
        with pytest.raises(SomethingIsParked, match="heartwood rebuild --all"):
            rebuild(house.database, projection, lambda *_: None)
    gate = rebuild(house.database, ACCESS, lambda *_: None, inline=True)

    assert rows_of(house.database, *ALL.values()) == before
    assert gate.differences == 0
    assert len(parked(house)) == 1


def test_what_is_parked_during_a_rebuild_stops_it(house: House) -> None:
    (poisoned,) = Grove(house.agency, house.clock).plant(1)
    house.run_followed()

    def poison_meanwhile(*_: int) -> None:
        if not parked(house):
            poison(house, poisoned)
            house.run_followed()

    with pytest.raises(SomethingIsParked):
        rebuild(house.database, MEMBERS, poison_meanwhile)

    assert len(parked(house)) == 1


def test_a_rebuild_that_still_fails_says_at_which_fact_and_changes_nothing(house: House) -> None:
    class Stumbling(Dashboard):
        def apply(self, db: Any, facts: Sequence[Fact]) -> None:
            if any(fact.stream == poisoned.child_ids[1] for fact in facts):
                raise ValueError("no room\nfor this one")

    (poisoned,) = Grove(house.agency, house.clock).plant(1)
    house.run_followed()
    poison(house, poisoned)
    house.run_followed()
    before, ill = rows_of(house.database, *ALL.values()), house.wiring.health()

    with pytest.raises(StillPoison) as still:
        rebuild_followed(house.database, [Stumbling(), *FOLLOWED[1:]], lambda *_: None)

    (opened, *_) = house.services.evidence.of_stream(poisoned.child_ids[1])
    place = f"{opened.topic} at agency {opened.position}, stream {opened.stream}"
    assert str(still.value) == (f"dashboard cannot follow {place} (ValueError: no room); nothing was changed")
    assert rows_of(house.database, *ALL.values()) == before
    assert house.wiring.health() == ill


def test_all_that_are_made_whole_together_are_the_same_as_before_if_nothing_was_wrong(house: House) -> None:
    grove = Grove(house.agency, house.clock)
    ended, _ = grove.plant(2)
    grove.downgrade(ended)
    track(house, ended.anchor_id)
    house.run_followed()
    before = rows_of(house.database, *FOLLOWED)

    differences = make_whole(house)

    assert differences == {projection.name: 0 for projection in FOLLOWED}
    assert rows_of(house.database, *FOLLOWED) == before
