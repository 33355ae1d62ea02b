"""Which forms are let in: those that carry the secret of the browser that they were shown in."""

from __future__ import annotations

import pytest
from flask import session
from werkzeug.exceptions import BadRequest

from tests.web.pages.scene import Scene
from web.access import FORM_TOKEN, form_token
from web.access.form_tokens import check_form_token

EXPIRED = "This form has expired. Nothing was changed; go back, reload the page and try again."


def refused(scene: Scene, given: str | None, kept: str | None, *, path: str, method: str = "POST") -> str:
    """What a form is told, with this token in it and that one in the browser; nothing if it is let in."""
    fields = {} if given is None else {FORM_TOKEN: given}
    with scene.house.app.test_request_context(path, method=method, data=fields):
        if kept is not None:
            session[FORM_TOKEN] = kept
        try:
            check_form_token()
        except BadRequest as told:
            return str(told.description)
    return ""


def test_a_browser_has_one_secret_and_no_other_browser_has_it(still: Scene) -> None:
    tokens = []
    for _ in range(2):
        with still.house.app.test_request_context("/"):
            tokens.append((form_token(), form_token(), session[FORM_TOKEN]))

    assert [len(set(one)) for one in tokens] == [1, 1]
    assert tokens[0] != tokens[1]
    assert {len(one) for one, *_ in tokens} == {32}  # 24 random bytes


@pytest.mark.parametrize("token", ["secret", "é"])
def test_a_form_of_this_browser_is_let_in(still: Scene, token: str) -> None:
    assert refused(still, token, token, path="/sign-in") == ""


@pytest.mark.parametrize("kept", ["secret", "", None])
@pytest.mark.parametrize("given", ["of another", "", "é", None])
def test_every_other_form_is_refused_in_words(still: Scene, given: str | None, kept: str | None) -> None:
    assert refused(still, given, kept, path="/sign-in") == EXPIRED


@pytest.mark.parametrize(("path", "method"), [("/sign-in", "GET"), ("/webhooks/stripe", "POST")])
def test_whatever_is_no_form_of_a_page_needs_no_token(still: Scene, path: str, method: str) -> None:
    assert refused(still, None, None, path=path, method=method) == ""
    assert refused(still, "of another", "secret", path=path, method=method) == ""
