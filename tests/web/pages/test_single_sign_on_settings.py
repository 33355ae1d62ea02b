"""Setting single sign-on up on the page: who may, what is asked of the provider, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.single_sign_on import ProviderFault
from scripts.ports import free_port
from scripts.wiring import Wiring
from tests.openid.enterprise import Enterprise
from tests.openid.provider import SECRET
from tests.web.pages.scene import Browser, Scene, text_of
from web.app import create_app

PAGE = "/w/{anchor}/settings/single-sign-on"
NO_DOMAINS = [
    "",
    " , ",
    "example",
    "exa mple",
    "a@b.test",
    "exämple.com",
    "-a.test",
    "a..test",
    "x" * 260 + ".test",
]


def form(enterprise: Enterprise, **fields: Any) -> dict[str, Any]:
    given = {
        "issuer": enterprise.provider.url,
        "client_id": "heartwood",
        "client_secret": SECRET,
        "domains": "Example.com",
    }
    return given | fields


def test_the_owner_of_the_anchor_sets_it_up_and_people_sign_in_with_it(enterprise: Enterprise) -> None:
    ana, page = enterprise.browser("Ana"), enterprise.path(PAGE)

    answer = ana.post(page, **form(enterprise, issuer=enterprise.provider.url + "/", required="yes"))

    shown = ana.follow(answer)
    assert answer.status_code == 303
    assert f"People of example.com sign in at {enterprise.provider.url} from now on" in text_of(shown)
    assert SECRET not in shown.get_data(as_text=True)
    assert enterprise.facts()[-2:] == ["Tree.SingleSignOnSet", "MailDomain.Claimed"]
    assert enterprise.returned("olga").status_code == 303


def test_the_secret_lies_in_the_vault_alone_and_goes_when_another_takes_its_place(
    enterprise: Enterprise,
) -> None:
    ana, page, vault = enterprise.browser("Ana"), enterprise.path(PAGE), enterprise.house.services.vault
    ana.post(page, **form(enterprise))
    first = enterprise.house.agency.tree(enterprise.tree_id).single_sign_on
    kept = vault.text(enterprise.tree_id, first.client_secret_digest)

    ana.post(page, **form(enterprise, client_secret="", required="yes"))
    same = enterprise.house.agency.tree(enterprise.tree_id).single_sign_on
    ana.post(page, **form(enterprise, client_secret="another"))

    now = enterprise.house.agency.tree(enterprise.tree_id).single_sign_on
    digests = [one.client_secret_digest for one in (first, same, now)]
    assert kept == SECRET
    assert digests[0] == digests[1] != digests[2]
    assert [vault.text(enterprise.tree_id, one) for one in digests] == ["erased", "erased", "another"]
    with enterprise.house.database.reading() as db:
        stored = db.execute("SELECT string_agg(convert_from(state, 'UTF8'), '') AS s FROM agency_events")
        assert SECRET not in stored.fetchone()["s"]


def test_what_does_not_work_is_told_and_changes_nothing(enterprise: Enterprise) -> None:
    ana, page = enterprise.browser("Ana"), enterprise.path(PAGE)
    before = enterprise.facts()
    cases: list[tuple[dict[str, str], int, str]] = [
        ({"issuer": f"http://127.0.0.1:{free_port()}"}, 422, "does not answer"),
        ({"issuer": enterprise.provider.url + "/oauth"}, 422, "cannot be used: it answers 404"),
        ({"issuer": "https://10.0.0.1"}, 422, "not on the public internet"),
        ({"issuer": "http://example.com"}, 422, "begin with https"),
        ({"issuer": "javascript:alert(1)"}, 422, "begin with https"),
        ({"issuer": ""}, 422, "Please enter the provider's address"),
        ({"client_id": ""}, 422, "Please enter the client id"),
        ({"client_secret": "x" * 513}, 422, "Please shorten the client secret"),
        ({"domains": "gmail.com", "client_secret": "another"}, 409, "Everybody may have an address"),
        ({"domains": "example.com, elsewhere.test"}, 409, "No owner of the agency has an address"),
        *[({"domains": domains}, 422, "Please enter mail domains") for domains in NO_DOMAINS],
    ]

    ana.post(page, **form(enterprise, domains="gmail.com"))  # whoever has a secret has a key in the vault
    kept = enterprise.in_the_vault()

    for fields, status, told in cases:
        answer = ana.post(page, **form(enterprise, **fields))
        assert (fields, answer.status_code) == (fields, status)
        assert told in text_of(answer)

    assert (enterprise.facts(), enterprise.in_the_vault()) == (before, kept)


def test_a_refusal_leaves_the_secret_that_is_in_use(enterprise: Enterprise) -> None:
    ana, page = enterprise.browser("Ana"), enterprise.path(PAGE)
    ana.post(page, **form(enterprise))

    refused = ana.post(page, **form(enterprise, domains="gmail.com"))

    assert refused.status_code == 409
    assert enterprise.returned("olga").status_code == 303


def test_a_domain_of_another_agency_is_refused(enterprise: Enterprise) -> None:
    enterprise.set_up()
    eve = enterprise.people["Eve"]
    tree_id = enterprise.other_agency(eve)
    anchor_id = enterprise.house.agency.tree(tree_id).anchor_id

    answer = enterprise.browser("Eve").post(f"/w/{anchor_id}/settings/single-sign-on", **form(enterprise))

    assert answer.status_code == 409
    assert "Another agency signs in the people" in text_of(answer)


def test_it_is_ended_on_the_page(enterprise: Enterprise) -> None:
    ana, page = enterprise.browser("Ana"), enterprise.path(PAGE)
    ana.post(page, **form(enterprise))
    digest = enterprise.house.agency.tree(enterprise.tree_id).single_sign_on.client_secret_digest

    answers = [ana.post(page + "/remove") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert enterprise.facts()[-1] == "Tree.SingleSignOnRemoved"
    assert enterprise.house.services.vault.text(enterprise.tree_id, digest) == "erased"
    sent = enterprise.browser(None).post("/sign-in", email="olga@example.com")
    assert "A mail with a link" in text_of(sent)


def test_outside_the_demo_this_machine_is_not_called(enterprise: Enterprise) -> None:
    house = enterprise.house
    wiring = Wiring(replace(house.wiring.settings, demo=False), clock=house.clock)

    with pytest.raises(ProviderFault, match="begin with https"):
        wiring.providers.look(enterprise.provider.url)


def test_without_the_plan_the_page_says_how_to_get_it_and_takes_nothing(scene: Scene) -> None:
    ana, page = scene.browser("Ana"), scene.path(PAGE)
    before = scene.facts()

    shown = ana.get(page)
    answer = ana.post(
        page, issuer="https://login.example.com", client_id="x", client_secret="", domains="example.com"
    )

    assert "With Enterprise" in text_of(shown)
    assert "/talk-to-us" in shown.get_data(as_text=True)
    assert (answer.status_code, scene.facts()) == (409, before)


@pytest.mark.parametrize("name", ["Adam", "Olga", "Ben", "Eve"])
def test_for_everybody_else_there_is_no_such_page(scene: Scene, name: str) -> None:
    browser = scene.browser(name)

    answers = [
        browser.get(scene.path(PAGE)),
        browser.post(scene.path(PAGE)),
        browser.post(scene.path(PAGE) + "/remove"),
        browser.get(scene.path(PAGE.replace("anchor", "child"))),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_with_https_the_cookie_is_for_https_only(enterprise: Enterprise) -> None:
    enterprise.set_up()
    app = create_app(replace(enterprise.house.services, url="https://heartwood.example.com"))
    browser = Browser(enterprise.house, None)
    browser.client = app.test_client()
    with browser.client.session_transaction(base_url="https://heartwood.example.com") as session:
        session["form_token"] = "t"

    answer = browser.client.post(
        "/sign-in",
        data={"email": "olga@example.com", "form_token": "t"},
        base_url="https://heartwood.example.com",
    )

    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if "heartwood_sign_on" in one)
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
