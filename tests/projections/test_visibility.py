"""The table that the gate asks: what was set last, by the agency that the workspace is part of."""

from __future__ import annotations

from domain.visibility import EVERYTHING, Area, Level
from projections.catalogue import VISIBILITY
from tests.histories.life import ACME, ANA, BIRCH, TREE, Life, an_agency
from tests.projections.made import Made

HIDDEN = EVERYTHING.but({Area.DASHBOARD: Level.NONE, Area.DEPLOYMENT: Level.VIEW})


def hidden() -> Life:
    life = an_agency()
    changes = {Area.DASHBOARD: Level.NONE, Area.DEPLOYMENT: Level.VIEW}
    life.agency.set_visibility(TREE, ANA, [ACME, BIRCH], changes, because=life.by(ANA))
    return life


def test_each_workspace_has_what_was_set_last_and_all_others_show_everything(made: Made) -> None:
    life = hidden()
    life.agency.set_visibility(TREE, ANA, [BIRCH], {Area.DASHBOARD: Level.VIEW}, because=life.by(ANA))

    with made.of(life, VISIBILITY) as db:
        found = VISIBILITY.in_workspaces(db, [ACME, BIRCH, TREE])

    assert found == {ACME: HIDDEN, BIRCH: HIDDEN.but({Area.DASHBOARD: Level.VIEW}), TREE: EVERYTHING}


def test_it_stays_when_the_agency_ends_and_goes_with_an_adoption(made: Made) -> None:
    life = hidden()
    life.notice("evt_pro", "customer.subscription.updated", life.subscription(plan="pro"))
    with made.of(life, VISIBILITY) as db:
        released = VISIBILITY.in_workspace(db, ACME)
    life.notice("evt_agency", "customer.subscription.updated", life.subscription(plan="agency"))

    life.agency.adopt(TREE, ANA, ACME, because=life.by(ANA))

    with made.of(life, VISIBILITY) as db:
        adopted = VISIBILITY.in_workspace(db, ACME)
    assert (released, adopted) == (HIDDEN, EVERYTHING)


def test_nothing_is_kept_of_a_deleted_workspace(made: Made) -> None:
    life = hidden()

    life.agency.delete_child(BIRCH, ANA, because=life.by(ANA))

    with made.of(life, VISIBILITY) as db:
        rows = db.execute("SELECT workspace_id FROM visibility").fetchall()
    assert [row["workspace_id"] for row in rows] == [ACME]


def test_the_defaults_of_a_tree_are_the_last_ones(made: Made) -> None:
    life = an_agency()
    with made.of(life, VISIBILITY) as db:
        before = VISIBILITY.defaults_of_tree(db, TREE)
    for wanted in (EVERYTHING.but({Area.ACTIONS: Level.NONE}), HIDDEN):
        life.agency.set_visibility_defaults(TREE, ANA, wanted, because=life.by(ANA))

    with made.of(life, VISIBILITY) as db:
        after = VISIBILITY.defaults_of_tree(db, TREE)

    assert (before, after) == (EVERYTHING, HIDDEN)
