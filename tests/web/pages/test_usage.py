"""Pages of usage: each workspace its own, to the event; the pool for those who lead, with its end."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from adapters.usage import breakdown
from tests.web.pages.scene import Scene, text_of
from tests.web.pages.test_plan import eve_pays_for_pro
from tests.web.told import tell

OWN = "/w/{child}/usage"
POOL = "/w/{anchor}/usage/pool"
LINE = re.compile(r'class="chart-(used|projected)" points="([^"]*)"')


def page_of(scene: Scene, name: str, path: str, **query: str) -> str:
    answer = scene.browser(name).client.get(scene.path(path), query_string=query)
    assert answer.status_code == 200
    return text_of(answer)


def test_a_client_sees_its_own_usage_and_nothing_of_the_pool(scene: Scene) -> None:
    tell(scene.house, scene.child_id, 3)
    tell(scene.house, scene.child_id, 2, agent="scribe", task_type="summarise", outcome="needs_review")
    scene.track(scene.sibling_id, 7_654)

    answer = scene.browser("Ben").get(scene.path(OWN))

    page = text_of(answer)
    assert "Events this cycle 5 Events on each day" in page
    assert "concierge 3 1.5 € 75.00 € 0.12 € 74.88 scribe 2 1.0 € 50.00 € 0.08 € 49.92" in page
    assert "Together 5 2.5 € 125.00 € 0.20 € 124.80" in page
    assert "draft_email 3 " in page
    assert "needs review 2 " in page
    assert "1 Mar 2026 5" in page
    assert "the oldest one still kept is of 1 Mar 2026, 09:00 UTC." in page
    assert "Latest events" not in page
    for foreign in ("7,654", "7,659", "25,000", "Bright Signal", "Osprey", "/usage/pool", "ool over"):
        assert foreign not in answer.get_data(as_text=True)


def test_staff_sees_the_latest_events_the_newest_first(scene: Scene) -> None:
    tell(scene.house, scene.child_id, 51, agent="old")
    scene.house.clock.advance(minutes=1)
    tell(scene.house, scene.child_id, agent="new", outcome="failure")

    answer = scene.browser("Olga").get(scene.path(OWN))

    assert "the newest 50 of 52" in text_of(answer)
    assert "1 Mar 2026, 09:01 UTC new draft_email failure 1 Mar 2026, 09:00 UTC old" in text_of(answer)
    assert answer.get_data(as_text=True).count("<time ") == 50


def test_a_long_table_is_short_until_all_of_it_is_asked_for(scene: Scene) -> None:
    for number in range(10):
        tell(scene.house, scene.child_id, 20 - number, agent=f"agent-{number:02}")

    short = page_of(scene, "Ben", OWN)
    whole = page_of(scene, "Ben", OWN, all="agent")

    assert "Show all 10" in short
    assert "agent-08" not in short
    assert "agent-09 11 " in whole
    assert "Show all" not in whole


def test_a_workspace_without_events_says_so(scene: Scene) -> None:
    page = page_of(scene, "Vera", OWN)

    assert "Events this cycle 0 The number above" in page
    assert "No event of this cycle is kept: nothing was tracked yet." in page
    assert "By agent" not in page


def test_of_too_many_events_the_page_tells_of_the_newest(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breakdown, "ROWS_MAX", 3)
    tell(scene.house, scene.child_id, 2, agent="old")
    scene.house.clock.advance(hours=1)
    tell(scene.house, scene.child_id, 3, agent="new")

    page = page_of(scene, "Ben", OWN)

    assert "Events this cycle 5 " in page
    assert "what follows is of those since 1 Mar 2026, 09:00 UTC" in page
    assert "new 3 1.5" in page
    assert "old 2" not in page


def test_what_programs_sent_is_text_on_the_page(scene: Scene) -> None:
    tell(scene.house, scene.child_id, agent="<script>x</script>")

    page = scene.browser("Olga").get(scene.path(OWN)).get_data(as_text=True)

    assert "&lt;script&gt;x" in page
    assert "<script>" not in page


def test_an_earlier_cycle_holds_its_own_events_only(scene: Scene) -> None:
    ends_at = scene.house.agency.tree(scene.tree_id).cycle_ends_at
    scene.house.clock.at = ends_at - timedelta(microseconds=1)
    tell(scene.house, scene.child_id, 2, agent="late")
    scene.house.clock.at = ends_at
    tell(scene.house, scene.child_id, 3, agent="early")
    march = "2026-03-01T09:00:00+00:00"

    running, ended = page_of(scene, "Ben", OWN), page_of(scene, "Ben", OWN, cycle=march)
    pool = page_of(scene, "Adam", POOL, cycle=march)

    assert "Events this cycle 3 " in running
    assert "1 Apr 2026 to 1 May 2026 3 events so far 1 Mar 2026 to 1 Apr 2026 2 events" in running
    assert "late" not in running.split("By agent")[1]
    assert "Events in this cycle 2 " in ended
    assert "early" not in ended.split("By agent")[1]
    assert "In the end 2 € 0.00 0" in pool
    assert "At the average" not in pool


@pytest.mark.parametrize("path", [OWN, POOL])
@pytest.mark.parametrize("cycle", ["2026-03-01T09:00:01+00:00", "nonsense", "\x00", "1" * 9_999])
def test_a_cycle_that_never_was_is_refused(scene: Scene, path: str, cycle: str) -> None:
    answer = scene.browser("Ana").client.get(scene.path(path), query_string={"cycle": cycle})

    assert answer.status_code == 400
    assert "began then. Choose one on" in text_of(answer)


def test_the_pool_is_told_by_day_and_workspace_with_its_likely_end(scene: Scene) -> None:
    scene.track(scene.anchor_id, 20_000)
    scene.house.clock.advance(days=1)
    scene.track(scene.child_id, 10_000)
    scene.house.clock.advance(hours=12)

    answer = scene.browser("Adam").get(scene.path(POOL))

    page = text_of(answer)
    assert "So far 30,000 € 25.00 5,000" in page
    assert "At the average 620,000 € 2,085.00 595,000" in page
    assert "At the busiest 620,000 € 2,085.00 595,000" in page
    assert "1 Mar 2026, 09:00 UTC 20,000 20,000 2 Mar 2026, 09:00 UTC 10,000 30,000" in page
    assert "Bright Signal 20,000 80.0% Larkfield — Support line 10,000 40.0%" in page
    assert "Osprey — Sales line 0 0.0% Together 30,000 120.0%" in page
    assert "5,000 € 0.005 € 25.00 5,000 Total € 25.00" in page


def test_the_chart_lies_where_the_numbers_say(scene: Scene) -> None:
    scene.track(scene.anchor_id, 20_000)
    scene.house.clock.advance(days=15, hours=12)  # half of 31 days

    html = scene.browser("Ana").get(scene.path(POOL)).get_data(as_text=True)

    lines = dict(LINE.findall(html))
    top = 40_000 * 6 / 5  # a sixth is free above the likely end
    reached = f"500.0,{1_000 - 1_000 * 20_000 / top:.1f}"
    assert lines["used"].startswith("0.0,1000.0 32.3,583.3 ")
    assert lines["used"].endswith(f" {reached}")
    assert lines["projected"] == f"{reached} 1000.0,{1_000 - 1_000 * 40_000 / top:.1f}"
    assert f'class="chart-pool" x1="0" x2="1000" y1="{1_000 - 1_000 * 25_000 / top:.1f}"' in html
    assert html.count('class="chart-band ') == 1


@pytest.mark.parametrize(("events", "bands"), [(20_000, 1), (70_000, 2), (300_000, 3), (2_000_000, 3)])
def test_each_band_that_the_chart_reaches_is_shaded(scene: Scene, events: int, bands: int) -> None:
    for _ in range(events // 10_000):
        scene.track(scene.child_id, 10_000)

    html = scene.browser("Ana").get(scene.path(POOL)).get_data(as_text=True)

    assert html.count('class="chart-band ') == bands
    assert f'class="chart-band chart-band-{bands}" x="0" width="1000" y="0.0"' in html  # up to the top


def test_at_the_first_instant_of_a_cycle_there_is_a_page_and_no_forecast(scene: Scene) -> None:
    answer = scene.browser("Ana").get(scene.path(POOL))

    assert "So far 0 € 0.00 0" in text_of(answer)
    assert "too young to say where it will end." in text_of(answer)
    assert "chart-projected" not in answer.get_data(as_text=True)


def test_a_deleted_childs_usage_stays_in_the_pool(scene: Scene) -> None:
    scene.track(scene.child_id, 1_234)
    ana = scene.people["Ana"]
    scene.house.agency.delete_child(scene.child_id, ana, because=scene.house.because(f"person:{ana}"))
    scene.house.run_followed()

    page = page_of(scene, "Ana", POOL)

    assert "Larkfield — Support line no longer here 1,234 4.9%" in page
    assert "Together 1,234 4.9%" in page


def test_a_free_workspace_has_its_quota_over_the_month(scene: Scene) -> None:
    tell(scene.house, scene.eves_id, 100)
    scene.house.clock.at = datetime(2026, 3, 11, tzinfo=UTC)

    answer = scene.browser("Eve").get(scene.path("/w/{eves}/usage/pool"))

    page = text_of(answer)
    assert "Quota over the cycle" in page
    assert "100 of 500 events (20.0%)" in page
    assert "At the average 310 " in page
    assert "At 500 events the quota is used up, and new events are refused until the month is over." in page
    assert "chart-band" not in answer.get_data(as_text=True)
    assert "Overage" not in page


def test_a_month_before_the_plan_was_bought_stays_readable(scene: Scene) -> None:
    tell(scene.house, scene.eves_id, 12)
    scene.house.clock.advance(days=3)
    eve_pays_for_pro(scene)
    tell(scene.house, scene.eves_id, 5)

    running = page_of(scene, "Eve", "/w/{eves}/usage")
    before = page_of(scene, "Eve", "/w/{eves}/usage", cycle="2026-03-01T00:00:00+00:00")
    pool = page_of(scene, "Eve", "/w/{eves}/usage/pool")

    assert "Events this cycle 5 " in running
    assert "Events in this cycle 12 " in before
    assert "Of this cycle’s time they are 17 events" in before
    assert "5 of 10,000 events" in pool


def test_overview_and_billing_lead_there(scene: Scene) -> None:
    ana, eve, ben = (scene.browser(name) for name in ("Ana", "Eve", "Ben"))

    for browser, path, wanted in [
        (ana, "/w/{anchor}/", POOL),
        (ana, "/w/{anchor}/billing", POOL),
        (ana, "/w/{anchor}/usage", POOL),
        (eve, "/w/{eves}/billing", "/w/{eves}/usage/pool"),
        (ben, "/w/{child}/", OWN),
    ]:
        assert f'href="{scene.path(wanted)}"' in browser.get(scene.path(path)).get_data(as_text=True)
