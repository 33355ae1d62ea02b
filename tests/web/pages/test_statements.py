"""How often a page asks the database: after many cycles as often as after a few."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from tests.web.pages.scene import Scene, text_of


def cycles_until(scene: Scene, month: int) -> None:
    """Each with overage, until a cycle of this month runs."""
    for number in range(scene.house.clock().month, month):
        scene.track(scene.child_id, 26_000)
        scene.house.leap_to(datetime(2026, number + 1, 2, tzinfo=UTC))
    scene.track(scene.child_id, 26_000)


@pytest.mark.parametrize("page", ["billing?invoices=all", "billing/invoices", "billing/invoices.csv"])
def test_no_page_of_billing_asks_once_per_cycle_or_invoice(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    path = scene.path("/w/{anchor}/") + page
    execute, asked = psycopg.Cursor.execute, list[object]()

    def counted(cursor: Any, query: Any, *more: Any, **options: Any) -> Any:
        asked.append(query)
        return execute(cursor, query, *more, **options)

    def statements() -> int:
        ana = scene.browser("Ana")  # who signs in again after a month
        with monkeypatch.context() as patch:
            patch.setattr(psycopg.Cursor, "execute", counted)
            asked.clear()
            assert ana.get(path).status_code == 200
        return len(asked)

    cycles_until(scene, 3 + 1)
    few = statements()
    cycles_until(scene, 3 + 7)
    many = statements()

    assert many == few > 0
    if page.startswith("billing?"):
        assert text_of(scene.browser("Ana").get(path)).count("They agree, to the event.") == 7


def test_the_billing_page_asks_once_how_much_of_the_pool_is_used(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute, asked = psycopg.Cursor.execute, list[str]()

    def noted(cursor: Any, query: Any, params: Any = None, **options: Any) -> Any:
        asked.append(str(query))
        return execute(cursor, query, params, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", noted)
    assert scene.browser("Ana").get(scene.path("/w/{anchor}/billing")).status_code == 200

    of_one_cycle = "c.tree_id = %s AND c.cycle_started_at = %s"
    assert len([one for one in asked if of_one_cycle in one]) == 1
