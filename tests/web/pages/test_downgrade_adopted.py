"""The downgrade of an agency that had adopted a workspace: its name, members and keys, not its past."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from domain.permissions import Role
from tests.web.pages.scene import Scene, text_of

PAGE = "/trees/{tree}/downgrade"


def adopted(scene: Scene) -> UUID:
    """A workspace of Ana's where Ben came in and Eve had been before it was brought into the agency."""
    house, ana = scene.house, scene.people["Ana"]
    by_ana = house.because(f"person:{ana}")
    workspace_id = house.workspace(ana, "Fernwood — Chat")
    house.member(workspace_id, ana, scene.people["Ben"], Role.MEMBER)
    house.member(workspace_id, ana, scene.people["Eve"], Role.VIEWER)
    house.agency.remove_member(workspace_id, ana, scene.people["Eve"], because=by_ana)
    house.key(workspace_id, ana)
    house.wiring.billing.adopt(scene.tree_id, ana, workspace_id, because=by_ana)
    house.run_followed()
    return workspace_id


def ends(scene: Scene) -> None:
    ana = scene.people["Ana"]
    scene.house.wiring.billing.cancel(scene.tree_id, ana, because=scene.house.because(f"person:{ana}"))
    scene.house.advance_to(scene.house.clock() + timedelta(days=40))


@pytest.mark.parametrize("ended", [False, True])
def test_an_adopted_workspace_is_told_with_its_name_its_members_and_its_keys(scene: Scene, ended: bool):
    adopted(scene)
    if ended:
        ends(scene)

    answer = scene.browser("Adam").get(scene.path(PAGE))

    text = text_of(answer)
    assert answer.status_code == 200
    assert "Fernwood — Chat a child Agency → Free" in text
    assert "Bright Signal → none 2 1" in text  # members and keys
    assert "Fernwood — Chat Ben member" in text


def test_what_befell_it_before_is_no_part_of_the_story(scene: Scene):
    adopted(scene)
    ends(scene)

    text = text_of(scene.browser("Adam").get(scene.path(PAGE)))

    assert "Fernwood — Chat Ben member" in text
    assert "Eve, viewer of" not in text
    assert "opened Fernwood" not in text


def test_what_befell_it_between_two_times_in_the_agency_is_known(scene: Scene):
    house, ana = scene.house, scene.people["Ana"]
    workspace_id, by_ana = adopted(scene), house.because(f"person:{ana}")
    for plan in ("pro", "agency"):
        if plan == "agency":
            house.member(workspace_id, ana, scene.people["Vera"], Role.VIEWER)
        house.wiring.billing.change_plan(scene.tree_id, ana, plan, because=by_ana)
        house.advance_to(house.clock() + timedelta(days=32))
    house.wiring.billing.adopt(scene.tree_id, ana, workspace_id, because=by_ana)
    ends(scene)

    text = text_of(scene.browser("Ana").get(scene.path(PAGE)))

    assert "2 workspaces went from Agency to Free" in text
    assert "Fernwood — Chat Vera viewer" in text
