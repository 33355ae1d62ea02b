"""Which request is this, and in whose name is something done in it?"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import g
from werkzeug.exceptions import BadRequest

from domain.because import Because
from tests.web.pages.scene import Scene
from web.access import because, new_id
from web.access.cause import name_the_request

FORM_ID = "0d1d2f8e-5a6c-4c3a-9a3f-0f9f6f3f8a11"
FIELDS = {"request_id": FORM_ID, "name": ["Heron", "Ibis"]}
SIGN_IN = "/sign-in"


def name_of(scene: Scene, fields: dict[str, Any], path: str = SIGN_IN, method: str = "POST") -> UUID:
    with scene.house.app.test_request_context(path, method=method, data=fields):
        name_the_request()
        found: UUID = g.request_id
        return found


def test_a_form_is_one_request_however_often_it_is_sent(still: Scene) -> None:
    names = {name_of(still, FIELDS), name_of(still, dict(reversed(FIELDS.items())))}

    assert len(names) == 1
    assert names.isdisjoint({UUID(FORM_ID)})


@pytest.mark.parametrize(
    ("other", "path"),
    [
        (FIELDS | {"request_id": str(UUID(int=1))}, SIGN_IN),
        (FIELDS | {"name": ["Heron", "Jay"]}, SIGN_IN),
        (FIELDS | {"name": ["Jay", "Ibis"]}, SIGN_IN),
        (FIELDS, "/sign-up"),
    ],
)
def test_another_form_is_another_request(still: Scene, other: dict[str, Any], path: str) -> None:
    assert name_of(still, other, path) != name_of(still, FIELDS)


@pytest.mark.parametrize(
    ("path", "method", "fields"),
    [
        (SIGN_IN, "GET", FIELDS),
        (SIGN_IN, "GET", {"request_id": "no id"}),
        ("/webhooks/stripe", "POST", FIELDS),
        ("/webhooks/stripe", "POST", {"request_id": "no id"}),
        (SIGN_IN, "POST", {"name": "Heron"}),
    ],
)
def test_whatever_is_no_form_of_a_page_is_a_request_of_its_own(
    still: Scene, path: str, method: str, fields: dict[str, str]
) -> None:
    names = [name_of(still, fields, path, method) for _ in range(2)]

    assert len({*names, UUID(FORM_ID)}) == 3
    assert all(isinstance(name, UUID) for name in names)


def test_a_form_whose_id_was_changed_is_refused_in_words(still: Scene) -> None:
    with pytest.raises(BadRequest) as refused:
        name_of(still, {"request_id": "no id"})

    assert refused.value.description == (
        "This form was changed on its way. Nothing was recorded; reload the page and try again."
    )


def test_what_a_request_makes_has_its_id_from_the_request(still: Scene) -> None:
    made = []
    for request_id in (UUID(int=1), UUID(int=1), UUID(int=2)):
        with still.house.app.test_request_context("/"):
            g.request_id = request_id
            made.append((new_id("workspace"), new_id("tree")))

    assert made[0] == made[1]
    assert len({one for pair in made for one in pair}) == 4


@pytest.mark.parametrize("by_link", [True, False])
def test_a_command_is_done_by_a_person_in_a_request_at_its_instant(still: Scene, by_link: bool) -> None:
    ana, vera = still.people["Ana"], still.people["Vera"]
    request_id = uuid4()
    with still.house.app.test_request_context("/"):
        g.person_id, g.request_id = ana, request_id
        found = because(vera) if by_link else because()

    assert found == Because(
        actor=f"person:{vera if by_link else ana}",
        cause=f"request:{request_id}",
        story=f"request:{request_id}",
        at=still.house.clock(),
    )
