"""What every answer, every form and every cookie has in common, whichever page it is of."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.sql import SQL, Identifier
from werkzeug.routing import Rule

from tests.house import House
from tests.web.pages.scene import FORM_TOKEN, TOKEN, Scene, text_of
from web import cookies
from web.app import BODY_MAX, create_app

PUBLIC = "https://heartwood.example.com"
TEMPLATES = Path(__file__).resolve().parents[3] / "web" / "templates"
INLINE = re.compile(
    r"<script(?! type=.module. src=[^>]*></script>)"
    r"|<style|<iframe|<object|<embed|<base|http-equiv(?!=.refresh.)|srcdoc|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:"
    r"|\|\s*safe\b|autoescape",
    re.IGNORECASE,
)
FALSE_TOKENS = [{}, {FORM_TOKEN: ""}, {FORM_TOKEN: TOKEN[:-1]}, {FORM_TOKEN: "é\x00"}]
LINK = re.compile(r"(http\S+/sign-in/\S+)")


def behind(house: House, *, url: str = PUBLIC, proxies: int = 0) -> Flask:
    return create_app(replace(house.services, url=url, trusted_proxies=proxies))


def a_browser(app: Flask, url: str = PUBLIC) -> tuple[FlaskClient, str]:
    """As a person has it, and the token of its forms."""
    client = app.test_client()
    page = client.get("/sign-in", base_url=url).get_data(as_text=True)
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    assert found
    return client, found[1]


def everything(scene: Scene) -> dict[str, str | None]:
    """A digest of each table."""
    with scene.house.database.reading() as db:
        tables = [
            row["tablename"]
            for row in db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ]
        digest = "SELECT md5(string_agg(t::text, '' ORDER BY t::text)) AS digest FROM {} t"
        found = {one: db.execute(SQL(digest).format(Identifier(one))).fetchone() for one in tables}
    return {name: row["digest"] if row else None for name, row in found.items()}


# Forms.


def forms(scene: Scene) -> list[str]:
    """The address of each form there is, as far as it can be with ids that exist."""
    ids = {"workspace_id": scene.anchor_id, "tree_id": scene.tree_id, "person_id": scene.people["Adam"]}
    addresses = scene.house.app.url_map.bind("localhost")
    found = []
    for rule in scene.house.app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint.startswith("pages."):
            values = {name: ids.get(name, nothing_for(rule, name)) for name in rule.arguments}
            found.append(addresses.build(rule.endpoint, values, method="POST"))
    return found


def nothing_for(rule: Rule, argument: str) -> object:
    """A value that an address can hold, and that leads to nothing."""
    kind = type(rule._converters[argument]).__name__
    return uuid4() if "UUID" in kind else 1 if "Integer" in kind else "x"


def test_no_form_is_taken_without_the_token_of_this_browser(scene: Scene) -> None:
    browser, before = scene.browser("Ana"), everything(scene)
    fields = {"email": "new@example.com", "name": "Bright Signal", "role": "member", "rate": "1"}

    wrong = [
        (form, token, answer.status_code)
        for form in forms(scene)
        for token in FALSE_TOKENS
        if (answer := browser.client.post(form, data=fields | token)).status_code != 400
    ]

    assert wrong == []
    assert everything(scene) == before
    assert scene.house.services.mail.read() == []
    assert len(forms(scene)) > 25


def test_what_is_no_form_is_let_in_by_no_cookie(scene: Scene) -> None:
    rules = [rule for rule in scene.house.app.url_map.iter_rules() if "POST" in (rule.methods or ())]

    addresses = scene.house.app.url_map.bind("localhost")
    elsewhere = [
        addresses.build(rule.endpoint, {one: nothing_for(rule, one) for one in rule.arguments}, method="POST")
        for rule in rules
        if not rule.endpoint.startswith("pages.")
    ]

    browser = scene.browser("Ana")
    tried = {path: browser.client.post(path, json={"agent_id": "x"}).status_code for path in elsewhere}
    assert tried.pop("/webhooks/stripe") == 400
    assert set(tried.values()) == {401}
    assert all(path.startswith("/api/") for path in tried)


# Cookies.


def test_over_https_cookies_belong_to_this_host_alone(house: House) -> None:
    house.person("Ana")
    client, token = a_browser(behind(house))
    asked = client.post("/sign-in", base_url=PUBLIC, data={"form_token": token, "email": "ana@example.com"})
    link = LINK.findall(house.services.mail.read()[0].text)[0]

    signed_in = client.post(link, base_url=PUBLIC, data={"form_token": token})
    signed_out = client.post("/sign-out", base_url=PUBLIC, data={"form_token": token})

    form_of_page = behind(house).test_client().get("/sign-in", base_url=PUBLIC)
    set_ = [one for answer in (form_of_page, asked, signed_in, signed_out) for one in given(answer)]
    names = [one.partition("=")[0] for one in set_]
    assert {cookies.SESSION, cookies.FORM, cookies.ASKED} == {one.removeprefix("__Host-") for one in names}
    assert names.count("__Host-heartwood_session") == 2  # given and taken
    for one in set_:
        flags = one.lower().split("; ")
        assert one.startswith("__Host-")
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= set(flags)
        assert not any(flag.startswith("domain") for flag in flags)


def test_without_https_cookies_are_the_same_without_the_prefix(scene: Scene) -> None:
    client, token = a_browser(scene.house.app, "http://localhost")

    asked = client.post("/sign-in", data={"form_token": token, "email": "ana@example.com"})
    signed_in = client.post(
        LINK.findall(scene.house.services.mail.read()[0].text)[0], data={"form_token": token}
    )

    set_ = given(asked) + given(signed_in)
    assert {one.partition("=")[0] for one in set_} == {"heartwood_asked", "heartwood_session"}
    for one in set_:
        assert {"httponly", "path=/", "samesite=lax"} <= set(one.lower().split("; "))
        assert "secure" not in one.lower()


def given(answer) -> list[str]:
    return answer.headers.getlist("Set-Cookie")


def test_over_https_a_cookie_without_the_prefix_lets_nobody_in(house: House) -> None:
    """A page of another host of the domain may set such a one."""
    token = house.services.sessions.begin(house.person("Ana"), house.clock())

    answers = []
    for name in ("heartwood_session", "__Host-heartwood_session"):
        client = behind(house).test_client()
        client.set_cookie(name, token, domain="heartwood.example.com")
        answers.append(client.get("/account", base_url=PUBLIC).status_code)

    assert answers == [302, 200]


# Answers.


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sign-in", 200),
        ("/account", 302),
        ("/nothing", 404),
        ("/healthz", 200),
        ("/openapi.json", 200),
        ("/docs", 200),
        ("/static/style.css", 200),
        ("/api/v1/workspace", 401),
        ("/api/v1/nothing", 404),
        ("/sign-out", 405),
    ],
)
def test_every_answer_says_what_a_browser_may_do_with_it(house: House, path: str, status: int) -> None:
    answer = behind(house).test_client().get(path, base_url=PUBLIC)

    headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert answer.status_code == status
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in policy
    assert "default-src '" in policy
    assert "unsafe" not in policy
    assert "eval" not in policy


def test_so_does_the_answer_to_a_fault_of_our_own(house: House) -> None:
    without_a_vault = create_app(replace(house.services, url=PUBLIC, vault=None))
    client = without_a_vault.test_client()
    token = house.services.sessions.begin(house.person("Ana"), house.clock())
    client.set_cookie("__Host-heartwood_session", token, domain="heartwood.example.com")

    answer = client.get("/account", base_url=PUBLIC)

    assert answer.status_code == 500
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Strict-Transport-Security"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_too_large_is_refused_before_it_is_read(scene: Scene) -> None:
    browser = scene.browser("Ana")

    answer = browser.client.post("/sign-in", data={FORM_TOKEN: TOKEN, "email": "x" * BODY_MAX})

    assert answer.status_code == 413
    assert "nosniff" in answer.headers["X-Content-Type-Options"]


# But the one that is no page of ours: a file that stands alone, with a policy of its own.
@pytest.mark.parametrize(
    "template",
    sorted(set(TEMPLATES.glob("*.html")) - {TEMPLATES / "downgrade_file.html"}),
    ids=lambda path: path.name,
)
def test_no_template_has_a_script_or_a_style_in_it(template: Path) -> None:
    found = INLINE.findall(template.read_text())

    assert found == []


# Where a request comes from, and where it wants to go.

SAID = "6.6.6.6, 192.0.2.7, 192.0.2.8"


@pytest.mark.parametrize(("proxies", "counted"), [(0, "127.0.0.1"), (1, "192.0.2.8"), (2, "192.0.2.7")])
def test_where_one_comes_from_is_told_by_the_proxies_there_are(
    house: House, proxies: int, counted: str
) -> None:
    """Whatever stands further left, a client may have written itself."""
    client, token = a_browser(behind(house, proxies=proxies))
    for number in range(30):
        house.services.attempts.ask(email=f"{number}@example.com", client=counted, now=house.clock())

    answers = [
        client.post(
            "/sign-in",
            base_url=PUBLIC,
            data={"form_token": token, "email": "ana@example.com"},
            headers={"X-Forwarded-For": said},
        )
        for said in (SAID, SAID.replace("6.6.6.6", "5.5.5.5"))
    ]

    assert [answer.status_code for answer in answers] == [429, 429]


@pytest.mark.parametrize("said", ["192.0.2.8", "", "unknown", "x" * 5_000, "1, 2, 3, 4", ", ,"])
def test_whatever_it_says_of_where_it_comes_from_it_is_answered(house: House, said: str) -> None:
    client, token = a_browser(behind(house, proxies=2))

    answer = client.post(
        "/sign-in",
        base_url=PUBLIC,
        data={"form_token": token, "email": "ana@example.com"},
        headers={"X-Forwarded-For": said},
    )

    assert answer.status_code == 200


@pytest.mark.parametrize("proxies", [0, 1])
def test_links_lead_to_our_own_address_whatever_was_asked_for(house: House, proxies: int) -> None:
    house.person("Ana")
    evil = "https://evil.example"
    client, token = a_browser(behind(house, proxies=proxies), evil)

    sent = client.post(
        "/sign-in",
        base_url=evil,
        data={"form_token": token, "email": "ana@example.com"},
        headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil", "Forwarded": "host=evil"},
    )

    (mail,) = house.services.mail.read()
    assert sent.status_code == 200
    assert LINK.findall(mail.text)[0].startswith(f"{PUBLIC}/sign-in/")
    assert "evil" not in mail.text
    assert "evil" not in text_of(sent)
    assert "evil" not in sent.get_data(as_text=True)
