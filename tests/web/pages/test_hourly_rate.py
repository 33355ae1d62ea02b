"""The hourly rate of a workspace: set by its staff, frozen into what comes after, kept when plans change."""

from __future__ import annotations

import pytest

from tests.web.api.asking import Program
from tests.web.pages.scene import Scene, text_of
from tests.web.pages.stripe_says import stripe_says
from tests.web.pages.test_downgrade_adopted import ends
from tests.web.pages.voided import differences, program

SETTINGS, RATE = "/w/{child}/settings", "/w/{child}/settings/rate"
DEFAULT = "/w/{child}/settings/rate/default"


def rate_of(tracking: Program, **sent: str) -> tuple[int, str]:
    """What an event is answered that is tracked now: twelve minutes of support."""
    answer = tracking.track(task_type="customer_support", **sent).get_json()
    return answer["hourly_rate_cents"], answer["hourly_rate_source"]


def set_rate(scene: Scene, amount: str, who: str = "Olga") -> str:
    browser = scene.browser(who)
    answer = browser.post(scene.path(RATE), rate=amount)
    assert answer.status_code == 303
    return text_of(browser.follow(answer))


def test_the_rate_holds_for_what_comes_after_and_earlier_events_keep_theirs(scene: Scene) -> None:
    tracking = program(scene, scene.child_id)

    before = rate_of(tracking)
    told = set_rate(scene, "62.50")
    after = rate_of(tracking)

    page = text_of(scene.browser("Ben").get(scene.path("/w/{child}/usage")))
    assert (before, after) == ((4_000, "default"), (6_250, "workspace"))
    assert "From now on, an hour counts € 62.50." in told
    assert "Now € 62.50 an hour, set for this workspace." in told
    assert 'value="62.50"' in scene.browser("Ana").get(scene.path(SETTINGS)).get_data(as_text=True)
    assert "Together 2 0.4 € 20.50 € 0.00 € 20.50" in page  # 8.00 and 12.50
    assert tracking.get("/usage").get_json()["total"]["saved_micros"] == 20_500_000
    assert scene.facts()[-1] == "Workspace.HourlyRateSet"


def test_back_to_the_default(scene: Scene) -> None:
    tracking, olga = program(scene, scene.child_id), scene.browser("Olga")
    offered_at_first = "Back to € 40.00" in text_of(olga.get(scene.path(SETTINGS)))
    set_rate(scene, "100")

    offered = "Back to € 40.00" in text_of(olga.get(scene.path(SETTINGS)))
    answer = olga.post(scene.path(DEFAULT))

    assert (offered_at_first, offered) == (False, True)
    assert "Now € 40.00 an hour, the default." in text_of(olga.follow(answer))
    assert rate_of(tracking) == (4_000, "default")


def test_a_rate_that_is_the_default_by_chance_is_the_workspace_s_own(scene: Scene) -> None:
    set_rate(scene, "40")

    assert rate_of(program(scene, scene.child_id)) == (4_000, "workspace")


@pytest.mark.parametrize(
    ("typed", "cents"), [("0.01", 1), ("45", 4_500), (" 45,5 ", 4_550), ("1000", 100_000), ("007", 700)]
)
def test_an_amount_is_read_as_people_write_it(scene: Scene, typed: str, cents: int) -> None:
    set_rate(scene, typed)

    assert rate_of(program(scene, scene.child_id)) == (cents, "workspace")


@pytest.mark.parametrize(
    "typed",
    ["", "0", "0.00", "-5", "1000.01", "9" * 9, "9" * 40, "45.123", "1e3", "€ 45", "fast", "٤٥", "4 5"],
)
def test_what_is_no_rate_is_refused_kept_in_the_form_and_not_recorded(scene: Scene, typed: str) -> None:
    before = scene.facts()

    answer = scene.browser("Olga").post(scene.path(RATE), rate=typed)

    assert answer.status_code == 422
    assert "Please enter what an hour costs in euros, above 0 and at most 1,000, such as" in text_of(answer)
    assert f'value="{typed}" required aria-invalid="true"' in answer.get_data(as_text=True)
    assert scene.facts() == before


def test_the_same_rate_again_is_no_fact(scene: Scene) -> None:
    set_rate(scene, "62.50")
    before = scene.facts()

    set_rate(scene, "62.5")
    scene.browser("Olga").post(scene.path(RATE.replace("child", "sibling")), rate="62.50")

    assert scene.facts() == before


def test_the_form_is_there_for_staff_and_not_for_others(scene: Scene) -> None:
    pages = {
        name: scene.browser(name).get(scene.path(SETTINGS)).get_data(as_text=True)
        for name in ("Ana", "Adam", "Olga", "Ben", "Vera")
    }

    assert [name for name, page in pages.items() if "settings/rate" in page] == ["Ana", "Adam", "Olga"]
    assert [name for name, page in pages.items() if "Hourly rate" in page] == ["Ana", "Adam", "Olga"]


def test_the_rate_is_the_workspace_s_own_and_no_other_s(scene: Scene) -> None:
    set_rate(scene, "62.50")

    assert rate_of(program(scene, scene.sibling_id)) == (4_000, "default")
    assert rate_of(program(scene, scene.eves_id, "Eve")) == (4_000, "default")


@pytest.mark.parametrize("place", ["anchor", "child"])
def test_the_rate_is_kept_when_the_plan_changes_and_after_the_downgrade(scene: Scene, place: str) -> None:
    tracking = program(scene, getattr(scene, f"{place}_id"))
    scene.browser("Ana").post(scene.path(f"/w/{{{place}}}/settings/rate"), rate="62.50")

    stripe_says(scene, plan="pro")
    on_pro = rate_of(tracking)
    ends(scene)
    alone = rate_of(tracking)

    assert (on_pro, alone) == ((6_250, "workspace"), (6_250, "workspace"))
    assert differences(scene) == {}


def test_the_rate_is_kept_when_a_workspace_is_brought_into_an_agency(scene: Scene) -> None:
    house, ana = scene.house, scene.people["Ana"]
    workspace_id = house.workspace(ana, "Fernwood — Chat")
    house.run_followed()
    scene.browser("Ana").post(f"/w/{workspace_id}/settings/rate", rate="33")

    house.wiring.billing.adopt(scene.tree_id, ana, workspace_id, because=house.because(f"person:{ana}"))

    assert rate_of(program(scene, workspace_id)) == (3_300, "workspace")
    assert differences(scene) == {}


def test_the_timeline_tells_who_set_it_to_what(scene: Scene) -> None:
    set_rate(scene, "62.50", who="Ana")
    scene.browser("Ana").post(scene.path(DEFAULT))
    scene.house.run_followed()

    page = text_of(scene.browser("Ana").get(scene.path("/w/{child}/timeline")))

    assert "Ana set the hourly rate of Larkfield — Support line to € 62.50" in page
    assert "Ana put the hourly rate of Larkfield — Support line back to the default" in page
