"""What Stripe says of a subscription, and what becomes of the tree: the one sync command, case by case."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from domain.because import Because
from domain.cycles import month_after
from domain.refusals import Unknown
from domain.tree import TreeStatus
from tests.histories.life import ACME, ADAM, ANA, ANCHOR, BIRCH, DAY, TREE, Life, an_agency, digest, named


def a_founded_tree() -> Life:
    """Ana chose the plan and has not paid."""
    life = Life()
    life.agency.sign_up(ANCHOR, ANA, digest("Bright Signal"), because=life.by(ANA))
    life.agency.choose_plan(ANCHOR, ANA, "agency", TREE, because=life.by(ANA))
    return life


def sync(life: Life, **fields: Any) -> list[str]:
    """Tell the tree what Stripe says now; the names of the facts that this recorded."""
    recorded = len(life.facts)
    life.agency.sync_subscription(TREE, life.subscription(**fields), because=life.by_stripe("evt_sync"))
    return [fact.name for fact in life.facts[recorded:]]


@pytest.mark.parametrize("status", ["incomplete", "incomplete_expired"])
def test_what_was_never_paid_gives_nobody_a_plan(status):
    life = a_founded_tree()

    told = sync(life, status=status)

    assert told == []
    assert life.agency.workspace(ANCHOR).plan == "free"


@pytest.mark.parametrize("status", ["active", "trialing", "past_due", "paused"])
def test_a_paid_subscription_makes_the_workspace_an_anchor(status):
    life = a_founded_tree()

    told = sync(life, status=status)

    anchor = life.agency.workspace(ANCHOR)
    assert set(told) - {"Tree.PaymentStandingChanged"} == {
        "Tree.SubscriptionStarted",
        "Workspace.BecameAnchor",
    }
    assert (anchor.plan, anchor.tree_id, anchor.customer_id) == ("agency", TREE, "cus_bright")


@pytest.mark.parametrize("status", ["active", "past_due", "paused", "trialing", "incomplete"])
def test_nothing_new_records_nothing(status):
    life = an_agency()
    sync(life, status=status)

    told = sync(life, status=status)

    assert told == []
    assert life.agency.tree(TREE).status is TreeStatus.ACTIVE


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "canceled", "ended_because": "cancellation_requested"},
        {"status": "canceled", "ended_because": "payment_failed"},
        {"status": "unpaid"},
        {"status": "active", "ends_at": None, "plan": "agency"},
    ],
)
def test_a_subscription_that_is_not_the_trees_own_changes_nothing(fields):
    life = an_agency()

    told = sync(life, subscription_id="sub_second", **fields)

    assert told == []
    assert life.agency.tree(TREE).children == [ACME, BIRCH]


def test_an_unknown_tree_is_unknown():
    life = an_agency()

    with pytest.raises(Unknown):
        life.agency.sync_subscription(named("none"), life.subscription(), because=life.by_stripe("evt"))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": "canceled", "ended_because": "cancellation_requested"}, "cancellation_requested"),
        ({"status": "canceled", "ended_because": "payment_disputed"}, "payment_disputed"),
        ({"status": "canceled"}, None),  # Stripe gave no reason
        ({"status": "unpaid"}, None),
    ],
)
def test_the_end_is_one_append_over_the_tree_and_all_its_workspaces(fields, reason):
    life = an_agency()
    recorded = len(life.facts)

    told = sync(life, ended_at=life.now, **fields)

    facts = life.facts[recorded:]
    assert told == ["Tree.SubscriptionEnded", *["Workspace.Downgraded"] * 3]
    assert {fact.append for fact in facts} == {facts[0].position}
    assert (facts[0].event.status, facts[0].event.reason) == (fields["status"], reason)
    assert [fact.stream for fact in facts[1:]] == [ANCHOR, ACME, BIRCH]


def test_the_downgrade_of_each_workspace_names_the_end_as_its_cause_and_keeps_the_story():
    life = an_agency()
    recorded = len(life.facts)

    sync(life, status="canceled", ended_at=life.now)

    end, *downgraded = life.facts[recorded:]
    assert {fact.event.cause for fact in downgraded} == {f"fact:{TREE}/{end.version}"}
    assert {fact.event.story for fact in (end, *downgraded)} == {"notice:evt_sync"}
    assert {fact.event.actor for fact in (end, *downgraded)} == {"stripe"}


def test_after_the_end_each_stands_alone_on_free_with_its_members():
    life = an_agency()
    before = {one: life.agency.workspace(one).members for one in (ANCHOR, ACME, BIRCH)}

    sync(life, status="canceled", ended_at=life.now)

    after = [life.agency.workspace(one) for one in (ANCHOR, ACME, BIRCH)]
    assert {(one.plan, one.tree_id, one.parent_id) for one in after} == {("free", None, None)}
    assert {one.id: one.members for one in after} == before
    assert [one.customer_id for one in after] == ["cus_bright", None, None]


@pytest.mark.parametrize("status", ["active", "past_due", "canceled", "unpaid"])
def test_an_ended_subscription_never_comes_back(status):
    life = an_agency()
    sync(life, status="canceled", ended_at=life.now)

    told = sync(life, status=status, cycle_started_at=life.now + 60 * DAY, ends_at=life.now + 90 * DAY)

    assert told == []


def test_paid_and_ended_before_we_ever_looked_is_told_whole():
    life = a_founded_tree()

    told = sync(life, status="canceled", ended_at=life.now)

    assert told == [
        "Tree.SubscriptionStarted",
        "Tree.SubscriptionEnded",
        "Workspace.BecameAnchor",
        "Workspace.Downgraded",
    ]
    assert life.agency.workspace(ANCHOR).plan == "free"


def test_a_schedule_is_noted_moved_and_taken_back_as_stripe_says():
    life = an_agency()
    end, later = life.cycle[1], life.cycle[1] + DAY

    told = [sync(life, ends_at=ends_at) for ends_at in (end, end, later, None, None)]

    assert told == [
        ["Tree.CancellationScheduled"],
        [],
        ["Tree.CancellationScheduled"],
        ["Tree.Reactivated"],
        [],
    ]


def test_a_new_cycle_is_noted_once_and_an_old_word_changes_nothing():
    life = an_agency()
    start = life.cycle[1]
    new = {"cycle_started_at": start, "cycle_ends_at": start + 30 * DAY}

    told = [sync(life, **new), sync(life, **new), sync(life)]

    assert told == [["Tree.CycleStarted"], [], []]


def test_states_of_one_subscription_in_any_order_end_alike():
    """Each sync reads Stripe anew, so an old notice brings the newest state, or the end, again."""
    endings = set()
    for order in permutations(["active", "scheduled", "canceled", "canceled"]):
        life = an_agency()
        newest = "active"
        for state in order:
            newest = "canceled" if "canceled" in (newest, state) else state
            ends_at = life.cycle[1] if newest == "scheduled" else None
            status = "canceled" if newest == "canceled" else "active"
            sync(life, status=status, ends_at=ends_at, ended_at=life.now)
        tree = life.agency.tree(TREE)
        endings.add((tree.status, tree.plan, tuple(tree.children), tree.ends_at))

    assert endings == {(TreeStatus.ENDED, "free", (), None)}


def test_subscribing_again_begins_a_new_tree_with_the_customer_that_stripe_knows():
    life = an_agency()
    sync(life, status="canceled", ended_at=life.now)

    tree = life.agency.choose_plan(ANCHOR, ANA, "agency", named("second tree"), because=life.by(ANA))

    assert (tree.id, tree.customer_id) == (named("second tree"), "cus_bright")
    assert life.agency.tree(TREE).status is TreeStatus.ENDED


def test_choosing_twice_keeps_the_tree_that_waits():
    life = a_founded_tree()
    recorded = len(life.facts)

    tree = life.agency.choose_plan(ANCHOR, ANA, "agency", named("second tree"), because=life.by(ANA))

    assert tree.id == TREE
    assert len(life.facts) == recorded


def test_a_child_deleted_before_the_end_is_no_part_of_it():
    life = an_agency()
    life.agency.delete_child(BIRCH, ANA, because=life.by(ANA))
    recorded = len(life.facts)

    sync(life, status="canceled", ended_at=life.now)

    assert BIRCH not in {fact.stream for fact in life.facts[recorded:]}
    assert life.agency.workspace(BIRCH).deleted


def test_a_reason_without_a_zone_or_an_actor_is_no_reason():
    now = Life().now

    with pytest.raises(AssertionError):
        Because(actor=f"person:{ADAM}", cause="request:1", story="request:1", at=now.replace(tzinfo=None))
    with pytest.raises(AssertionError):
        Because(actor="", cause="request:1", story="request:1", at=now + timedelta(days=1))


def test_cycles_that_nobody_told_of_are_told_with_the_next_one():
    life = an_agency()
    ends = life.cycle[1]
    later = month_after(ends, 2)

    told = sync(life, cycle_started_at=later, cycle_ends_at=month_after(later))

    tree = life.agency.tree(TREE)
    assert told == ["Tree.CycleStarted"] * 3
    assert (tree.cycle_started_at, tree.cycle_ends_at) == (later, month_after(later))
    bounds = [(fact.event.cycle_started_at, fact.event.cycle_ends_at) for fact in life.facts[-3:]]
    assert bounds == [(ends, month_after(ends)), (month_after(ends), later), (later, month_after(later))]
