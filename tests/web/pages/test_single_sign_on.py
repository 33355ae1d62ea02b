"""Single sign-on at a real provider: whom it lets in, and everything that it does not."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from scripts.ports import free_port
from tests.openid.enterprise import Enterprise
from tests.openid.running import query_of
from tests.web.pages.scene import text_of
from web.cookies import SIGN_ON
from web.pages.single_sign_on import RETURN_PATH

NOT_BEGUN = "was not begun in this browser"
STAY_OUTSIDE = {
    "elsewhere": "an address of another mail domain than its own",
    "doubted": "does not vouch for your e-mail address",
    "unsaid": "does not vouch for your e-mail address",
    "nobody": "no workspace here knows your address",
    "eve": "no workspace here knows your address",
}


def mails(enterprise: Enterprise) -> int:
    return len(enterprise.house.services.mail.read())


def test_an_address_of_the_domain_signs_in_at_the_provider_and_goes_on_where_it_wanted(
    enterprise: Enterprise,
) -> None:
    enterprise.set_up()
    browser, wanted = enterprise.browser(None), enterprise.path("/w/{child}/members")
    url = enterprise.begun(browser, "Olga@Example.com", next=wanted)

    answer = browser.get(enterprise.provider.return_of(url, "olga"))

    assert (answer.status_code, answer.headers["Location"]) == (303, wanted)
    assert browser.follow(answer).status_code == 200
    assert browser.client.get_cookie(SIGN_ON) is None
    assert mails(enterprise) == 0


def test_what_the_provider_is_asked_is_bound_to_this_browser_and_proves_who_asked(
    enterprise: Enterprise,
) -> None:
    enterprise.set_up()
    browsers = [enterprise.browser(None) for _ in range(2)]

    asked = [query_of(enterprise.begun(browser, "olga@example.com")) for browser in browsers]

    assert asked[0]["response_type"] == "code"
    assert asked[0]["scope"] == "openid email"
    assert asked[0]["code_challenge_method"] == "S256"
    assert asked[0]["redirect_uri"] == f"http://localhost{RETURN_PATH}"
    assert asked[0]["login_hint"] == "olga@example.com"
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[0][name]) >= 43
        assert asked[0][name] != asked[1][name]
    cookie = browsers[0].client.get_cookie(SIGN_ON)
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.max_age) == (True, "Lax", 600)
    assert asked[0]["state"] not in cookie.value


def test_a_client_without_a_secret_of_which_the_provider_demands_pkce_signs_in(
    enterprise: Enterprise,
) -> None:
    enterprise.set_up(client_id="heartwood-public", secret=None)

    answer = enterprise.returned("olga")

    assert answer.status_code == 303


def test_a_code_that_was_asked_for_by_somebody_else_is_worth_nothing(enterprise: Enterprise) -> None:
    enterprise.set_up(client_id="heartwood-public", secret=None)
    browser = enterprise.browser(None)
    url = enterprise.begun(browser, "olga@example.com")
    others = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    answer = browser.get(
        enterprise.provider.return_of(url.replace(query_of(url)["code_challenge"], others), "olga")
    )

    assert answer.status_code == 502
    assert "did not confirm that it was you" in text_of(answer)
    assert not enterprise.signed_in(browser)


def test_the_page_does_not_tell_whether_an_address_is_known(enterprise: Enterprise) -> None:
    enterprise.set_up(required=True)
    shown = []

    for email in ("olga@example.com", "xyza@example.com"):
        answer = enterprise.browser(None).post("/sign-in", email=email)
        page = answer.get_data(as_text=True).replace(email.partition("@")[0], "somebody")
        page = re.sub(r"(state|nonce|code_challenge)=[\w-]+", "", page)
        shown.append((answer.status_code, page, sorted(dict(answer.headers))))

    assert shown[0] == shown[1]


def test_whom_the_provider_does_not_vouch_for_or_nobody_invited_stays_outside(
    enterprise: Enterprise,
) -> None:
    enterprise.set_up()
    before = enterprise.facts()

    for name, told in STAY_OUTSIDE.items():
        browser = enterprise.browser(None)
        answer = enterprise.returned(name, browser)
        assert (name, answer.status_code) == (name, 403)
        assert told in text_of(answer)
        assert not enterprise.signed_in(browser)

    assert enterprise.facts() == before


def test_who_says_no_at_the_provider_stays_outside(enterprise: Enterprise) -> None:
    enterprise.set_up()
    browser = enterprise.browser(None)
    url = enterprise.begun(browser, "adam@example.com")

    back = enterprise.provider.return_of(url, "declining", consents=False)

    assert "error=access_denied" in back
    assert "did not let you in" in text_of(browser.get(back))
    assert not enterprise.signed_in(browser)


def test_another_state_no_state_and_another_browser_are_refused(enterprise: Enterprise) -> None:
    enterprise.set_up()
    mine, other = enterprise.browser(None), enterprise.browser(None)
    enterprise.begun(other, "olga@example.com")
    back = enterprise.provider.return_of(enterprise.begun(mine, "olga@example.com"), "olga")
    state = query_of(back)["state"]

    answers = [
        other.get(back),
        enterprise.browser(None).get(back),
        other.get(RETURN_PATH),
        mine.get(back.replace(state, state[:-1] + "_")),
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert all(NOT_BEGUN in text_of(answer) for answer in answers)
    assert not enterprise.signed_in(mine)


def test_an_answer_is_used_once_and_its_code_is_worth_nothing_a_second_time(enterprise: Enterprise) -> None:
    enterprise.set_up()
    browser = enterprise.browser(None)
    back = enterprise.provider.return_of(enterprise.begun(browser, "olga@example.com"), "olga")
    cookie = browser.client.get_cookie(SIGN_ON)
    assert cookie is not None
    first = browser.get(back)

    again, thief = browser.get(back), enterprise.browser(None)
    thief.client.set_cookie(SIGN_ON, cookie.value)
    stolen = thief.get(back)

    assert [first.status_code, again.status_code, stolen.status_code] == [303, 400, 502]
    assert not enterprise.signed_in(thief)


def test_a_token_that_was_made_for_another_attempt_is_refused(enterprise: Enterprise) -> None:
    enterprise.set_up()
    browser = enterprise.browser(None)
    url = enterprise.begun(browser, "olga@example.com")

    answer = browser.get(
        enterprise.provider.return_of(url.replace(query_of(url)["nonce"], "another"), "olga")
    )

    assert answer.status_code == 502
    assert "cannot be trusted" in text_of(answer)
    assert not enterprise.signed_in(browser)


def test_a_token_for_another_client_is_refused(enterprise: Enterprise) -> None:
    enterprise.set_up(client_id="heartwood-misled")

    answer = enterprise.returned("olga")

    assert answer.status_code == 502
    assert "cannot be trusted" in text_of(answer)


def test_an_answer_in_the_name_of_another_provider_is_refused(enterprise: Enterprise) -> None:
    enterprise.set_up()
    answers = []

    for issuer in ("http%3A%2F%2F127.0.0.1%3A1", ""):
        browser = enterprise.browser(None)
        back = enterprise.provider.return_of(enterprise.begun(browser, "olga@example.com"), "olga")
        answers.append(browser.get(re.sub(r"iss=[^&]+", f"iss={issuer}" if issuer else "", back)))

    assert {answer.status_code for answer in answers} == {502}


def test_an_attempt_lives_for_ten_minutes(enterprise: Enterprise) -> None:
    enterprise.set_up()
    browser = enterprise.browser(None)
    back = enterprise.provider.return_of(enterprise.begun(browser, "olga@example.com"), "olga")

    enterprise.house.clock.advance(minutes=10, seconds=2)

    assert NOT_BEGUN in text_of(browser.get(back))


def test_a_token_of_another_time_is_refused(enterprise: Enterprise) -> None:
    enterprise.set_up()
    told = []

    for hours in (-2, 48):
        enterprise.house.clock.advance(hours=hours)
        answer = enterprise.returned("olga")
        told.append((answer.status_code, "cannot be trusted" in text_of(answer)))

    assert told == [(502, True), (502, True)]


def test_another_secret_than_the_provider_knows_is_told_in_words(enterprise: Enterprise) -> None:
    enterprise.set_up(secret="another secret")

    answer = enterprise.returned("olga")

    assert answer.status_code == 502
    assert "did not confirm" in text_of(answer)


def test_new_keys_of_the_provider_are_fetched_when_they_are_met_but_not_all_the_time(
    enterprise: Enterprise,
) -> None:
    enterprise.set_up()
    assert enterprise.returned("olga").status_code == 303
    enterprise.provider.rotate()

    at_once = enterprise.returned("olga")
    enterprise.house.clock.advance(seconds=30)
    soon = enterprise.returned("olga")

    assert (at_once.status_code, soon.status_code) == (502, 303)


def test_a_provider_that_is_away_is_told_with_the_way_by_mail(enterprise: Enterprise) -> None:
    enterprise.set_up(issuer=f"http://127.0.0.1:{free_port()}")
    browser = enterprise.browser(None)

    answer = browser.post("/sign-in", email="olga@example.com")

    assert answer.status_code == 503
    assert "does not answer just now" in text_of(answer)
    assert browser.post("/sign-in", email="olga@example.com", by="mail").status_code == 200
    assert mails(enterprise) == 1


def test_no_code_no_token_and_no_secret_comes_into_a_log(
    enterprise: Enterprise, caplog: pytest.LogCaptureFixture
) -> None:
    enterprise.set_up(secret="a secret that nobody knows")
    browser = enterprise.browser(None)
    back = enterprise.provider.return_of(enterprise.begun(browser, "olga@example.com"), "olga")

    with caplog.at_level("DEBUG"):
        answer = browser.get(back)

    assert answer.status_code == 502
    for private in (query_of(back)["code"], query_of(back)["state"], "a secret that nobody knows"):
        assert private not in caplog.text.replace(urlsplit(back).path, "")
        assert private not in answer.get_data(as_text=True)
