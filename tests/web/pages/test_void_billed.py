"""What was voided is not billed, and what was billed before becomes a credit note request."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from domain.plans import overage_cost_micros
from projections.catalogue import DAILY_USAGE, POOLS
from tests.house import BEGINNING as CYCLE_BEGAN
from tests.web.api.asking import EVENT
from tests.web.pages.billed import address, bill_march
from tests.web.pages.scene import Browser, Scene, text_of
from tests.web.pages.voided import differences, program, tracked, void


def support(scene: Scene) -> str:
    return text_of(Browser(scene.house, scene.house.person("Sam")).get("/support"))


def credits(scene: Scene) -> list[tuple[int, int]]:
    found = scene.house.services.evidence.of_tree(scene.tree_id)
    return [
        (fact.event.events, fact.event.amount_micros)
        for fact in found
        if fact.name == "Overage.CreditRequested"
    ]


def test_overage_that_was_not_claimed_yet_simply_falls(scene: Scene) -> None:
    scene.track(scene.anchor_id, 25_000)
    event_id = tracked(scene, scene.child_id)
    void(scene, "Olga", scene.child_id, event_id)

    scene.house.wiring.overages.claim_all()

    assert "Overage.Claimed" not in scene.facts()


def test_in_a_running_cycle_later_usage_takes_the_place_of_what_was_claimed(scene: Scene) -> None:
    house = scene.house
    scene.track(scene.anchor_id, 25_000)
    event_id = tracked(scene, scene.child_id)
    house.wiring.overages.claim_all()
    void(scene, "Olga", scene.child_id, event_id)
    house.wiring.deliver_due()
    tracked(scene, scene.child_id)
    house.wiring.overages.claim_all()

    house.leap_to(house.agency.tree(scene.tree_id).cycle_ends_at + timedelta(hours=3))
    house.wiring.credits.request_all()

    assert scene.facts().count("Overage.Claimed") == 1
    assert credits(scene) == []


def test_what_was_voided_while_the_cycle_ran_is_asked_for_once_its_invoice_is_closed(scene: Scene) -> None:
    house = scene.house
    ends_at = house.agency.tree(scene.tree_id).cycle_ends_at
    scene.track(scene.anchor_id, 25_000)
    event_id = tracked(scene, scene.child_id)
    house.wiring.overages.claim_all()
    void(scene, "Olga", scene.child_id, event_id)
    house.wiring.deliver_due()
    house.leap_to(ends_at + timedelta(hours=1))
    house.wiring.credits.request_all()
    open_still = credits(scene)

    house.clock.advance(seconds=1)
    house.wiring.credits.request_all()
    house.wiring.credits.request_all()

    assert open_still == []
    assert credits(scene) == [(1, 5_000)]


def test_after_the_invoice_the_credit_is_exact_over_the_tiers_and_shown_to_support(scene: Scene) -> None:
    house = scene.house
    ends_at = house.agency.tree(scene.tree_id).cycle_ends_at
    results = program(scene, scene.child_id).batch([EVENT] * 3).get_json()["results"]
    scene.track(scene.anchor_id, 25_000 + 50_000 - 2)  # one above the first tier
    house.leap_to(ends_at + timedelta(hours=3))

    for one in results:
        void(scene, "Olga", scene.child_id, UUID(one["event_id"]))
        house.wiring.deliver_due()
    house.run_followed()

    told = support(scene)
    billing = text_of(scene.browser("Ana").get(scene.path("/w/{anchor}/billing")))
    assert credits(scene) == [(1, 4_000), (1, 5_000), (1, 5_000)]
    assert sum(micros for _, micros in credits(scene)) == overage_cost_micros(50_001) - overage_cost_micros(
        49_998
    )
    assert f"{scene.tree_id} 1 Mar 2026 1 € 0.004 1 Apr 2026" in told
    assert "3 of them were voided since: a credit note over € 0.014 is asked for." in billing
    assert "Ana" not in told
    assert differences(scene) == {}


def test_a_pool_that_grew_in_its_cycle_gives_nothing_back(scene: Scene) -> None:
    house = scene.house
    due = (25_010, 30_000)
    scene.track(scene.anchor_id, due[0])
    event_id = tracked(scene, scene.child_id)
    house.wiring.overages.claim_all()
    with house.database.writing() as db:  # as a change to a plan with a larger pool would leave it
        db.execute("UPDATE pool_overages SET pool_events = %s", (due[1],))
    void(scene, "Olga", scene.child_id, event_id)

    with house.database.reading() as db:
        (found,) = POOLS.credit_due(db)
    house.clock.at = house.agency.tree(scene.tree_id).cycle_ends_at + timedelta(hours=2)
    house.wiring.credits.request_all()

    assert (found.used, found.voided) == (25_010, 1)
    assert credits(scene) == [(1, 5_000)]


def test_an_errand_that_waits_is_shown_to_support(scene: Scene) -> None:
    scene.house.wiring.deliver_due()
    void(scene, "Olga", scene.child_id, tracked(scene, scene.child_id))
    scene.house.run_followed()

    told = support(scene)

    assert "1 waiting, 0 given up" in told
    assert "request credit" in told


def test_the_usage_behind_the_invoice_lists_what_was_voided_and_still_adds_up(scene: Scene) -> None:
    events = [tracked(scene, scene.child_id) for _ in range(2)]
    scene.house.clock.advance(days=3)
    scene.track(scene.anchor_id, 25_000)
    invoice_id = bill_march(scene, anchor=0, child=10)
    for event_id in events:
        void(scene, "Olga", scene.child_id, event_id)
    scene.house.wiring.deliver_due()
    scene.house.run_followed()

    first = text_of(scene.browser("Ana").get(address(scene, invoice_id, "/usage")))
    later = text_of(scene.browser("Ana").get(address(scene, invoice_id, "/usage?after=3")))

    assert "Counted 25,010 events in 4 facts In the pool 25,000 Above it 12 Claimed 12" in first
    assert "Voided since 2, a credit note over € 0.01 is asked for On the invoice 12 agrees" in first
    assert first.count("voided") == 2
    assert "-1 25,010 voided" in first
    assert "On this page and before it: 25,010 of 25,010 events." in first
    assert "On this page and before it: 25,010 of 25,010 events." in later
    with scene.house.database.reading() as db:
        days = DAILY_USAGE.of_tree(db, scene.tree_id, CYCLE_BEGAN)
    assert [(one.day, one.events) for one in days] == [(0, 0), (3, 25_010)]  # when they had been counted
