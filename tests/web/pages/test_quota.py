"""Notices that a pool is nearly or wholly used: once a cycle each, and only to those who lead it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.permissions import Role
from domain.plans import AGENCY, FREE
from tests.web.pages.scene import Scene, text_of
from tests.web.pages.test_plan import EVES, eve_pays_for_pro

OVERVIEW, BILLING = "/w/{anchor}/", "/w/{anchor}/billing"
NEARLY, WHOLLY = "More than 80 % of the pool of this cycle is used.", "The pool of this cycle is used up."


def looked(scene: Scene) -> None:
    """The clock comes round, twice, and the letters are sent."""
    scene.house.run_followed()
    scene.house.wiring.quotas.note_all()
    scene.house.wiring.quotas.note_all()
    scene.house.wiring.deliver_due()
    scene.house.run_followed()
    scene.house.wiring.quotas.note_all()


def notices(scene: Scene) -> list[str]:
    return [name for name in scene.facts() if name.startswith("QuotaNotice.")]


def letters(scene: Scene) -> list[tuple[str, str]]:
    told = scene.house.wiring.mail.read()
    return sorted((one.to, one.subject) for one in told if "invited" not in one.subject)


def texts(scene: Scene) -> str:
    return "".join(one.text for one in scene.house.wiring.mail.read())


def shown(scene: Scene, who: str, path: str) -> str:
    return text_of(scene.browser(who).get(scene.path(path)))


@pytest.mark.parametrize(("events", "raised"), [(19_999, 0), (20_000, 1), (24_999, 1), (25_000, 2)])
def test_a_notice_is_given_at_exactly_80_and_100_percent(scene: Scene, events: int, raised: int) -> None:
    assert AGENCY.pool_events == 25_000
    scene.track(scene.child_id, events)

    looked(scene)

    assert notices(scene) == ["QuotaNotice.Raised"] * raised


def test_each_is_given_once_in_a_cycle_and_again_in_the_next(scene: Scene) -> None:
    for events in (21_000, 1_000, 4_000, 1_000):
        scene.track(scene.child_id, events)
        looked(scene)
    in_march = len(notices(scene))
    scene.house.leap_to(datetime(2026, 4, 2, tzinfo=UTC))
    looked(scene)
    fresh = len(notices(scene))
    scene.track(scene.child_id, 20_000)
    looked(scene)

    assert (in_march, fresh) == (2, 2)
    assert notices(scene) == ["QuotaNotice.Raised"] * 3


def test_before_stripes_word_of_the_next_cycle_its_events_count_there(scene: Scene) -> None:
    house = scene.house
    scene.track(scene.anchor_id, 24_000)
    ends_at = house.agency.tree(scene.tree_id).cycle_ends_at
    house.clock.at = ends_at + timedelta(seconds=1)
    looked(scene)
    late = notices(scene)

    scene.track(scene.anchor_id, 20_000)
    looked(scene)

    (stream,) = {fact.stream for fact in quota_facts(scene)}
    assert late == []
    assert house.agency.quota_notice(stream).cycle_started_at == ends_at


def quota_facts(scene: Scene) -> list[object]:
    found = scene.house.services.evidence.of_tree(scene.tree_id)
    return [fact for fact in found if fact.name.startswith("QuotaNotice.")]


def test_the_letters_go_to_those_who_lead_the_agency_and_to_nobody_else(scene: Scene) -> None:
    for name, role in (("Ben", Role.MEMBER), ("Vera", Role.VIEWER)):
        scene.house.member(scene.anchor_id, scene.people["Ana"], scene.people[name], role)
    scene.track(scene.child_id, 26_000)

    looked(scene)

    subjects = ("80 % of your events are used", "All of your events are used")
    assert letters(scene) == sorted(
        (f"{name}@example.com", subject) for name in ("ana", "adam") for subject in subjects
    )
    assert "26,000 of 25,000 events of the pool" in texts(scene)
    assert "metered as overage" in texts(scene)


def test_it_is_on_the_overview_and_on_billing_of_those_who_lead_and_clients_see_nothing(scene: Scene) -> None:
    scene.track(scene.child_id, 20_000)
    looked(scene)

    pages = {(who, path): shown(scene, who, path) for who in ("Ana", "Adam") for path in (OVERVIEW, BILLING)}
    clients = [shown(scene, who, "/w/{child}/") for who in ("Olga", "Ben", "Vera")]
    timeline = shown(scene, "Olga", "/w/{child}/timeline")

    assert [page for page, text in pages.items() if NEARLY not in text] == []
    assert not [text for text in (*clients, timeline) if "80 %" in text]
    assert "The pool of 25,000 events was 80 % used" in shown(
        scene, "Ana", f"/trees/{scene.tree_id}/timeline"
    )


def test_a_larger_plan_resolves_what_no_longer_holds(scene: Scene) -> None:
    eve_pays_for_pro(scene)
    scene.track(scene.eves_id, 10_500)
    looked(scene)
    before = shown(scene, "Eve", "/w/{eves}/")
    scene.browser("Eve").post(scene.path(EVES + "/change"), plan="agency")
    looked(scene)

    page = shown(scene, "Eve", "/w/{eves}/")

    assert WHOLLY in before
    assert WHOLLY not in page
    assert NEARLY not in page
    assert notices(scene) == ["QuotaNotice.Raised"] * 2 + ["QuotaNotice.Resolved"] * 2
    assert ("eve@example.com", "Below 100 % of your events again") in letters(scene)


def test_what_was_resolved_is_not_given_again_in_the_cycle(scene: Scene) -> None:
    eve_pays_for_pro(scene)
    scene.track(scene.eves_id, 10_500)
    looked(scene)
    scene.browser("Eve").post(scene.path(EVES + "/change"), plan="agency")
    looked(scene)
    scene.track(scene.eves_id, 20_000)

    looked(scene)

    assert notices(scene) == ["QuotaNotice.Raised"] * 2 + ["QuotaNotice.Resolved"] * 2


def test_a_free_workspace_is_told_when_it_goes_on_and_what_lifts_the_limit(scene: Scene) -> None:
    scene.track(scene.eves_id, FREE.pool_events * 8 // 10)
    looked(scene)
    nearly = shown(scene, "Eve", "/w/{eves}/billing")
    scene.track(scene.eves_id, FREE.pool_events * 2 // 10)
    looked(scene)

    wholly = shown(scene, "Eve", "/w/{eves}/billing")

    assert "Once all are used, tracking is refused until 1 Apr 2026, 00:00 UTC." in nearly
    assert "Tracking is refused until 1 Apr 2026, 00:00 UTC. Choosing a plan lifts that." in wholly
    assert {to for to, _ in letters(scene)} == {"eve@example.com"}
    assert "Choosing a plan lifts that at once." in texts(scene)


def test_a_chosen_plan_resolves_the_notices_of_the_free_quota(scene: Scene) -> None:
    scene.track(scene.eves_id, FREE.pool_events)
    looked(scene)

    eve_pays_for_pro(scene)
    looked(scene)

    assert notices(scene) == ["QuotaNotice.Raised"] * 2 + ["QuotaNotice.Resolved"] * 2
    assert "events of this month" not in shown(scene, "Eve", "/w/{eves}/billing")


def test_of_an_agency_that_has_ended_nobody_is_told(scene: Scene) -> None:
    house = scene.house
    scene.track(scene.anchor_id, 20_000)
    ana = scene.people["Ana"]
    house.wiring.billing.cancel_at_once(scene.tree_id, ana, because=house.because(f"person:{ana}"))
    house.deliver_notices()

    looked(scene)

    assert notices(scene) == []
