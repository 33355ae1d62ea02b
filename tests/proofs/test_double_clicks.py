"""A hundred clicks on one button, as many at once as the server has threads: one effect, and calm answers."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from domain.permissions import Role
from scripts.programs import WEB_THREADS
from tests.adapters.billed import told
from tests.house import House
from tests.web.pages.scene import Scene

CLICKS = 100
BILLING = "/w/{anchor}/billing"


@pytest.fixture
def scene(house: House) -> Scene:
    return Scene(house)


def clicked(scene: Scene, path: str, *names: str, **fields: Any) -> Counter[tuple[int, str | None]]:
    """By people who may, in browsers of their own; what they were answered, and where that led them."""
    browsers = [scene.browser(name) for name in names]

    def click(number: int) -> tuple[int, str | None]:
        answer = browsers[number % len(browsers)].post(scene.path(path), **fields)
        return answer.status_code, answer.headers.get("Location")

    with ThreadPoolExecutor(WEB_THREADS) as threads:
        return Counter(threads.map(click, range(CLICKS)))


def facts(scene: Scene, name: str) -> int:
    return sum(fact.name == name for fact in scene.house.services.evidence.of_tree(scene.tree_id))


def test_a_hundred_clicks_on_reactivate_reactivate_once(scene: Scene) -> None:
    house = scene.house
    scene.browser("Ana").post(scene.path(f"{BILLING}/cancel"))
    before = told(house, "customer.subscription.updated")

    answers = clicked(scene, f"{BILLING}/reactivate", "Ana", "Adam")

    house.deliver_notices()
    assert {status for status, _ in answers} == {303}
    assert (facts(scene, "Tree.ReactivationRequested"), facts(scene, "Tree.Reactivated")) == (1, 1)
    assert told(house, "customer.subscription.updated") == before + 1
    assert house.agency.tree(scene.tree_id).ends_at is None


def test_a_hundred_clicks_on_subscribe_lead_to_one_checkout(scene: Scene) -> None:
    house, eve = scene.house, scene.people["Eve"]
    house.member(scene.eves_id, eve, scene.people["Adam"], Role.ADMIN)

    answers = clicked(scene, "/w/{eves}/billing/plan", "Eve", "Adam", plan="agency")

    ((status, where),) = answers
    assert status == 303
    assert where is not None
    assert "/c/pay/" in where
    checkouts = house.stripe.store.rows("SELECT count(*) FROM objects WHERE kind = 'checkout.session'")
    paid_before = 1  # of the agency in the scene
    assert checkouts == [(paid_before + 1,)]
    names = Counter(fact.name for fact in house.services.evidence.of_workspace(scene.eves_id))
    assert names["Workspace.PlanChosen"] == 1
