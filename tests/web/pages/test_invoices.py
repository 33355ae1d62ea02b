"""An invoice's page and PDF are Stripe's; the way there is asked for on the click and kept nowhere."""

from __future__ import annotations

import re

import pytest

from tests.web.pages.scene import Scene

LINK = re.compile(r"/w/[0-9a-f-]{36}/billing/invoices/(in_\w+)/page")


def invoice_id(scene: Scene) -> str:
    page = scene.browser("Ana").get(scene.path("/w/{anchor}/billing")).get_data(as_text=True)
    found = LINK.search(page)
    assert found
    return found[1]


@pytest.mark.parametrize("name", ["Ana", "Adam"])
@pytest.mark.parametrize("document", ["page", "pdf"])
def test_the_links_of_the_billing_page_lead_to_stripe(scene: Scene, name: str, document: str) -> None:
    path = scene.path("/w/{anchor}/billing/invoices/") + f"{invoice_id(scene)}/{document}"
    assert path in scene.browser(name).get(scene.path("/w/{anchor}/billing")).get_data(as_text=True)

    answer = scene.browser(name).get(path)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("http://stripe.localhost/")
    assert answer.headers["Location"].endswith("/pdf") == (document == "pdf")


def test_nothing_of_it_is_kept(scene: Scene) -> None:
    path = scene.path("/w/{anchor}/billing/invoices/") + f"{invoice_id(scene)}/page"
    before = scene.facts()

    address = scene.browser("Ana").get(path).headers["Location"]

    page = scene.browser("Ana").get(scene.path("/w/{anchor}/billing")).get_data(as_text=True)
    assert address not in page
    assert scene.facts() == before


@pytest.mark.parametrize("document", ["page", "pdf"])
def test_for_everybody_else_an_invoice_does_not_exist(scene: Scene, document: str) -> None:
    known = invoice_id(scene)
    asked = [
        *(("Olga", "anchor", known), ("Ben", "anchor", known), ("Eve", "anchor", known)),
        *(("Olga", "child", known), ("Eve", "eves", known), ("Ana", "child", known)),
        *(("Ana", "anchor", "in_nobody"), ("Ana", "anchor", "é"), ("Ana", "eves", known)),
    ]
    missing = scene.browser("Ana").get(scene.path("/w/{nowhere}/")).data

    answers = [
        scene.browser(name).get(scene.path(f"/w/{{{place}}}/billing/invoices/") + f"{one}/{document}")
        for name, place, one in asked
    ]

    assert [answer.status_code for answer in answers] == [404] * len(asked)
    assert {answer.data for answer in answers} == {missing}


def test_whoever_is_signed_out_is_asked_to_sign_in(scene: Scene) -> None:
    path = scene.path("/w/{anchor}/billing/invoices/in_1/page")

    answer = scene.browser(None).get(path)

    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_while_stripe_is_away_the_answer_says_so(scene: Scene) -> None:
    path = scene.path("/w/{anchor}/billing/invoices/") + f"{invoice_id(scene)}/pdf"
    scene.house.stripe.turn_knobs(fail_next=100)

    assert scene.browser("Ana").get(path).status_code == 503
