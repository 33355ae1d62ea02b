"""What a page has read is let go before it waits: else a rebuild could not swap its tables in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import request_started
from psycopg.errors import LockNotAvailable

from tests.house import House
from tests.web.pages.scene import Scene
from tests.web.pages.test_gates import FORMS
from web.app import create_app


def may_swap(house: House) -> bool:
    """Whether a rebuild could take its lock at this instant."""
    with house.database.connect() as db:
        try:
            with db.transaction():
                db.execute("LOCK TABLE bookmarks IN ACCESS EXCLUSIVE MODE NOWAIT")
        except LockNotAvailable:
            return False
    return True


@pytest.fixture
def while_at_stripe(scene: Scene) -> Iterator[list[bool]]:
    """At each call of Stripe, whether a rebuild could swap its tables in."""
    seen: list[bool] = []

    def look(_: object, **__: object) -> None:
        seen.append(may_swap(scene.house))

    with request_started.connected_to(look, scene.house.stripe.app):
        yield seen


@pytest.mark.parametrize("button", ["cancel", "reactivate", "portal", "refresh"])
def test_no_button_of_billing_holds_what_it_read(
    scene: Scene, while_at_stripe: list[bool], button: str
) -> None:
    ana, path = scene.browser("Ana"), scene.path("/w/{anchor}/billing")
    if button == "reactivate":
        ana.post(f"{path}/cancel")
    while_at_stripe.clear()

    answer = ana.post(f"{path}/{button}")

    assert answer.status_code == 303
    assert while_at_stripe
    assert all(while_at_stripe)


def test_nor_does_the_way_to_the_checkout_and_back(scene: Scene, while_at_stripe: list[bool]) -> None:
    eve = scene.browser("Eve")
    eve.get("/")

    answer = eve.post(scene.path("/w/{eves}/billing/plan"))
    back = scene.house.stripe.pay(answer.headers["Location"].rsplit("/", 1)[1])
    returned = eve.get(back.removeprefix("http://localhost"))

    assert [answer.status_code, returned.status_code] == [303, 303]
    assert len(while_at_stripe) > 1
    assert all(while_at_stripe)


def test_no_form_holds_what_it_read_while_it_waits_for_the_screens(scene: Scene) -> None:
    house, seen = scene.house, dict[str, bool]()
    for form, fields, who in FORMS:
        if not who:
            continue

        def followed(form: str = form) -> None:
            seen[form] = may_swap(house)
            house.run_followed()

        house.app = create_app(replace(house.services, followed=followed))
        scene.browser(min(who)).post(scene.path(form), **fields)

    assert len(seen) > 8
    assert [form for form, free in seen.items() if not free] == []
