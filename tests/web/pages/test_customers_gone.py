"""Customers whose workspace is gone, who were closed, or who are looked back to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from domain import placement
from domain.plans import FREE
from projections.catalogue import CUSTOMERS
from tests.web.pages.scene import Scene, text_of
from tests.web.pages.test_customers import LIST, added, rows


def deleted(scene: Scene) -> None:
    scene.house.agency.delete_child(scene.child_id, scene.people["Ana"], because=scene.house.because())


def ended(scene: Scene) -> None:
    ana = scene.people["Ana"]
    scene.house.wiring.billing.cancel_at_once(
        scene.tree_id, ana, because=scene.house.because(f"person:{ana}")
    )
    scene.house.deliver_notices()


@pytest.mark.parametrize(
    ("befalls", "words"), [(deleted, "workspace deleted"), (ended, "has left the agency")]
)
def test_a_customer_whose_workspace_is_gone_stays_on_the_list_and_says_so(
    scene: Scene, befalls: Any, words: str
) -> None:
    page, ana = added(scene), scene.browser("Ana")
    ana.post(f"{page}/suspend")

    befalls(scene)
    scene.house.run_followed()

    assert words in text_of(ana.get(scene.path(LIST)))
    assert words in text_of(ana.get(page))
    answer = ana.post(f"{page}/resume")
    assert (answer.status_code, "no longer part of the agency" in text_of(answer)) == (409, True)
    with scene.house.database.reading() as db:
        assert CUSTOMERS.status_of(db, [scene.child_id]) == {}, "nothing stops its calls any more"
    assert ana.post(f"{page}/contact/erase").status_code == 303, "what is kept can still be erased"


def test_who_comes_back_into_the_agency_is_the_customer_that_they_were(scene: Scene) -> None:
    page, house = added(scene), scene.house
    scene.browser("Ana").post(f"{page}/suspend")
    seen: list[dict[UUID, Any]] = []

    for gone, event in (("left", "Downgraded"), (None, "Adopted")):
        moved(scene, event)
        with house.database.reading() as db:
            seen.append(CUSTOMERS.status_of(db, [scene.child_id]))
        assert rows(scene)[0].gone == gone

    assert seen == [{}, {scene.child_id: "suspended"}]


def moved(scene: Scene, event: str) -> None:
    """Out of the tree with a smaller plan, and into it again."""
    agency, because = scene.house.agency, scene.house.because()
    tree, child = agency.tree(scene.tree_id), agency.workspace(scene.child_id)
    if event == "Downgraded":
        tree.remove_child(child.id, because=because)
        placement.downgrade(child, FREE.name, FREE.pool_events, because=because)
    else:
        tree.add_child(child.id, because=because)
        placement.adopt(child, tree.id, tree.anchor_id, tree.plan, because=because)
    agency.save(tree, child)
    scene.house.run_followed()


def test_who_was_closed_is_added_anew_and_the_old_one_stays_to_be_read(scene: Scene) -> None:
    page, ana = added(scene), scene.browser("Ana")
    ana.post(f"{page}/close")

    again = added(scene)

    assert again != page
    assert "Customer.Closed" in scene.facts()
    assert "Closed on" in text_of(ana.get(page))
    with scene.house.database.reading() as db:
        assert CUSTOMERS.status_of(db, [scene.child_id]) == {scene.child_id: "active"}


def test_the_list_shows_what_it_was_at_a_moment(scene: Scene) -> None:
    page, ana = added(scene), scene.browser("Ana")
    position = scene.position_of(UUID(page.rpartition("/")[2]))
    ana.post(f"{page}/close")

    then = text_of(ana.get(scene.path(f"{LIST}?as_of={position}")))
    before = text_of(ana.get(scene.path(f"{LIST}?as_of={position - 1}")))

    assert "Larkfield Ltd Larkfield — Support line active" in then
    assert "There is no customer yet." in before
    assert "Larkfield Ltd Larkfield — Support line closed" in text_of(ana.get(scene.path(LIST)))
