"""Who is not signed in is sent to where one signs in, and from there back to what they wanted."""

from __future__ import annotations

import pytest
from flask import render_template_string
from werkzeug.exceptions import HTTPException

from tests.web.pages.scene import Scene
from web.access import person
from web.app import create_app


@pytest.mark.parametrize(
    ("method", "path", "back_to"),
    [
        ("GET", "/account", "/account"),
        ("GET", "/account?", "/account"),
        ("GET", "/account?of=X", "/account?of%3DX"),
        ("POST", "/account?of=X", "/"),
        ("DELETE", "/account", "/"),
    ],
)
def test_who_is_not_signed_in_is_sent_to_the_sign_in(
    still: Scene, method: str, path: str, back_to: str
) -> None:
    with still.house.app.test_request_context(path, method=method):
        with pytest.raises(HTTPException) as sent:
            person()

    answer = sent.value.get_response()
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/sign-in?next={back_to}"


def test_a_template_may_ask_what_it_needs(still: Scene) -> None:
    app = create_app(still.house.services)
    asked = ("form_token()|length", "new_request_id()|string|length", "may(nobody, Permission.SEE_TREE)")

    with app.test_request_context("/"):
        text = render_template_string(" ".join(f"{{{{ {one} }}}}" for one in asked), nobody=frozenset())

    assert text == "32 36 False"


def test_each_request_passes_the_gate_before_anything_else(still: Scene) -> None:
    browser = create_app(still.house.services).test_client()

    answers = [browser.get("/account"), browser.post("/sign-in"), browser.get("/sign-in")]

    assert [answer.status_code for answer in answers] == [302, 400, 200]
