"""An invitation finds its person, works once, and says clearly why it works no more."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

from domain.membership import SENT_MAX
from domain.permissions import Role
from domain.plans import FREE
from tests.web.pages.scene import Scene, text_of

NORA = "nora@example.com"
LINK = re.compile(r"http://localhost(/invitations/\S+)")


def invite(scene: Scene, *, email: str = NORA, place: str = "child", by: str = "Olga", **fields: str) -> str:
    """The path of the link in the mail."""
    form = {"email": email, "role": "member"} | fields
    answer = scene.browser(by).post(scene.path(f"/w/{{{place}}}/members/invitations"), **form)
    assert answer.status_code == 303
    return links(scene, email)[-1]


def links(scene: Scene, email: str = NORA) -> list[str]:
    """Of all mails to an address, in the order in which they were sent."""
    scene.house.wiring.deliver_due()
    found = [
        LINK.search(mail.text) for mail in reversed(scene.house.services.mail.read()) if mail.to == email
    ]
    return [one[1] for one in found if one]


def resend(scene: Scene, link: str, by: str = "Olga") -> int:
    path = scene.path("/w/{child}/members/invitations/") + link.split("/")[3]
    return scene.browser(by).post(f"{path}/resend").status_code


def members_page(scene: Scene, by: str = "Olga", place: str = "child") -> str:
    return text_of(scene.browser(by).get(scene.path(f"/w/{{{place}}}/members")))


# Sent again.


def test_it_is_sent_again_with_the_same_link_and_works_for_a_week_from_then(scene: Scene) -> None:
    first = invite(scene)
    scene.house.clock.advance(days=6)

    assert resend(scene, first) == 303
    both = links(scene)
    scene.house.clock.advance(days=6)

    assert both == [first, first]
    assert "until 14 Mar 2026, 09:00 UTC" in members_page(scene)
    assert scene.browser(None).post(first, name="Nora").status_code == 303


def test_the_second_mail_says_who_sent_it_and_until_when_it_works(scene: Scene) -> None:
    link = invite(scene)
    scene.house.clock.advance(days=1)
    resend(scene, link, by="Ana")
    scene.house.wiring.deliver_due()

    mail, *_ = [one for one in scene.house.services.mail.read() if one.to == NORA]

    assert "Ana invites you" in mail.text
    assert "09 Mar 2026, 09:00 UTC" in mail.text


def test_an_expired_one_is_shown_as_expired_and_works_again_after_another_mail(scene: Scene) -> None:
    link = invite(scene)
    scene.house.clock.advance(days=8)
    expired, gone = members_page(scene), scene.browser(None).get(link).status_code

    answer = resend(scene, link)

    assert "nora@example.com member expired" in expired
    assert (gone, answer) == (410, 303)
    assert "nora@example.com member invited until 16 Mar 2026" in members_page(scene)
    assert scene.browser(None).get(link).status_code == 200


def test_within_a_minute_and_after_ten_mails_no_further_one_is_sent(scene: Scene) -> None:
    link, answers = invite(scene), []

    for _ in range(SENT_MAX):
        answers.append(resend(scene, link))
        scene.house.clock.advance(seconds=60)
        answers.append(resend(scene, link))
        scene.house.wiring.deliver_due()

    told = [answers[0], *answers[1::2]]
    assert told == [409, *[303] * (SENT_MAX - 1), 409]
    assert set(answers[2::2]) == {409}
    assert len(links(scene)) == SENT_MAX
    assert scene.facts().count("Workspace.InvitationResent") == SENT_MAX - 1


def test_only_the_newest_of_two_mails_that_wait_goes_out(scene: Scene) -> None:
    form = {"email": NORA, "role": "member"}
    scene.browser("Olga").post(scene.path("/w/{child}/members/invitations"), **form)
    scene.house.clock.advance(minutes=2)
    page = scene.browser("Olga").get(scene.path("/w/{child}/members")).get_data(as_text=True)
    (path,) = re.findall(r'action="(\S+/resend)"', page)

    scene.browser("Olga").post(path)
    scene.house.wiring.deliver_due()

    (mail,) = [one for one in scene.house.services.mail.read() if one.to == NORA]
    assert "08 Mar 2026, 09:02 UTC" in mail.text


def test_who_may_not_give_the_role_is_offered_neither_and_may_do_neither(scene: Scene) -> None:
    link, before = invite(scene, by="Ana", role="admin"), scene.facts()
    scene.house.clock.advance(minutes=2)
    path = scene.path("/w/{child}/members/invitations/") + link.split("/")[3]

    answers = [scene.browser("Olga").post(f"{path}/{act}") for act in ("resend", "revoke")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "Send again" not in members_page(scene)
    assert "Send again" in members_page(scene, by="Adam")
    assert scene.facts() == before


# Names.


def test_a_new_person_without_a_name_says_it_when_accepting(scene: Scene) -> None:
    link, browser = invite(scene), scene.browser(None)
    page = browser.get(link).get_data(as_text=True)

    nameless = browser.post(link)
    answer = browser.post(link, name="Nora Nilsson")

    assert 'name="name"' in page
    assert nameless.status_code == 422
    assert answer.status_code == 303
    assert "Nora Nilsson nora@example.com member active" in members_page(scene, by="Ben")


def test_whoever_is_known_keeps_the_name_they_have_and_is_asked_for_none(scene: Scene) -> None:
    link = invite(scene, email="eve@example.com", name="Evelyn, as Olga calls her")
    page = scene.browser("Eve").get(link)

    answer = scene.browser("Eve").post(link, name="Somebody")

    assert "as Eve (eve@example.com)" in text_of(page)
    assert 'name="name"' not in page.get_data(as_text=True)
    assert answer.status_code == 303
    assert "Eve eve@example.com member active" in members_page(scene, by="Ben")


def test_a_name_is_not_kept_of_one_who_cannot_come_in(scene: Scene) -> None:
    link = fill_with_one_invited(scene)

    answer = scene.browser(None).post(link, name="Nora")

    assert answer.status_code == 409
    person_id = scene.house.services.vault.person_of_email(NORA)
    assert not scene.house.services.vault.person(person_id).named


# Why it does not work any more.


def test_each_wrong_state_says_which_it_is(scene: Scene) -> None:
    used, revoked, expired = (invite(scene, email=f"{one}@example.com") for one in ("a", "b", "c"))
    scene.browser(None).post(used, name="A")
    scene.browser("Olga").post(
        scene.path("/w/{child}/members/invitations/") + revoked.split("/")[3] + "/revoke"
    )
    scene.house.clock.advance(days=7)

    answers = {
        link: [scene.browser(None).get(link), scene.browser(None).post(link, name="X")]
        for link in (used, revoked, expired)
    }

    reasons = {used: "It was accepted already", revoked: "It was revoked.", expired: "It has expired."}
    for link, reason in reasons.items():
        assert [answer.status_code for answer in answers[link]] == [410, 410]
        assert all(reason in text_of(answer) for answer in answers[link])


def test_whoever_came_in_by_another_invitation_reads_that_they_are_a_member(scene: Scene) -> None:
    eve, olga = scene.people["Eve"], scene.people["Olga"]
    link = invite(scene, email="eve@example.com")
    scene.house.member(scene.child_id, olga, eve, Role.VIEWER)
    scene.house.run_followed()

    answers = [scene.browser("Eve").get(link), scene.browser("Eve").post(link)]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert all("is a member already" in text_of(answer) for answer in answers)
    assert scene.house.agency.workspace(scene.child_id).members[eve] is Role.VIEWER


# Seats.


def fill_with_one_invited(scene: Scene) -> str:
    """Eve's own Free workspace: Nora is invited, then others fill it who were invited by an earlier plan."""
    link = invite(scene, place="eves", by="Eve")
    for number in range(FREE.seats_max - 2):
        join(scene, f"guest-{number}@example.com")
    workspace = scene.house.agency.workspace(scene.eves_id)
    given = {"invitation_id": uuid4(), "person_id": uuid4(), "role": Role.VIEWER}
    because = scene.house.because()
    workspace.note(workspace.MemberInvited, because, **given, expires_at=scene.house.clock())
    workspace.note(workspace.MemberJoined, because, **given)
    scene.house.agency.save(workspace)
    scene.house.run_followed()
    return link


