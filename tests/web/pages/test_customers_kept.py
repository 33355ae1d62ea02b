"""What an agency keeps about its customers: changed, erased, searched and sorted; and names that follow."""

from __future__ import annotations

import pytest

from tests.web.pages.scene import Scene, text_of
from tests.web.pages.test_customers import LARKFIELD, LIST, added, adds, rows


def test_what_is_kept_is_changed_and_the_workspace_s_own_people_never_read_it(scene: Scene) -> None:
    page, ana = added(scene), scene.browser("Ana")

    answer = ana.post(page, name="Larkfield & Sons", contact="Lou", notes="one\r\ntwo")

    told = text_of(ana.follow(answer))
    assert "Larkfield & Sons" in told
    assert "one two" in told
    for name in ("Olga", "Ben"):
        browser = scene.browser(name)
        for path in ("/w/{child}/", "/w/{child}/timeline", "/w/{child}/agency"):
            shown = text_of(browser.get(scene.path(path)))
            assert not [word for word in ("Sons", "Lou", "Lara", "pays late") if word in shown]


def test_an_erased_contact_is_destroyed_and_the_history_shows_so(scene: Scene) -> None:
    page, ana = added(scene), scene.browser("Ana")
    ana.post(page, **LARKFIELD | {"contact": "Lou of Larkfield"})

    answer = ana.post(f"{page}/contact/erase")
    scene.house.wiring.deliver_due()

    told = text_of(ana.follow(answer))
    assert "Lara" not in told
    assert "Lou" not in told
    assert told.count("erased") >= 3, "the contact, and both of the history"
    (row,) = rows(scene)
    assert scene.house.wiring.vault.text(row.contact_id, str(row.contact_digest)) == "erased"
    assert "Erase contact" not in told
    assert ana.post(f"{page}/contact/erase").status_code == 303
    assert scene.facts().count("Customer.ContactErased") == 1


def test_a_contact_that_comes_after_is_a_new_one_and_can_be_erased_as_well(scene: Scene) -> None:
    page, ana = added(scene), scene.browser("Ana")
    ana.post(f"{page}/contact/erase")
    scene.house.wiring.deliver_due()

    ana.post(page, **LARKFIELD | {"contact": ""})
    again = text_of(ana.get(page))
    ana.post(page, **LARKFIELD | {"contact": "Lou"})
    shown = text_of(ana.get(page))
    ana.post(f"{page}/contact/erase")
    scene.house.wiring.deliver_due()

    assert "Customer.Changed" not in scene.facts()[: scene.facts().index("Customer.ContactErased")]
    assert "Contact erased" in again
    assert "Contact Lou" in shown
    assert "Lou" not in text_of(ana.get(page))
    assert scene.facts().count("Customer.Changed") == 1, "nothing was typed the first time"


def test_the_list_is_searched_filtered_and_sorted_by_its_address(scene: Scene) -> None:
    ana = scene.browser("Ana")
    first = added(scene, name="Zephyr")
    scene.house.clock.advance(minutes=1)
    added(scene, name="Aster", child=str(scene.sibling_id))
    scene.track(scene.child_id, 7)
    ana.post(f"{first}/suspend")

    def names(query: str) -> list[str]:
        shown = text_of(ana.get(scene.path(f"{LIST}?{query}")))
        return sorted((one for one in ("Zephyr", "Aster") if one in shown), key=shown.index)

    assert names("") == ["Aster", "Zephyr"]
    assert names("sort=usage") == ["Zephyr", "Aster"]
    assert names("sort=opened") == ["Zephyr", "Aster"]
    assert names("sort=status") == ["Aster", "Zephyr"]
    assert names("text=zEPH") == ["Zephyr"]
    assert names("text=osprey") == ["Aster"], "also by the name of the workspace"
    assert names("state=suspended") == ["Zephyr"]
    assert names("state=closed") == []
    assert ana.get(scene.path(f"{LIST}?sort=random")).status_code == 400
    assert ana.get(scene.path(f"{LIST}?state=open")).status_code == 400
    assert ana.get(scene.path(f"{LIST}?text={'x' * 121}")).status_code == 400


@pytest.mark.parametrize(
    ("workspace", "suggestion"),
    [
        ("Larkfield Ltd — Sales", None),
        ("Sales line", "Larkfield Ltd — Sales line"),
        ("Larkfield - Sales", "Larkfield — Sales"),
        ("Larkfield Ltd sales", "Larkfield Ltd — sales"),
        ("", "Larkfield Ltd — Support line"),
    ],
)
def test_a_name_that_does_not_follow_the_convention_is_taken_and_a_better_one_suggested(
    scene: Scene, workspace: str, suggestion: str | None
) -> None:
    ana = scene.browser("Ana")

    page = ana.follow(adds(scene, workspace=workspace))

    told = text_of(page)
    assert (workspace or "Larkfield Ltd") in told
    assert ("[Client] — [Project]" in told) is (suggestion is not None)
    assert suggestion is None or suggestion in told
