"""Two moments side by side: to each reader what they may know, with the events that made the difference."""

from __future__ import annotations

import re

import pytest

from domain.permissions import Role
from tests.web.pages.scene import Scene, text_of


def head(scene: Scene) -> int:
    with scene.house.database.reading() as db:
        row = db.execute("SELECT heartwood_head('agency') AS head").fetchone()
    assert row is not None
    return int(row["head"])


def some_days(scene: Scene) -> tuple[int, int]:
    """Two positions, between which something happens in the anchor, in a child and in its sibling."""
    house, ana = scene.house, scene.people["Ana"]
    before = head(scene)
    house.clock.advance(days=1)
    digest = house.wiring.vault.keep_text(scene.child_id, "Heron")
    adam = scene.people["Adam"]
    house.agency.rename(scene.child_id, adam, digest, because=house.because(f"person:{adam}"))
    scene.people["Nils"] = house.person("Nils")
    house.member(scene.sibling_id, ana, scene.people["Nils"], Role.VIEWER)
    house.run_followed()
    return before, head(scene)


def test_every_difference_is_told_with_the_events_that_made_it(scene: Scene) -> None:
    before, after = some_days(scene)
    sees = scene.browser("Ana")

    shown = sees.get(scene.path(f"/w/{{anchor}}/compare?from={before}&to={after}"))
    said = text_of(shown)

    assert shown.status_code == 200
    assert "name Larkfield — Support line Heron Adam renamed a workspace to Heron" in said
    assert "Member Nils, Osprey — Sales line new" in said
    assert "members 1 2 Nils joined Osprey — Sales line as viewer" in said
    (first, *_) = re.findall(r'href="(/trees/[^"]+)">Adam renamed', shown.get_data(as_text=True))
    assert "Adam renamed a workspace to Heron" in text_of(sees.get(first))


def test_a_client_is_told_of_its_own_workspace_only(scene: Scene) -> None:
    before, after = some_days(scene)

    shown = scene.browser("Olga").get(scene.path(f"/w/{{child}}/compare?from={before}&to={after}"))
    said = text_of(shown)

    assert "name Larkfield — Support line Heron The agency renamed a workspace to Heron" in said
    for hidden in ("Adam", "Nils", "Osprey", "Bright Signal", str(scene.tree_id), str(scene.anchor_id)):
        assert hidden not in said
    assert str(scene.tree_id) not in shown.get_data(as_text=True)


def test_who_may_not_read_the_timeline_compares_nothing(scene: Scene) -> None:
    before, after = some_days(scene)
    query = f"from={before}&to={after}"

    for name in ("Ben", "Vera", "Eve"):
        for page in ("/w/{anchor}/compare", "/w/{child}/compare", "/w/{nowhere}/compare"):
            assert scene.browser(name).get(scene.path(f"{page}?{query}")).status_code == 404
    assert scene.browser("Olga").get(scene.path(f"/w/{{anchor}}/compare?{query}")).status_code == 404
    assert scene.browser("Olga").get(scene.path(f"/w/{{sibling}}/compare?{query}")).status_code == 404


def test_a_moment_that_is_none_is_said_so(scene: Scene) -> None:
    last, sees = head(scene), scene.browser("Ana")

    for query in (f"from={last}&to={last - 1}", "from=never", f"from={last + 1}", "from=1&from=2", "from=0"):
        assert sees.get(scene.path(f"/w/{{anchor}}/compare?{query}")).status_code == 400
    assert "“to” is a position" in text_of(
        sees.get(scene.path(f"/w/{{anchor}}/compare?from={last}&to=never"))
    )
    assert "Nothing differs" in text_of(sees.get(scene.path(f"/w/{{anchor}}/compare?from={last}&to={last}")))
    assert "Nothing differs" in text_of(sees.get(scene.path(f"/w/{{anchor}}/compare?from={last}")))
    assert sees.get(scene.path("/w/{anchor}/compare")).status_code == 200


def test_what_befell_a_child_after_it_had_left_is_its_own(scene: Scene) -> None:
    """The anchor's people see it leave, and not what became of it."""
    house, ana = scene.house, scene.people["Ana"]
    before = head(scene)
    tree = house.agency.tree(scene.tree_id)
    house.stripe.cancel_in_portal(tree.subscription_id)
    house.deliver_notices()
    house.advance_to(tree.cycle_ends_at)
    digest = house.wiring.vault.keep_text(scene.child_id, "Heron")
    house.agency.rename(scene.child_id, ana, digest, because=house.because(f"person:{ana}"))
    house.run_followed()

    said = text_of(scene.browser("Adam").get(scene.path(f"/w/{{anchor}}/compare?from={before}")))

    assert "plan Agency Free" in said
    assert "Heron" not in said


def test_a_timeline_and_a_page_of_the_past_lead_to_the_comparison(scene: Scene) -> None:
    whole, child = scene.path("/w/{anchor}/compare"), scene.path("/w/{child}/compare")

    tree = scene.browser("Ana").get(scene.path("/trees/{tree}/timeline")).get_data(as_text=True)
    own = scene.browser("Olga").get(scene.path("/w/{child}/timeline")).get_data(as_text=True)
    past = scene.browser("Ana").get(scene.path("/w/{anchor}/?as_of=20")).get_data(as_text=True)

    assert f'href="{whole}"' in tree
    assert f'href="{child}"' in own
    assert f'href="{whole}?from=20"' in past


def test_the_people_of_a_former_child_are_told_nothing_of_the_agency_it_came_from(scene: Scene) -> None:
    house, adam = scene.house, scene.people["Adam"]
    before = head(scene)
    house.clock.advance(hours=1)
    scene.people["Nils"] = house.person("Nils")
    house.member(scene.child_id, adam, scene.people["Nils"], Role.VIEWER)
    among = head(scene)
    tree = house.agency.tree(scene.tree_id)
    assert tree.cycle_ends_at is not None
    house.stripe.cancel_in_portal(tree.subscription_id)
    house.deliver_notices()
    house.advance_to(tree.cycle_ends_at)

    for query in (f"from={before}", f"from={among}"):
        shown = scene.browser("Olga").get(scene.path(f"/w/{{child}}/compare?{query}"))
        said = text_of(shown)

        assert "plan Agency Free" in said
        assert "agency another agency none: it stands alone" in said
        for hidden in ("Adam", "Osprey", "Bright Signal", str(scene.tree_id), str(scene.anchor_id)):
            assert hidden not in shown.get_data(as_text=True)


def test_a_history_that_takes_too_long_to_read_is_not_compared(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.postgres.noting.SECONDS_MAX", -1.0)

    answer = scene.browser("Ana").get(scene.path("/w/{anchor}/compare?from=1&to=1"))

    assert answer.status_code == 503
    assert "the history is too long to be compared" in text_of(answer)
