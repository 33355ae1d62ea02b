"""Signing in, up and out."""

from __future__ import annotations

import re

from tests.web.pages.scene import Browser, Scene, text_of
from web.access import COOKIE

LINK = re.compile(r"http://localhost(/sign-in/\S+)")
SIGN_UP = {
    "name": "Nora",
    "email": "nora@example.com",
    "workspace": "Nora's place",
    "plan": "free",
}

NO_ADDRESSES = [
    "",
    "ana",
    "ana@",
    "@example.com",
    "a b@example.com",
    "a@b",
    "a@ex.com\nX: y",
    "=?utf-8?q?a?=@example.com",
]
ELSEWHERE = ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1", "/\nx"]
BAD_FIELDS = [
    ("name", ""),
    ("name", "x" * 121),
    ("name", "a\u202eb"),
    ("email", "nora"),
    ("email", f"{'x' * 250}@example.com"),
    ("workspace", "   "),
    ("workspace", "two\nlines"),
    ("plan", "enterprise"),
    ("plan", ""),
]


def link_in_mail(scene: Scene) -> str:
    found = LINK.search(scene.house.services.mail.read()[0].text)
    assert found
    return found[1]


def mails(scene: Scene) -> int:
    return len(scene.house.services.mail.read())


# Signing in.


def test_a_link_by_mail_signs_in_and_leads_where_one_wanted_to_go(scene: Scene) -> None:
    browser = scene.browser(None)
    wanted = scene.path("/w/{child}/members")
    browser.post("/sign-in", email="Ben@Example.com", next=wanted)

    answer = browser.post(link_in_mail(scene))

    assert answer.status_code == 303
    assert answer.headers["Location"] == wanted
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    assert browser.follow(answer).status_code == 200


def test_opening_the_link_uses_nothing_up_and_using_it_does(scene: Scene) -> None:
    browser = scene.browser(None)
    browser.post("/sign-in", email="ana@example.com")
    link = link_in_mail(scene)
    opened = [browser.get(link).status_code for _ in range(2)]

    first, second = browser.post(link), scene.browser(None).post(link)

    assert opened == [200, 200]
    assert first.status_code == 303
    assert second.status_code == 410
    assert "Set-Cookie" not in second.headers


def test_a_link_works_for_a_quarter_of_an_hour(scene: Scene) -> None:
    browser = scene.browser(None)
    browser.post("/sign-in", email="ana@example.com")

    scene.house.clock.advance(minutes=15)

    assert browser.post(link_in_mail(scene)).status_code == 410


def test_a_false_link_says_so(scene: Scene) -> None:
    assert scene.browser(None).post("/sign-in/of-nobody").status_code == 410


def test_only_the_owner_of_an_address_hears_whether_it_is_known(scene: Scene) -> None:
    browser = scene.browser(None)
    known = browser.post("/sign-in", email="ana@example.com")

    unknown = browser.post("/sign-in", email="nobody@example.com")

    assert (unknown.status_code, unknown.data) == (known.status_code, known.data)
    texts = {mail.to: mail.text for mail in scene.house.services.mail.read()}
    assert "/sign-in/" in texts["ana@example.com"]
    assert "nobody at Heartwood has it" in texts["nobody@example.com"]
    assert "/sign-in/" not in texts["nobody@example.com"]


def test_what_is_no_address_is_refused(scene: Scene) -> None:
    browser = scene.browser(None)

    answers = [browser.post("/sign-in", email=email) for email in NO_ADDRESSES]

    assert {answer.status_code for answer in answers} == {422}
    assert all("e-mail address" in text_of(answer) for answer in answers)


def test_a_sign_in_never_leads_to_another_site(scene: Scene) -> None:
    browser = scene.browser(None)
    answers = []

    for wanted in ELSEWHERE:
        scene.house.clock.advance(seconds=1)
        browser.post("/sign-in", email="ana@example.com", next=wanted)
        answers.append(browser.post(link_in_mail(scene)))

    assert {answer.headers["Location"] for answer in answers} == {"/"}


def test_signing_out_ends_the_session_everywhere_it_is_used(scene: Scene) -> None:
    browser = scene.browser("Ana")
    cookie = browser.client.get_cookie(COOKIE)
    assert cookie

    answer = browser.post("/sign-out")

    thief = Browser(scene.house, None)
    thief.client.set_cookie(COOKIE, cookie.value)
    assert answer.status_code == 303
    assert browser.client.get_cookie(COOKIE) is None
    assert thief.get(scene.path("/w/{anchor}/")).status_code == 302


def test_the_front_door_leads_to_a_workspace_or_to_the_sign_in(scene: Scene) -> None:
    assert scene.browser("Ben").get("/").headers["Location"] == scene.path("/w/{child}/")
    assert scene.browser(None).get("/").headers["Location"].startswith("/sign-in")


# Signing up.


def test_signing_up_opens_a_free_workspace(scene: Scene) -> None:
    browser = scene.browser(None)
    browser.post("/sign-up", **SIGN_UP)

    answer = browser.post(link_in_mail(scene))

    page = text_of(browser.follow(answer))
    assert answer.status_code == 303
    assert "Nora's place" in page
    assert "0 of 500 events" in page


def test_signing_up_for_an_agency_leads_to_the_checkout_and_paying_makes_an_anchor(scene: Scene) -> None:
    browser = scene.browser(None)
    browser.post("/sign-up", **SIGN_UP | {"plan": "agency"})
    answer = browser.post(link_in_mail(scene))
    assert answer.headers["Location"].startswith("http://stripe.localhost/")

    back = scene.house.stripe.pay(answer.headers["Location"].rsplit("/", 1)[1])

    returned = browser.get(back.removeprefix("http://localhost"))
    page = text_of(browser.follow(returned))
    assert returned.status_code == 303
    assert "of 25,000 events" in page
    assert "Agency, € 249.00 a month" in page


def test_signing_up_with_a_known_address_opens_a_workspace_of_the_same_person(scene: Scene) -> None:
    browser = scene.browser(None)
    browser.post("/sign-up", **SIGN_UP | {"email": "eve@example.com"})

    browser.post(link_in_mail(scene))

    assert browser.get(scene.path("/w/{eves}/")).status_code == 200


def test_nothing_is_opened_before_the_link_is_used(scene: Scene) -> None:
    before = scene.facts()

    answer = scene.browser(None).post("/sign-up", **SIGN_UP)

    assert "Check your mail" in text_of(answer)
    assert scene.facts() == before
    assert scene.house.services.vault.person_of_email(SIGN_UP["email"]) is None


def test_a_sign_up_with_a_bad_field_is_refused_and_sends_nothing(scene: Scene) -> None:
    browser = scene.browser(None)

    answers = [browser.post("/sign-up", **SIGN_UP | {field: value}) for field, value in BAD_FIELDS]

    assert [answer.status_code for answer in answers] == [422] * len(BAD_FIELDS)
    assert all('data-code="validation_error"' in answer.get_data(as_text=True) for answer in answers)
    assert mails(scene) == 0


def test_the_mail_of_the_demo_is_shown_in_the_demo_only(scene: Scene) -> None:
    scene.browser(None).post("/sign-in", email="ana@example.com")

    page = scene.browser(None).get("/dev/mail")

    assert link_in_mail(scene) in page.get_data(as_text=True)
