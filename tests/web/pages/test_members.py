"""People are invited, come in, change their role and go."""

from __future__ import annotations

import re
from uuid import uuid4

from domain.plans import AGENCY
from tests.web.pages.scene import Browser, Scene, text_of

NEW = {"email": "nora@example.com", "name": "Nora", "role": "member"}
LINK = re.compile(r"http://localhost(/invitations/\S+)")
BAD_INVITATIONS = [
    ({"email": "nora"}, 422, "validation_error"),
    ({"name": "x" * 121}, 422, "validation_error"),
    ({"role": "emperor"}, 422, "validation_error"),
    ({"role": ""}, 422, "validation_error"),
    ({"role": "admin"}, 403, "role_not_yours_to_give"),
    ({"email": "ben@example.com"}, 409, "already_member"),
]
ROLES_TO_GIVE = [
    ("Ana", "anchor", ["auditor", "viewer", "member", "admin", "owner"]),
    ("Adam", "anchor", ["viewer", "member", "admin"]),
    ("Adam", "child", ["viewer", "member", "admin"]),
    ("Olga", "child", ["auditor", "viewer", "member", "owner"]),
]
BAD_CHANGES = [
    ("ben", "admin", 403, "role_not_yours_to_give"),
    ("ben", "king", 422, "validation_error"),
    ("eve", "viewer", 409, "not_a_member"),
    ("nowhere", "viewer", 409, "not_a_member"),
]


def invite(scene: Scene, **fields: str) -> str:
    """The path of the link that reaches the invited person."""
    answer = scene.browser("Olga").post(scene.path("/w/{child}/members/invitations"), **NEW | fields)
    assert answer.status_code == 303
    scene.house.wiring.deliver_due()
    mail = next(one for one in scene.house.services.mail.read() if one.to == NEW["email"])
    found = LINK.search(mail.text)
    assert found
    return found[1]


# Invitations.


def test_an_address_is_not_invited_twice_while_an_invitation_is_open(scene: Scene) -> None:
    link, before, olga = invite(scene), scene.facts(), scene.browser("Olga")

    again = olga.post(scene.path("/w/{child}/members/invitations"), **NEW | {"role": "viewer"})

    assert again.status_code == 422
    assert "This address is invited already, as member, until 8 Mar 2026, 09:00 UTC" in text_of(again)
    assert (
        text_of(again).count("nora@example.com") == 3
    )  # the invitation, and how to send it again or revoke it
    assert scene.facts() == before
    assert scene.browser(None).post(link).status_code == 303


def test_an_address_is_invited_anew_when_its_invitation_has_expired_or_was_revoked(scene: Scene) -> None:
    invite(scene)
    scene.house.clock.advance(days=8)
    olga, page = scene.browser("Olga"), scene.path("/w/{child}/members")

    late = olga.post(f"{page}/invitations", **NEW)
    revoke = re.findall(r'action="(\S+/revoke)"', olga.get(page).get_data(as_text=True))
    answers = [olga.post(path) for path in revoke]
    anew = olga.post(f"{page}/invitations", **NEW)

    assert [one.status_code for one in (late, *answers, anew)] == [303] * 4


def test_an_invited_person_sees_by_whom_and_to_what_and_comes_in_signed_in(scene: Scene) -> None:
    link, browser = invite(scene), scene.browser(None)
    page = text_of(browser.get(link))

    answer = browser.post(link)

    assert "Olga invites you to “Larkfield — Support line”" in page
    assert "its member, as Nora (nora@example.com)" in page
    assert answer.status_code == 303
    assert "Welcome." in text_of(browser.follow(answer))
    assert scene.facts()[-1] == "Workspace.MemberJoined"


def test_an_invitation_works_once(scene: Scene) -> None:
    link = invite(scene)
    scene.browser(None).post(link)
    before, browser = scene.facts(), scene.browser(None)

    answers = [browser.get(link), browser.post(link)]

    assert {answer.status_code for answer in answers} == {410}
    assert "accepted already" in text_of(answers[0])
    assert browser.get("/").headers["Location"].startswith("/sign-in")
    assert scene.facts() == before


