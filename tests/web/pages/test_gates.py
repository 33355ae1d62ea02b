"""Who is let in where: every page and every form, for everybody of the cast."""

from __future__ import annotations

from dataclasses import replace

from tests.house import House
from tests.web.pages.scene import Browser, Scene
from web.app import create_app

EVERYBODY = ("Ana", "Adam", "Olga", "Ben", "Vera", "Eve")
LEADERS = {"Ana", "Adam"}
STAFF = LEADERS | {"Olga"}
MEMBERS = STAFF | {"Ben"}
ALL_HERE = MEMBERS | {"Vera"}
NOBODY: set[str] = set()

# A page, and who sees it; for all others it does not exist.
PAGES = [
    ("/w/{anchor}/", LEADERS),
    ("/w/{child}/", ALL_HERE),
    ("/w/{sibling}/", LEADERS),
    ("/w/{anchor}/workspaces", LEADERS),
    ("/w/{child}/workspaces", NOBODY),
    ("/w/{anchor}/members", LEADERS),
    ("/w/{child}/members", MEMBERS),
    ("/w/{anchor}/keys", LEADERS),
    ("/w/{child}/keys", STAFF),
    ("/w/{anchor}/usage", LEADERS),
    ("/w/{child}/usage", ALL_HERE),
    ("/w/{sibling}/usage", LEADERS),
    ("/w/{anchor}/usage/pool", LEADERS),
    ("/w/{child}/usage/pool", NOBODY),
    ("/w/{eves}/usage/pool", {"Eve"}),
    ("/w/{anchor}/settings", LEADERS),
    ("/w/{anchor}/settings/exports", LEADERS),
    ("/w/{child}/settings/exports", NOBODY),
    ("/w/{eves}/settings/exports", {"Eve"}),
    ("/w/{anchor}/settings/single-sign-on", {"Ana"}),
    ("/w/{child}/settings/single-sign-on", NOBODY),
    ("/w/{child}/settings", ALL_HERE),
    ("/w/{anchor}/billing", LEADERS),
    ("/w/{child}/billing", NOBODY),
    ("/w/{anchor}/billing/cancel", LEADERS),
    ("/w/{child}/billing/cancel", NOBODY),
    *[
        (f"/w/{{{place}}}/billing/{page}", who)
        for page in ("plan?to=pro", "next-invoice", "invoices", "invoices.csv")
        for place, who in (("anchor", LEADERS), ("child", NOBODY))
    ],
    ("/w/{eves}/", {"Eve"}),
    ("/w/{eves}/billing", {"Eve"}),
    ("/w/{nowhere}/", NOBODY),
]

# A form, what is sent with it, and who may send it.
FORMS: list[tuple[str, dict[str, str], set[str]]] = [
    ("/w/{anchor}/workspaces", {"name": "One more"}, LEADERS),
    ("/w/{child}/workspaces", {"name": "One more"}, NOBODY),
    ("/w/{anchor}/workspaces/{eves}/adopt", {}, NOBODY),
    ("/w/{child}/workspaces/{eves}/adopt", {}, NOBODY),
    ("/w/{child}/settings/name", {"name": "Renamed"}, STAFF),
    ("/w/{anchor}/settings/name", {"name": "Renamed"}, LEADERS),
    ("/w/{child}/settings/rate", {"rate": "50"}, STAFF),
    ("/w/{child}/settings/rate/default", {}, STAFF),
    ("/w/{anchor}/settings/rate", {"rate": "50"}, LEADERS),
    ("/w/{child}/settings/leave", {}, ALL_HERE),
    ("/w/{child}/settings/delete", {"name": "Larkfield — Support line"}, {"Ana", "Olga"}),
    ("/w/{anchor}/settings/delete", {"name": "Bright Signal"}, NOBODY),
    ("/w/{anchor}/settings/exports", {}, LEADERS),
    ("/w/{child}/settings/exports", {}, NOBODY),
    ("/w/{anchor}/settings/single-sign-on", {}, {"Ana"}),
    ("/w/{anchor}/settings/single-sign-on/remove", {}, {"Ana"}),
    ("/w/{child}/members/invitations", {"email": "new@example.com", "role": "member"}, STAFF),
    ("/w/{child}/members/invitations/{nowhere}/revoke", {}, STAFF),
    ("/w/{child}/members/invitations/{nowhere}/resend", {}, STAFF),
    ("/w/{child}/members/owner", {"successor": "{ben}", "role": "member"}, {"Ana", "Olga"}),
    ("/w/{child}/settings/visibility", {"dashboard": "none"}, LEADERS),
    ("/w/{anchor}/workspaces/visibility", {"dashboard": "none"}, LEADERS),
    ("/w/{child}/workspaces/visibility", {"dashboard": "none"}, NOBODY),
    ("/w/{anchor}/workspaces/visibility/defaults", {"dashboard": "none"}, LEADERS),
    ("/w/{child}/workspaces/visibility/defaults", {"dashboard": "none"}, NOBODY),
    ("/w/{child}/members/{ben}/role", {"role": "viewer"}, STAFF),
    ("/w/{child}/members/{ben}/remove", {}, STAFF),
    ("/w/{child}/keys", {"mode": "live", "scopes": "track"}, STAFF),
    ("/w/{child}/keys/abcdefgh/replace", {"overlap": "1_hour"}, STAFF),
    ("/w/{child}/keys/abcdefgh/revoke", {}, STAFF),
    *[
        (f"/w/{{{place}}}/billing/{button}", {}, who)
        for button in ("plan", "plan/change", "cancel", "end", "reactivate", "portal", "refresh")
        for place, who in (("anchor", LEADERS), ("child", NOBODY))
    ],
]