def join(scene: Scene, email: str) -> UUID:
    person_id: UUID = scene.house.services.vault.remember("Guest", email, uuid4())
    scene.house.member(scene.eves_id, scene.people["Eve"], person_id, Role.VIEWER)
    return person_id


def test_the_inviter_sees_how_many_seats_there_are_and_a_member_does_not(scene: Scene) -> None:
    invite(scene)

    assert "5 of 50 seats" in members_page(scene)
    assert "1 of 5 seats" in members_page(scene, by="Eve", place="eves")
    assert "seats" not in members_page(scene, by="Ben")


def test_when_the_seats_are_used_up_the_refusal_says_what_to_do(scene: Scene) -> None:
    for number in range(FREE.seats_max - 1):
        invite(scene, email=f"guest-{number}@example.com", place="eves", by="Eve")
    before, kept = scene.facts(), scene.in_the_vault()

    answer = scene.browser("Eve").post(scene.path("/w/{eves}/members/invitations"), email=NORA, role="viewer")

    assert answer.status_code == 409
    assert "5 of 5 seats all taken" in text_of(answer)
    assert "remove a member or revoke an invitation; a larger plan has more seats" in text_of(answer)
    assert (scene.facts(), scene.in_the_vault()) == (before, kept)


def test_an_invitation_of_a_larger_plan_is_refused_where_the_seats_are_used_up(scene: Scene) -> None:
    link = fill_with_one_invited(scene)

    answer = scene.browser(None).post(link, name="Nora")

    assert answer.status_code == 409
    assert 'data-code="seats_used_up"' in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers or "heartwood_session" not in answer.headers["Set-Cookie"]
    assert "6 of 5 seats all taken" in members_page(scene, by="Eve", place="eves")


# Limits.


def test_to_revoke_and_invite_anew_does_not_mail_somebody_without_end(scene: Scene) -> None:
    olga, path = scene.browser("Olga"), scene.path("/w/{child}/members/invitations")
    for _ in range(10):
        scene.house.clock.advance(seconds=1)
        link = invite(scene)
        assert olga.post(f"{path}/{link.split('/')[3]}/revoke").status_code == 303
    before = scene.facts()

    refused = olga.post(path, email=NORA, role="member")
    somebody_else = olga.post(path, email="nils@example.com", role="member")
    scene.house.clock.advance(days=1)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "86391")
    assert "Too many invitations" in text_of(refused)
    assert len(scene.facts()) == len(before) + 1
    assert somebody_else.status_code == 303
    assert olga.post(path, email=NORA, role="member").status_code == 303
