"""Your account: who one is, where one is signed in, and how that ends at once."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from domain.permissions import Role
from tests.house import House
from tests.web.pages.scene import FORM_TOKEN, TOKEN, Browser, Scene, text_of
from web.access import COOKIE
from web.app import create_app

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def sessions_of(scene: Scene, name: str) -> list[UUID]:
    listed = scene.house.services.sessions.of_person(scene.people[name], scene.house.clock())
    return [session.session_id for session in listed]


def this_session(scene: Scene, browser: Browser) -> UUID:
    cookie = browser.client.get_cookie(COOKIE)
    assert cookie
    found, _ = scene.house.services.sessions.of_token(cookie.value, scene.house.clock())
    return found.session_id


def end(session_id: object) -> str:
    return f"/account/sessions/{session_id}/end"


def test_the_page_says_who_one_is_and_every_page_leads_there(scene: Scene) -> None:
    browser = scene.browser("Vera")

    overview, page = browser.get(scene.path("/w/{child}/")), browser.get("/account")

    assert 'href="/account">Vera</a>' in overview.get_data(as_text=True)
    assert page.status_code == 200
    assert "vera@example.com" in text_of(page)
    assert "ana@example.com" not in text_of(page)


def test_it_lists_where_one_is_signed_in_and_nobody_else(scene: Scene) -> None:
    scene.browser("Ben")
    begin = scene.house.services.sessions.begin
    begin(scene.people["Ana"], scene.house.clock(), "Edge on Windows")
    begin(scene.people["Ben"], scene.house.clock(), "Safari on iPhone")
    scene.house.clock.advance(hours=3)

    page = text_of(scene.browser("Ana").get("/account"))

    assert "Edge on Windows 1 Mar 2026, 09:00 UTC 1 Mar 2026, 09:00 UTC End" in page
    assert "this one 1 Mar 2026, 12:00 UTC 1 Mar 2026, 12:00 UTC Sign out" in page
    assert "Safari" not in page


def test_signed_out_it_leads_to_the_sign_in(scene: Scene) -> None:
    browser = scene.browser(None)

    page, forms = browser.get("/account"), [end(uuid4()), "/account/sessions/end-others"]

    assert page.headers["Location"] == "/sign-in?next=/account"
    assert [browser.post(form).status_code for form in forms] == [302, 302]


def test_a_session_that_is_ended_is_over_at_once(scene: Scene) -> None:
    here, lost = scene.browser("Ana"), scene.browser("Ana")
    lost_id = this_session(scene, lost)
    before = lost.get("/account").status_code

    answer = here.post(end(lost_id))

    assert before == 200
    assert answer.status_code == 303
    assert "That browser is signed out." in text_of(here.follow(answer))
    assert lost.get("/account").status_code == 302
    assert sessions_of(scene, "Ana") == [this_session(scene, here)]


def test_ending_the_session_one_is_in_signs_out(scene: Scene) -> None:
    here = scene.browser("Ana")

    answer = here.post(end(this_session(scene, here)))

    assert answer.headers["Location"] == "/sign-in"
    assert here.client.get_cookie(COOKIE) is None
    assert sessions_of(scene, "Ana") == []


def test_all_other_sessions_are_ended_and_this_one_goes_on(scene: Scene) -> None:
    here, ben = scene.browser("Ana"), scene.browser("Ben")
    others = [scene.browser("Ana") for _ in range(2)]

    answer = here.post("/account/sessions/end-others")
    again = here.post("/account/sessions/end-others")

    assert "You are signed out in 2 other browsers. You are signed in nowhere else." in text_of(
        here.follow(again)
    )
    assert answer.status_code == 303
    assert [one.get("/account").status_code for one in (*others, here, ben)] == [302, 302, 200, 200]


@pytest.mark.parametrize("whose", ["Ben", "nobody"])
def test_a_session_of_somebody_else_is_not_there(scene: Scene, whose: str) -> None:
    scene.browser("Ben")
    session_id = sessions_of(scene, "Ben")[0] if whose == "Ben" else uuid4()
    eve = scene.browser("Eve")

    answer = eve.post(end(session_id))

    assert answer.status_code == 404
    assert answer.data == eve.post(end(uuid4())).data
    assert len(sessions_of(scene, "Ben")) == 1


@pytest.mark.parametrize("session_id", ["", "x", "1", "' OR 1=1 --", "%00"])
def test_what_is_no_session_ends_none(scene: Scene, session_id: str) -> None:
    browser = scene.browser("Ana")

    answer = browser.post(end(session_id))

    assert answer.status_code == 404
    assert len(sessions_of(scene, "Ana")) == 1


@pytest.mark.parametrize("form", ["/account/sessions/end-others", "this"])
def test_another_site_ends_nothing(scene: Scene, form: str) -> None:
    here = scene.browser("Ana")
    scene.browser("Ana")
    path = end(this_session(scene, here)) if form == "this" else form

    answers = [here.client.post(path, data=data) for data in ({}, {FORM_TOKEN: "x"}, {FORM_TOKEN: TOKEN[1:]})]

    assert {answer.status_code for answer in answers} == {400}
    assert len(sessions_of(scene, "Ana")) == 2


def test_an_ended_session_is_over_in_another_process_with_its_next_request(scene: Scene) -> None:
    """Two applications, with connections of their own to one database, as two workers are."""
    from scripts.wiring import Wiring

    second = Wiring(scene.house.wiring.settings, clock=scene.house.clock)
    elsewhere = create_app(second.services).test_client()
    here, lost = scene.browser("Ana"), scene.browser("Ana")
    cookie = lost.client.get_cookie(COOKIE)
    assert cookie
    elsewhere.set_cookie(COOKIE, cookie.value)
    before = elsewhere.get("/account").status_code

    here.post(end(this_session(scene, lost)))

    after = elsewhere.get("/account")
    second.database.close()
    assert before == 200
    assert after.status_code == 302


def test_the_browser_is_kept_in_words_and_nothing_else_of_what_it_says(house: House) -> None:
    house.person("Ana")
    browser = Browser(house, None)
    token = house.wiring.links.make(email="ana@example.com", now=house.clock(), browser=None)

    browser.client.post(f"/sign-in/{token}", data={FORM_TOKEN: TOKEN}, headers={"User-Agent": FIREFOX})

    with house.database.connection() as db:
        (row,) = db.execute("SELECT * FROM sessions")
    assert row["browser"] == "Firefox on Linux"
    assert not [one for one in row.values() if "rv:140" in str(one) or "Gecko" in str(one)]


def invited(scene: Scene, name: str) -> str:
    """The address of an invitation of Eve's that this person was sent."""
    eve, invitation_id = scene.people["Eve"], uuid4()
    because = scene.house.because(f"person:{eve}")
    scene.house.agency.invite(
        scene.eves_id, eve, invitation_id, scene.people[name], Role.MEMBER, because=because
    )
    scene.house.run_followed()
    mac = scene.house.services.keys.invitation_mac(scene.eves_id, invitation_id)
    return f"/invitations/{scene.eves_id}/{invitation_id}/{mac}"


def test_accepting_an_invitation_where_one_is_signed_in_leaves_one_session_and_it_is_new(
    scene: Scene,
) -> None:
    browser, elsewhere = scene.browser("Ben"), scene.browser("Ben")
    path, before = invited(scene, "Ben"), this_session(scene, browser)

    answer = browser.post(path)

    assert answer.status_code == 303
    assert before not in sessions_of(scene, "Ben")
    assert set(sessions_of(scene, "Ben")) == {
        this_session(scene, browser),
        this_session(scene, elsewhere),
    }
    assert browser.get(scene.path("/w/{eves}/")).status_code == 200


def test_an_invitation_is_not_accepted_in_the_session_of_somebody_else(scene: Scene) -> None:
    browser, path = scene.browser("Vera"), invited(scene, "Ben")
    before = this_session(scene, browser)

    answer = browser.post(path)

    assert answer.status_code == 409
    assert this_session(scene, browser) == before
    assert sessions_of(scene, "Ben") == []
