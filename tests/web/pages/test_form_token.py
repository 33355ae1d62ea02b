"""What another site makes a browser send changes nothing, whichever cookies the browser sends with it."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.web.pages.scene import TOKEN, Scene
from tests.web.pages.test_gates import FORMS
from web.access import COOKIE, FORM_TOKEN

# What the other site writes into the form.
TOKENS = [
    {},
    {FORM_TOKEN: ""},
    {FORM_TOKEN: "-"},
    {FORM_TOKEN: "of another browser"},
    {FORM_TOKEN: "é"},
    {FORM_TOKEN: TOKEN[:-1]},
]
SIGNING = [("/sign-in", {"email": "ana@example.com"}), ("/sign-out", {})]


def without_a_form_cookie(scene: Scene) -> FlaskClient:
    """Signed in, and never shown a form: or that cookie has gone."""
    client = scene.house.app.test_client()
    client.set_cookie(COOKIE, scene.house.services.sessions.begin(scene.people["Ana"], scene.house.clock()))
    return client


def with_an_empty_token(scene: Scene) -> FlaskClient:
    client = without_a_form_cookie(scene)
    with client.session_transaction() as session:
        session[FORM_TOKEN] = ""
    return client


CLIENTS = {
    "no cookie at all": lambda scene: scene.house.app.test_client(),
    "the session's cookie only": without_a_form_cookie,
    "an empty token": with_an_empty_token,
    "both cookies": lambda scene: scene.browser("Ana").client,
}


@pytest.mark.parametrize("client_of", CLIENTS.values(), ids=CLIENTS)
def test_a_form_of_another_site_changes_nothing(scene: Scene, client_of) -> None:
    client, before = client_of(scene), scene.facts()
    forms = [*((form, fields) for form, fields, _ in FORMS), *SIGNING]

    answers = [
        client.post(scene.path(form), data=fields | token) for form, fields in forms for token in TOKENS
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert scene.facts() == before
    assert scene.house.services.mail.read() == []


@pytest.mark.parametrize("token", TOKENS)
def test_nobody_is_signed_in_as_somebody_else_by_another_site(scene: Scene, token: dict[str, str]) -> None:
    """A link that a stranger asked for, sent by the browser of the person who looks at their site."""
    eve = scene.browser(None)
    eve.post("/sign-in", email="eve@example.com")
    link = re.findall(r"http://localhost(/sign-in/\S+)", scene.house.services.mail.read()[0].text)[0]

    answer = scene.house.app.test_client().post(link, data=token)

    assert answer.status_code == 400
    assert COOKIE not in answer.headers.get("Set-Cookie", "")
    assert eve.post(link).status_code == 303  # it was not even used up
