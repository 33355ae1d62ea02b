"""A workspace that stands alone is brought into an agency by who owns both, with all that is in it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain.permissions import Role
from projections.catalogue import POOLED_USAGE, POOLS
from tests.web.pages.scene import Browser, Scene, text_of

PAGE = "/w/{anchor}/workspaces"
IN_APRIL = datetime(2026, 4, 2, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)


def adopt(scene: Scene, browser: Browser, workspace_id: UUID):
    return browser.post(scene.path(PAGE) + f"/{workspace_id}/adopt")


def ends_and_subscribes_again(scene: Scene) -> UUID:
    """The agency ends, its former anchor chooses the plan again and pays; the new tree."""
    scene.browser("Ana").post(scene.path("/w/{anchor}/billing/cancel"))
    scene.house.advance_to(IN_APRIL)
    ana = scene.browser("Ana")
    checkout = ana.post(scene.path("/w/{anchor}/billing/plan"), plan="agency").headers["Location"]
    back = scene.house.stripe.pay(checkout.rsplit("/", 1)[1])
    ana.get(back.removeprefix("http://localhost"))
    scene.house.deliver_notices()
    tree_id = scene.house.agency.workspace(scene.anchor_id).tree_id
    assert tree_id is not None
    return tree_id


def test_to_subscribe_again_begins_a_new_agency_on_the_kept_customer(scene: Scene) -> None:
    customer_id = scene.house.agency.tree(scene.tree_id).customer_id

    tree_id = ends_and_subscribes_again(scene)

    tree = scene.house.agency.tree(tree_id)
    page = text_of(scene.browser("Ana").get(scene.path("/w/{anchor}/billing")))
    assert tree_id != scene.tree_id
    assert (tree.customer_id, tree.children) == (customer_id, [])
    assert "Agency, € 249.00 a month" in page
    assert "How did this downgrade happen?" in page


def test_a_former_child_comes_back_with_members_keys_and_its_own_usage(scene: Scene) -> None:
    house = scene.house
    house.key(scene.child_id, scene.people["Ana"])
    tree_id = ends_and_subscribes_again(scene)
    scene.track(scene.child_id, 120)  # on its own Free quota
    before = house.agency.workspace(scene.child_id)
    ana = scene.browser("Ana")
    page = text_of(ana.get(scene.path(PAGE)))

    answer = adopt(scene, ana, scene.child_id)

    scene.track(scene.child_id, 80)  # on the pool
    after = house.agency.workspace(scene.child_id)
    assert "Larkfield — Support line Bring in Larkfield — Support line" in page
    assert answer.status_code == 303
    assert "“Larkfield — Support line” is part of the agency." in text_of(ana.follow(answer))
    assert (after.tree_id, after.parent_id, after.plan) == (tree_id, scene.anchor_id, "agency")
    assert (after.members, after.keys) == (before.members, before.keys)
    with house.database.reading() as db:
        tree = house.agency.tree(tree_id)
        assert POOLED_USAGE.in_workspace(db, scene.child_id, scene.child_id, APRIL) == 120
        assert POOLED_USAGE.in_workspace(db, scene.child_id, tree_id, tree.cycle_started_at) == 80
        assert POOLS.used(db, tree_id, tree.cycle_started_at) == 80
    assert "80" in text_of(scene.browser("Ben").get(scene.path("/w/{child}/")))


def test_the_page_offers_what_the_owner_owns_alone_and_nothing_else(scene: Scene) -> None:
    house, ana = scene.house, scene.people["Ana"]
    alone = house.workspace(ana, "Heron alone")
    house.workspace(scene.people["Adam"], "Adam alone")
    house.member(scene.eves_id, scene.people["Eve"], ana, Role.ADMIN)
    house.run_followed()

    page = scene.browser("Ana").get(scene.path(PAGE))
    of_admin = scene.browser("Adam").get(scene.path(PAGE))

    offered = page.get_data(as_text=True).split('id="adopt"')[1]
    assert str(alone) in offered
    assert str(scene.eves_id) not in offered
    assert str(scene.child_id) not in offered
    assert 'id="adopt"' not in of_admin.get_data(as_text=True)


def test_a_second_click_changes_nothing(scene: Scene) -> None:
    alone = scene.house.workspace(scene.people["Ana"], "Heron alone")
    scene.house.run_followed()
    ana = scene.browser("Ana")

    answers = [adopt(scene, ana, alone) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert scene.facts().count("Workspace.Adopted") == 1


@pytest.mark.parametrize(
    ("who", "whose", "code"),
    [
        ("Adam", "Adam", "not_yours_to_adopt"),  # an admin of the anchor, who owns the other one
        ("Ana", "Eve", "not_yours_to_adopt"),  # who owns the anchor, and is admin of the other one
    ],
)
def test_who_does_not_own_both_is_refused_in_words(scene: Scene, who: str, whose: str, code: str) -> None:
    house, owner = scene.house, scene.people[whose]
    alone = house.workspace(owner, "Heron alone")
    if who != whose:
        house.member(alone, owner, scene.people[who], Role.ADMIN)
    house.run_followed()
    before = scene.facts()

    answer = adopt(scene, scene.browser(who), alone)

    assert answer.status_code == 409
    assert f'data-code="{code}"' in answer.get_data(as_text=True)
    assert "Ask its owner to make you an owner there." in text_of(answer)
    assert scene.facts() == before


def test_nor_is_a_workspace_of_another_agency_or_a_sixth(scene: Scene) -> None:
    house, ana = scene.house, scene.people["Ana"]
    _, other_anchor = house.agency_of(ana, "Second agency")
    alone = house.workspace(ana, "Heron alone")
    house.run_followed()
    browser = scene.browser("Ana")

    taken = adopt(scene, browser, other_anchor)
    for name in ("Third", "Fourth"):
        browser.post(scene.path(PAGE), name=name)
    full = adopt(scene, browser, alone)

    assert 'data-code="not_alone"' in taken.get_data(as_text=True)
    assert 'data-code="tree_is_full"' in full.get_data(as_text=True)
    assert "Workspace.Adopted" not in scene.facts()


def test_a_workspace_that_one_may_not_see_does_not_exist(scene: Scene) -> None:
    ana, before = scene.browser("Ana"), scene.facts()
    missing = ana.get(scene.path("/w/{nowhere}/"))

    strange, nowhere = adopt(scene, ana, scene.eves_id), ana.post(scene.path(PAGE + "/{nowhere}/adopt"))

    assert [strange.status_code, nowhere.status_code] == [404, 404]
    assert strange.data == nowhere.data == missing.data
    assert scene.facts() == before


@pytest.mark.parametrize("name", ["Olga", "Ben", "Vera", "Eve", None])
def test_who_does_not_lead_the_agency_has_no_such_form(scene: Scene, name: str | None) -> None:
    before = scene.facts()

    answer = adopt(scene, scene.browser(name), scene.eves_id)

    assert answer.status_code == (404 if name else 302)
    assert scene.facts() == before