def test_a_revoked_invitation_does_not_work(scene: Scene) -> None:
    link = invite(scene)
    invitation_id = link.split("/")[3]
    revoke = scene.path("/w/{child}/members/invitations/") + f"{invitation_id}/revoke"

    answers = [scene.browser("Olga").post(revoke) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert scene.facts()[-1] == "Workspace.InvitationRevoked"
    assert scene.facts().count("Workspace.InvitationRevoked") == 1
    assert scene.browser(None).post(link).status_code == 410


def test_an_expired_invitation_says_so_and_signs_nobody_in(scene: Scene) -> None:
    link, browser = invite(scene), scene.browser(None)
    before = scene.facts()
    scene.house.clock.advance(days=7)

    answers = [browser.get(link), browser.post(link)]

    assert {answer.status_code for answer in answers} == {410}
    assert "It has expired." in text_of(answers[1])
    assert "Nora" not in text_of(answers[1])
    assert "Set-Cookie" not in answers[1].headers
    assert scene.facts() == before


def test_somebody_else_cannot_accept(scene: Scene) -> None:
    link, eve = invite(scene), scene.browser("Eve")
    before = scene.facts()

    page, answer = eve.get(link), eve.post(link)

    assert "You are signed in as somebody else." in text_of(page)
    assert answer.status_code == 409
    assert scene.facts() == before


def test_a_link_with_a_foreign_part_is_a_miss(scene: Scene) -> None:
    link, browser = invite(scene), scene.browser(None)
    before = scene.facts()
    forged = [link.replace(part, str(uuid4())) for part in link.split("/")[2:]]

    answers = [answer for path in forged for answer in (browser.get(path), browser.post(path))]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert scene.facts() == before


def test_an_invitation_to_a_deleted_workspace_does_not_work(scene: Scene) -> None:
    link = invite(scene)
    scene.browser("Ana").post(scene.path("/w/{child}/settings/delete"), name="Larkfield — Support line")

    answers = [scene.browser(None).get(link), scene.browser(None).post(link)]

    assert {answer.status_code for answer in answers} == {410}


def test_an_invitation_that_cannot_be_is_refused_in_place(scene: Scene) -> None:
    olga, before = scene.browser("Olga"), scene.facts()

    answers = [
        (olga.post(scene.path("/w/{child}/members/invitations"), **NEW | fields), status, code)
        for fields, status, code in BAD_INVITATIONS
    ]

    for answer, status, code in answers:
        assert answer.status_code == status
        assert f'data-code="{code}"' in answer.get_data(as_text=True)
    assert scene.facts() == before
    assert scene.house.services.vault.person_of_email(NEW["email"]) is None


def test_whoever_is_not_invited_after_all_is_not_remembered(scene: Scene) -> None:
    olga, path = scene.browser("Olga"), scene.path("/w/{child}/members/invitations")
    for number in range(AGENCY.seats_max - 4):  # Ana, Olga, Ben and Vera have the others
        assert olga.post(path, email=f"client-{number}@example.com", role="viewer").status_code == 303
    before, rows = scene.facts(), scene.in_the_vault()

    answers = [olga.post(path, **NEW | fields) for fields in ({}, {"role": "admin"}, {"email": "nora"})]

    assert [answer.status_code for answer in answers] == [409, 403, 422]
    assert 'data-code="seats_used_up"' in answers[0].get_data(as_text=True)
    assert (scene.facts(), scene.in_the_vault()) == (before, rows)


def test_by_whom_one_is_invited_is_known_without_the_timeline(scene: Scene) -> None:
    link = invite(scene)
    with scene.house.database.writing() as db:
        db.execute("DELETE FROM timeline")

    assert "Olga invites you" in text_of(scene.browser(None).get(link))


def test_only_roles_that_one_may_give_are_offered(scene: Scene) -> None:
    pages = {
        (name, place): scene.browser(name).get(scene.path(f"/w/{{{place}}}/members")).get_data(as_text=True)
        for name, place, _ in ROLES_TO_GIVE
    }

    for name, place, roles in ROLES_TO_GIVE:
        form = pages[name, place].partition('<select id="role"')[2]
        assert re.findall(r"<option[^>]*>(\w+)", form) == roles


# Members.


def test_a_plain_member_sees_who_belongs_here_and_can_change_nothing(scene: Scene) -> None:
    invite(scene)

    page = scene.browser("Ben").get(scene.path("/w/{child}/members")).get_data(as_text=True)

    assert "olga@example.com" in page
    assert "nora@example.com" not in page
    assert "/members/" not in page


def test_a_role_is_changed_and_holds_at_once(scene: Scene) -> None:
    answer = scene.browser("Olga").post(scene.path("/w/{child}/members/{ben}/role"), role="viewer")

    assert answer.status_code == 303
    assert scene.facts()[-1] == "Workspace.RoleChanged"
    assert scene.browser("Ben").get(scene.path("/w/{child}/members")).status_code == 404


def test_who_steps_down_is_led_to_a_page_that_they_still_see(scene: Scene) -> None:
    olga = scene.browser("Olga")

    answer = olga.post(scene.path("/w/{child}/members/{olga}/role"), role="viewer")

    assert answer.headers["Location"] == scene.path("/w/{child}/")
    assert "The role is now viewer." in text_of(olga.follow(answer))


def test_a_member_is_removed_and_out_at_once(scene: Scene) -> None:
    olga, path = scene.browser("Olga"), scene.path("/w/{child}/members/{ben}/remove")

    answers = [olga.post(path), olga.post(path)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert scene.facts().count("Workspace.MemberRemoved") == 1
    assert scene.browser("Ben").get(scene.path("/w/{child}/")).status_code == 404


def test_a_change_that_cannot_be_is_refused_in_place(scene: Scene) -> None:
    olga, before = scene.browser("Olga"), scene.facts()

    answers = [
        (olga.post(scene.path(f"/w/{{child}}/members/{{{who}}}/role"), role=role), status, code)
        for who, role, status, code in BAD_CHANGES
    ]

    for answer, status, code in answers:
        assert answer.status_code == status
        assert f'data-code="{code}"' in answer.get_data(as_text=True)
    assert scene.facts() == before


def test_the_last_owner_can_neither_be_removed_nor_step_down(scene: Scene) -> None:
    ana: Browser = scene.browser("Ana")
    before = scene.facts()

    answers = [
        ana.post(scene.path("/w/{sibling}/members/{ana}/remove")),
        ana.post(scene.path("/w/{sibling}/members/{ana}/role"), role="member"),
    ]

    assert all('data-code="last_owner"' in answer.get_data(as_text=True) for answer in answers)
    assert scene.facts() == before
