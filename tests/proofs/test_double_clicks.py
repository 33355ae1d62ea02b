"""A hundred clicks on one button, as many at once as the server has threads: one effect, and calm answers."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from scripts.programs import WEB_THREADS, WEB_WORKERS
from tests.adapters.billed import told
from tests.house import House
from tests.web.pages.scene import Scene

CLICKS = 100
BILLING = "/w/{anchor}/billing"


@pytest.fixture
def scene(house: House) -> Scene:
    return Scene(house)


def clicked(scene: Scene, path: str, **fields: Any) -> Counter[int]:
    """By two people who may, in browsers of their own; the statuses they were answered with."""
    browsers = [scene.browser(name) for name in ("Ana", "Adam")]
    forms = [(browsers[number % 2], number) for number in range(CLICKS)]

    def click(form: Any) -> int:
        browser, _ = form
        return int(browser.post(scene.path(path), **fields).status_code)

    with ThreadPoolExecutor(WEB_WORKERS * WEB_THREADS) as threads:
        return Counter(threads.map(click, forms))


def facts(scene: Scene, name: str) -> int:
    return sum(fact.name == name for fact in scene.house.services.evidence.of_tree(scene.tree_id))


def test_a_hundred_clicks_on_reactivate_reactivate_once(scene: Scene) -> None:
    house = scene.house
    scene.browser("Ana").post(scene.path(f"{BILLING}/cancel"))
    before = told(house, "customer.subscription.updated")

    answers = clicked(scene, f"{BILLING}/reactivate")

    house.deliver_notices()
    assert answers == {303: CLICKS}
    assert (facts(scene, "Tree.ReactivationRequested"), facts(scene, "Tree.Reactivated")) == (1, 1)
    assert told(house, "customer.subscription.updated") == before + 1
    assert house.agency.tree(scene.tree_id).ends_at is None


def test_a_hundred_clicks_on_subscribe_lead_to_one_checkout(scene: Scene) -> None:
    house, eve = scene.house, scene.browser("Eve")
    path = f"/w/{scene.eves_id}/billing/plan"

    def click(_: int) -> tuple[int, str | None]:
        answer = eve.post(path, plan="agency")
        return answer.status_code, answer.headers.get("Location")

    with ThreadPoolExecutor(WEB_WORKERS * WEB_THREADS) as threads:
        answers = Counter(threads.map(click, range(CLICKS)))

    ((status, where),) = answers
    assert status == 303
    assert where is not None
    assert "/c/pay/" in where
    checkouts = house.stripe.store.rows("SELECT count(*) FROM objects WHERE kind = 'checkout.session'")
    paid_before = 1  # of the agency in the scene
    assert checkouts == [(paid_before + 1,)]
    names = Counter(fact.name for fact in house.services.evidence.of_workspace(scene.eves_id))
    assert names["Workspace.PlanChosen"] == 1
