"""The link in the mail: it works where it was asked for, and there is an end to asking."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from tests.web.pages.scene import FORM_TOKEN, TOKEN, Browser, Scene, text_of
from web.access import COOKIE
from web.cookies import ASKED

LINK = re.compile(r"http://localhost(/sign-in/\S+)")
SIGN_UP = {"name": "Nora", "email": "nora@example.com", "workspace": "Nora's place", "plan": "free"}
ADDRESSES = {"known": "ana@example.com", "unknown": "nobody@example.com"}


def links_in_mails(scene: Scene) -> list[str]:
    """The newest first."""
    mails = scene.house.services.mail.read()
    return [found[1] for mail in mails if (found := LINK.search(mail.text))]


def asked(scene: Scene, email: str = "ana@example.com", **fields: str) -> tuple[Browser, str]:
    """A browser that asked for a link, and the link."""
    browser = scene.browser(None)
    browser.post("/sign-in", email=email, **fields)
    scene.house.clock.advance(seconds=1)
    return browser, links_in_mails(scene)[0]


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/account").status_code == 200


# The browser that asked.


def test_in_another_browser_the_link_signs_nobody_in_and_is_not_used_up(scene: Scene) -> None:
    here, link = asked(scene)
    elsewhere = scene.browser(None)

    answers = [elsewhere.get(link), elsewhere.post(link), elsewhere.get(link)]

    assert {answer.status_code for answer in answers} == {409}
    assert all("in the browser where you asked for it" in text_of(answer) for answer in answers)
    assert not is_signed_in(elsewhere)
    assert here.post(link).status_code == 303
    assert is_signed_in(here)


def test_another_browser_that_asked_for_a_link_of_its_own_cannot_use_this_one(scene: Scene) -> None:
    _, anas = asked(scene)
    eve, eves = asked(scene, "eve@example.com")

    answer = eve.post(anas)

    assert answer.status_code == 409
    assert "ana@example.com" not in text_of(answer)
    assert eve.post(eves).status_code == 303


def test_a_link_for_this_browser_is_sent_to_the_same_address_and_leads_on(scene: Scene) -> None:
    wanted = scene.path("/w/{child}/usage")
    here, first = asked(scene, "ben@example.com", next=wanted)
    elsewhere = scene.browser(None)

    sent = elsewhere.post(f"{first}/again")

    second = links_in_mails(scene)[0]
    assert "Check your mail" in text_of(sent)
    assert "ben@example.com" not in text_of(sent)
    assert scene.house.services.mail.read()[0].to == "ben@example.com"
    assert second != first
    assert elsewhere.post(second).headers["Location"] == wanted
    assert here.post(first).status_code == 303


def test_a_sign_up_is_carried_on_in_another_browser_and_opens_one_workspace(scene: Scene) -> None:
    here, elsewhere = scene.browser(None), scene.browser(None)
    here.post("/sign-up", **SIGN_UP)
    scene.house.clock.advance(seconds=1)
    first = links_in_mails(scene)[0]
    elsewhere.post(f"{first}/again")
    scene.house.clock.advance(seconds=1)

    opened = elsewhere.post(links_in_mails(scene)[0])
    before = scene.facts()
    again = here.post(first)

    assert "Nora's place" in text_of(elsewhere.follow(opened))
    assert again.headers["Location"] == opened.headers["Location"]
    assert scene.facts() == before


def test_where_the_link_works_no_other_is_sent(scene: Scene) -> None:
    here, link = asked(scene)

    answer = here.post(f"{link}/again")

    assert answer.headers["Location"] == link
    assert len(scene.house.services.mail.read()) == 1


def test_of_a_link_that_is_gone_no_other_is_sent(scene: Scene) -> None:
    _, link = asked(scene)
    scene.house.clock.advance(minutes=15)

    answers = [scene.browser(None).post(f"{path}/again") for path in (link, "/sign-in/of-nobody")]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert scene.browser(None).follow(answers[0]).status_code == 410
    assert len(scene.house.services.mail.read()) == 1


def test_two_links_of_one_browser_both_work(scene: Scene) -> None:
    browser, first = asked(scene)
    browser.post("/sign-in", email="ana@example.com")

    opened = [browser.get(link).status_code for link in (first, links_in_mails(scene)[0])]

    assert opened == [200, 200]
    assert browser.post(first).status_code == 303


@pytest.mark.parametrize("secret", ["", "x", "x" * 42, "x" * 44, "x" * 42 + "é", "a" * 43 + ";"])
def test_a_secret_that_we_did_not_make_is_replaced(scene: Scene, secret: str) -> None:
    browser = scene.browser(None)
    browser.client.set_cookie(ASKED, secret)

    browser.post("/sign-in", email="ana@example.com")

    cookie = browser.client.get_cookie(ASKED)
    assert cookie
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", cookie.value)
    assert browser.post(links_in_mails(scene)[0]).status_code == 303


def test_the_secret_is_for_a_quarter_of_an_hour(scene: Scene) -> None:
    sent = scene.browser(None).post("/sign-in", email="ana@example.com")

    (flags,) = [one for one in sent.headers.getlist("Set-Cookie") if one.startswith(ASKED)]
    assert all(f"; {flag}" in flags for flag in ("Max-Age=900", "HttpOnly", "SameSite=Lax", "Path=/"))


# Sessions.


def test_a_sign_in_makes_a_new_session_whichever_the_browser_came_with(scene: Scene) -> None:
    """Somebody who knew the old token learns nothing of the new one."""
    browser, link = asked(scene)
    browser.client.set_cookie(COOKIE, "a token that somebody else chose")

    browser.post(link)

    cookie = browser.client.get_cookie(COOKIE)
    assert cookie
    assert cookie.value != "a token that somebody else chose"
    assert is_signed_in(browser)


def test_signing_in_as_somebody_else_ends_the_session_that_was_there(scene: Scene) -> None:
    browser = scene.browser("Ben")
    before = browser.client.get_cookie(COOKIE)
    browser.post("/sign-in", email="ana@example.com")

    browser.post(links_in_mails(scene)[0])

    thief = scene.browser(None)
    assert before
    thief.client.set_cookie(COOKIE, before.value)
    assert "ana@example.com" in text_of(browser.get("/account"))
    assert not is_signed_in(thief)


def test_a_session_goes_on_with_another_token_after_a_day(scene: Scene) -> None:
    browser = scene.browser("Ana")
    scene.house.clock.advance(days=1)

    answer = browser.get("/account")

    assert answer.headers["Set-Cookie"].startswith(f"{COOKIE}=")
    assert is_signed_in(browser)
    assert "Set-Cookie" not in browser.get("/account").headers


def test_signing_out_after_the_exchange_ends_the_session_too(scene: Scene) -> None:
    browser = scene.browser("Ana")
    scene.house.clock.advance(days=1)

    answer = browser.post("/sign-out")

    assert browser.client.get_cookie(COOKIE) is None
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert scene.house.services.sessions.of_person(scene.people["Ana"], scene.house.clock()) == []


# Limits.


def ask(scene: Scene, email: str, client: str = "192.0.2.1", path: str = "/sign-in") -> TestResponse:
    fields = SIGN_UP | {FORM_TOKEN: TOKEN, "email": email}
    return scene.browser(None).client.post(path, data=fields, environ_base={"REMOTE_ADDR": client})


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up"])
@pytest.mark.parametrize("who", ADDRESSES)
def test_five_links_an_hour_are_sent_to_an_address(scene: Scene, who: str, path: str) -> None:
    answers = [ask(scene, ADDRESSES[who], path=path) for _ in range(7)]

    mails = len(scene.house.services.mail.read())
    scene.house.clock.advance(hours=1)
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "3600"
    assert "Too many links were asked for" in text_of(answers[-1])
    assert "Try again in 60 minutes" in text_of(answers[-1])
    assert mails == 5
    assert ask(scene, ADDRESSES[who], path=path).status_code == 200


def test_above_the_limit_known_and_unknown_addresses_are_answered_the_same(scene: Scene) -> None:
    last = {who: [ask(scene, email) for _ in range(6)][-1] for who, email in ADDRESSES.items()}

    assert last["known"].data == last["unknown"].data
    assert last["known"].headers.to_wsgi_list() == last["unknown"].headers.to_wsgi_list()
    assert last["known"].status_code == 429


def test_thirty_links_an_hour_are_asked_for_from_one_place(scene: Scene) -> None:
    answers = [ask(scene, f"{number}@example.com") for number in range(31)]

    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert ask(scene, "31@example.com", client="192.0.2.2").status_code == 200


def test_a_link_for_another_browser_counts_like_any_other(scene: Scene) -> None:
    _, link = asked(scene)

    answers = [scene.browser(None).post(f"{link}/again") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 4 + [429]
    assert len(scene.house.services.mail.read()) == 5


def test_what_is_no_address_is_not_counted(scene: Scene) -> None:
    refused = {ask(scene, "ana@").status_code for _ in range(40)}

    assert refused == {422}
    assert ask(scene, "ana@example.com").status_code == 200


def test_links_are_tried_so_often_from_one_place_and_then_not_even_a_true_one(scene: Scene) -> None:
    browser, link = asked(scene)
    guesses = [browser.post(f"/sign-in/guess-{number}").status_code for number in range(119)]
    last, above = browser.get(link), browser.post(link)

    scene.house.clock.advance(minutes=14)
    elsewhere = browser.client.post(link, data={FORM_TOKEN: TOKEN}, environ_base={"REMOTE_ADDR": "192.0.2.9"})

    assert set(guesses) == {410}
    assert (last.status_code, above.status_code) == (200, 429)
    assert "Too many links were tried" in text_of(above)
    assert int(above.headers["Retry-After"]) > 0
    assert elsewhere.status_code == 303  # it was not used up