def test_each_page_is_there_for_those_who_may_see_it_and_for_nobody_else(scene: Scene) -> None:
    browsers = {name: scene.browser(name) for name in EVERYBODY}
    missing = browsers["Eve"].get(scene.path("/w/{nowhere}/")).data

    wrong = [
        (page, name, answer.status_code)
        for page, who in PAGES
        for name, browser in browsers.items()
        if (answer := browser.get(scene.path(page))).status_code != (200 if name in who else 404)
        or (answer.status_code == 404 and answer.data != missing)
    ]

    assert wrong == []


def test_a_form_of_someone_who_may_not_send_it_is_a_miss_and_records_nothing(scene: Scene) -> None:
    browsers = {name: scene.browser(name) for name in EVERYBODY}
    missing = browsers["Eve"].get(scene.path("/w/{nowhere}/")).data
    before = scene.facts()

    wrong = [
        (form, name, answer.status_code)
        for form, fields, who in FORMS
        for name, browser in browsers.items()
        if name not in who
        and (
            (answer := browser.post(scene.path(form), **fields)).status_code != 404 or answer.data != missing
        )
    ]

    assert wrong == []
    assert scene.facts() == before


def test_signed_out_every_page_and_form_leads_to_the_sign_in(scene: Scene) -> None:
    browser, before = scene.browser(None), scene.facts()

    answers = [browser.get(scene.path(page)) for page, _ in PAGES]
    answers += [browser.post(scene.path(form), **fields) for form, fields, _ in FORMS]

    assert {answer.status_code for answer in answers} == {302}
    assert all(answer.headers["Location"].startswith("/sign-in?next=/") for answer in answers)
    assert scene.facts() == before


def test_an_address_that_cannot_be_is_a_miss(scene: Scene) -> None:
    ana = scene.browser("Ana")
    paths = ["/w/1/", "/w/not-a-uuid/billing", "/invitations/1/2/3", "/nothing", "/w/"]

    answers = [ana.get(path) for path in paths] + [ana.post(scene.path("/w/{child}/members/1/remove"))]

    assert {answer.status_code for answer in answers} == {404}


def test_pages_run_nothing_of_others_and_are_kept_nowhere(scene: Scene) -> None:
    browser = scene.browser("Ana")
    paths = ["/sign-in", "/w/{anchor}/billing", "/w/{nowhere}/", "/nothing"]

    for headers in (browser.get(scene.path(path)).headers for path in paths):
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_pages_have_neither_scripts_nor_styles_in_them(scene: Scene) -> None:
    browser = scene.browser("Ana")

    wrong = [
        page
        for page, who in PAGES
        if "Ana" in who
        and any(one in html(browser, scene.path(page)) for one in ("<script", "style=", "<style"))
    ]

    assert wrong == []


def html(browser: Browser, path: str) -> str:
    return browser.get(path).get_data(as_text=True)


def test_where_there_is_https_browsers_come_back_with_it_only(house: House) -> None:
    for url, promised in (("https://heartwood.example.com", "max-age=31536000"), ("http://localhost", None)):
        app = create_app(replace(house.services, url=url))
        answer = app.test_client().get("/sign-in")
        assert answer.headers.get("Strict-Transport-Security") == promised
