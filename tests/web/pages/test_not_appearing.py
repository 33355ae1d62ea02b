"""Why can't I see my client's workspace? The page for those who lead, row by row, and what others read."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import uuid4

import pytest

from domain.membership import INVITATION_DAYS
from domain.permissions import Role
from domain.visibility import Area
from tests.house import House
from tests.web.pages.reading import Forms
from tests.web.pages.scene import Browser, Scene, text_of
from tests.web.pages.test_customers import added
from tests.web.pages.test_customers_gone import deleted, moved

ROW = re.compile(r'<tr data-code="(\w+)">(.*?)</tr>((?:\s*<tr class="continued">.*?</tr>)*)', re.DOTALL)
PAGE = "/w/{anchor}/customers/not-appearing"


def told(scene: Scene, name: str = "Ana") -> dict[str, tuple[str, str]]:
    """By the first cell of each row: the reason, and all that the row says."""
    page = scene.browser(name).get(scene.path(PAGE)).text
    found = {}
    for code, row, people in ROW.findall(page):
        words = " ".join(unescape(re.sub(r"<[^>]+>", " ", row + people)).split())
        found[words.partition(" The ")[0].partition(" It ")[0].partition(" Nobody ")[0]] = (code, words)
    return found


def reason(scene: Scene, name: str) -> str:
    return next(code for first, (code, _) in told(scene).items() if first.startswith(name))


def alone(scene: Scene) -> None:
    """Nobody but Ana belongs to the sibling, and it has a customer."""
    added(scene, child=str(scene.sibling_id), name="Osprey")


def invites(scene: Scene, name: str, role: Role = Role.MEMBER) -> Any:
    scene.people[name] = scene.house.person(name)
    invitation_id, ana = uuid4(), scene.people["Ana"]
    because = scene.house.because(f"person:{ana}")
    scene.house.agency.invite(scene.sibling_id, ana, invitation_id, scene.people[name], role, because=because)
    scene.house.run_followed()
    return invitation_id


def _expired(scene: Scene) -> None:
    invites(scene, "Ines")
    scene.house.clock.advance(days=INVITATION_DAYS)


def _revoked(scene: Scene) -> None:
    invitation_id, ana = invites(scene, "Ines"), scene.people["Ana"]
    scene.house.agency.revoke_invitation(
        scene.sibling_id, ana, invitation_id, because=scene.house.because(f"person:{ana}")
    )
    scene.house.run_followed()


def _removed(scene: Scene) -> None:
    invitation_id, ana = invites(scene, "Ines"), scene.people["Ana"]
    ines = scene.people["Ines"]
    for command, ids in (
        (scene.house.agency.accept_invitation, (scene.sibling_id, invitation_id)),
        (scene.house.agency.remove_member, (scene.sibling_id, ana, ines)),
    ):
        command(*ids, because=scene.house.because(f"person:{ana}"))
    scene.house.run_followed()


@pytest.mark.parametrize(
    ("befalls", "expected", "page"),
    [
        (lambda scene: None, "nobody_invited", "/w/{sibling}/members"),
        (lambda scene: invites(scene, "Ines"), "invitation_not_accepted", "/w/{sibling}/members"),
        (_expired, "invitation_expired", "/w/{sibling}/members"),
        (_revoked, "invitation_revoked", "/w/{sibling}/members"),
        (_removed, "member_removed", "/w/{sibling}/members"),
    ],
)
def test_what_became_of_the_client_s_people_is_told_by_address(
    scene: Scene, befalls: Callable[[Scene], object], expected: str, page: str
) -> None:
    alone(scene)

    befalls(scene)

    code, words = (
        told(scene)["Osprey — Sales line"]
        if expected == "nobody_invited"
        else next(one for first, one in told(scene).items() if first.startswith("Osprey"))
    )
    assert code == expected
    assert ("ines@example.com" in words) is (expected != "nobody_invited")
    assert scene.path(page) in Forms(scene.browser("Ana").get(scene.path(PAGE)).text).links


def test_what_the_agency_decided_is_told_before_what_became_of_invitations(scene: Scene) -> None:
    ana = scene.browser("Ana")
    seen = [reason(scene, "Larkfield")]
    page = added(scene)
    seen.append(reason(scene, "Larkfield"))
    ana.post(scene.path("/w/{child}/settings/visibility"), **dict.fromkeys(Area, "none"))
    seen.append(reason(scene, "Larkfield"))
    ana.post(f"{page}/suspend")
    seen.append(reason(scene, "Larkfield"))
    assert page in Forms(ana.get(scene.path(PAGE)).text).links
    ana.post(f"{page}/close")
    seen.append(reason(scene, "Larkfield"))

    deleted(scene)
    scene.house.run_followed()
    seen.append(reason(scene, "Larkfield Ltd"))

    assert seen == [
        "customer_not_created", "seen", "nothing_shown", "customer_suspended", "customer_closed",
        "workspace_deleted",
    ]  # fmt: skip


def test_after_the_agency_has_ended_the_plan_is_the_reason(scene: Scene) -> None:
    added(scene)
    ana = scene.people["Ana"]
    scene.house.wiring.billing.cancel_at_once(
        scene.tree_id, ana, because=scene.house.because(f"person:{ana}")
    )
    scene.house.deliver_notices()
    scene.house.run_followed()

    assert reason(scene, "Larkfield Ltd") == "plan_has_no_agency"


def test_a_workspace_that_left_while_the_agency_goes_on_says_so(scene: Scene) -> None:
    added(scene)

    moved(scene, "Downgraded")

    assert reason(scene, "Larkfield Ltd") == "left_the_agency"


def test_the_agency_s_own_people_whose_role_reaches_no_client_are_told_of(scene: Scene) -> None:
    scene.people["Mia"] = scene.house.person("Mia")
    scene.house.member(scene.anchor_id, scene.people["Ana"], scene.people["Mia"], Role.MEMBER)
    scene.house.run_followed()

    page = scene.browser("Adam").get(scene.path(PAGE)).text

    assert reason(scene, "Mia") == "role_too_low"
    assert page.count('data-code="role_too_low"') == 1


def test_an_agency_without_any_client_is_told_to_create_one(house: House) -> None:
    ana = house.person("Ana")
    _, anchor_id = house.agency_of(ana)

    page = Browser(house, ana).get(f"/w/{anchor_id}/customers/not-appearing")

    assert "The customer has not been created." in text_of(page)


def test_ordinary_people_read_of_their_own_workspace_how_it_stands(scene: Scene) -> None:
    ben, path = scene.browser("Ben"), scene.path("/w/{child}/agency")
    seen = [text_of(ben.get(path))]
    page, ana = added(scene), scene.browser("Ana")
    seen.append(text_of(ben.get(path)))
    ana.post(f"{page}/suspend")
    seen.append(text_of(ben.get(path)))

    assert "The customer has not been created." in seen[0]
    assert "Ask whoever invited you." in seen[0]
    assert "The customer has not been created." not in seen[1] + seen[2]
    assert "The agency has suspended its customer." in seen[2]
    assert not [told for told in seen if "Your role does not include the agency." not in told]
