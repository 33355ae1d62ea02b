"""An owner hands a workspace on in one act."""

from __future__ import annotations

import pytest

from tests.web.pages.scene import Scene, text_of
from tests.web.pages.test_invitations import members_page


@pytest.mark.parametrize(("role", "status"), [("member", 303), ("admin", 403), ("viewer", 422), ("", 422)])
def test_an_owner_hands_the_workspace_on_and_keeps_a_role_that_they_may_have(
    scene: Scene, role: str, status: int
) -> None:
    olga, before = scene.browser("Olga"), scene.facts()

    answer = olga.post(scene.path("/w/{child}/members/owner"), successor=scene.people["Ben"], role=role)

    assert answer.status_code == status
    done = ["Workspace.OwnershipTransferred"] if status == 303 else []
    assert scene.facts() == before + done
    if done:
        assert "Ben owns the workspace now, and you are its member." in text_of(olga.follow(answer))
        assert "Olga you olga@example.com member active" in members_page(scene)
        assert scene.browser("Ben").get(scene.path("/w/{child}/keys")).status_code == 200
        assert scene.browser("Olga").get(scene.path("/w/{child}/keys")).status_code == 404


@pytest.mark.parametrize(
    ("successor", "status"), [("olga", 422), ("nowhere", 409), ("eve", 409), ("adam", 409), (None, 422)]
)
def test_it_is_handed_to_another_member_only(scene: Scene, successor: str | None, status: int) -> None:
    before = scene.facts()
    given = scene.path(f"{{{successor}}}") if successor else "nobody"

    answer = scene.browser("Olga").post(
        scene.path("/w/{child}/members/owner"), successor=given, role="member"
    )

    assert answer.status_code == status
    assert scene.facts() == before


def test_who_does_not_own_it_is_not_offered_to_hand_it_on(scene: Scene) -> None:
    offered = {
        name: "Hand the workspace on" in members_page(scene, by=name)
        for name in ("Ana", "Adam", "Olga", "Ben")
    }

    assert offered == {"Ana": True, "Adam": False, "Olga": True, "Ben": False}
