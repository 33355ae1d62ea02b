"""The life of a tree, fact by fact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain import subscription
from domain.because import Because
from domain.billing import SubscriptionSeen
from domain.refusals import Refusal, Refused
from domain.tree import Tree, TreeStatus
from tests.histories.life import ACME, ANA, ANCHOR, BIRCH, named

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
NEXT = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
BECAUSE = Because(actor=f"person:{ANA}", cause="request:1", story="request:1", at=NOW)
PLACE = {"originator_id", "originator_version", "timestamp", "actor", "cause", "story"}


def seen(**fields: Any) -> SubscriptionSeen:
    given: dict[str, Any] = {
        "subscription_id": "sub_1",
        "customer_id": "cus_1",
        "tree_id": None,
        "plan": "agency",
        "status": "active",
        "cycle_started_at": NOW,
        "cycle_ends_at": NEXT,
        "ends_at": None,
        "ended_at": None,
        "ended_because": None,
    }
    return SubscriptionSeen(**given | fields)


def a_tree(*, paid: bool = True) -> Tree:
    tree = Tree.found(named("tree"), ANCHOR, "agency", None, because=BECAUSE)
    if paid:
        subscription.start(tree, seen(), because=BECAUSE)
    return tree


def new_facts(tree: Tree) -> list[tuple[str, dict[str, Any]]]:
    """What is not saved yet: names and own fields."""
    return [
        (type(fact).__name__, {name: value for name, value in vars(fact).items() if name not in PLACE})
        for fact in tree.pending_events
    ]


def test_a_founded_tree_waits_for_payment_and_has_no_pool():
    tree = a_tree(paid=False)

    (name, fields), *more = new_facts(tree)

    assert (name, more) == ("Founded", [])
    assert (fields["anchor_id"], fields["plan"], fields["customer_id"]) == (ANCHOR, "agency", None)
    assert (tree.status, tree.pool_events, tree.children) == (TreeStatus.AWAITING_PAYMENT, 0, [])


def test_payment_starts_the_subscription_with_the_terms_of_the_plan_as_they_are_now():
    tree = a_tree()

    name, fields = new_facts(tree)[-1]

    assert name == "SubscriptionStarted"
    assert fields == {
        "customer_id": "cus_1",
        "subscription_id": "sub_1",
        "plan": "agency",
        "pool_events": 25_000,
        "workspaces_max": 5,
        "cycle_started_at": NOW,
        "cycle_ends_at": NEXT,
    }
    assert tree.status is TreeStatus.ACTIVE


def test_a_tree_takes_four_children_and_refuses_the_fifth():
    tree = a_tree()
    children = [named(f"child {number}") for number in range(5)]

    for child_id in children[:4]:
        tree.add_child(child_id, because=BECAUSE)
    with pytest.raises(Refused, match="tree_is_full"):
        tree.add_child(children[4], because=BECAUSE)

    assert tree.children == children[:4]
    assert new_facts(tree)[-1] == ("ChildAdded", {"child_id": children[3]})


def test_a_removed_child_frees_its_place():
    tree = a_tree()
    for number in range(4):
        tree.add_child(named(f"child {number}"), because=BECAUSE)

    tree.remove_child(named("child 1"), because=BECAUSE)
    tree.add_child(ACME, because=BECAUSE)

    assert len(tree.children) == 4
    assert tree.children[-1] == ACME


def test_asking_twice_records_once():
    tree = a_tree()
    tree.add_child(ACME, because=BECAUSE)
    subscription.schedule_cancellation(tree, NEXT, because=BECAUSE)
    recorded = len(tree.pending_events)

    subscription.start(tree, seen(), because=BECAUSE)
    subscription.start_cycle(tree, NOW, NEXT, because=BECAUSE)
    tree.add_child(ACME, because=BECAUSE)
    tree.remove_child(BIRCH, because=BECAUSE)
    subscription.schedule_cancellation(tree, NEXT, because=BECAUSE)

    assert len(tree.pending_events) == recorded


def test_a_cycle_begins_once_and_never_an_older_one():
    tree = a_tree()
    later = NEXT + timedelta(days=30)

    subscription.start_cycle(tree, NEXT, later, because=BECAUSE)
    subscription.start_cycle(tree, NEXT, later, because=BECAUSE)
    subscription.start_cycle(tree, NOW, NEXT, because=BECAUSE)

    assert [name for name, _ in new_facts(tree)] == ["Founded", "SubscriptionStarted", "CycleStarted"]
    assert (tree.cycle_started_at, tree.cycle_ends_at) == (NEXT, later)


def test_a_cancellation_is_scheduled_moved_taken_back_and_scheduled_again():
    tree = a_tree()

    subscription.schedule_cancellation(tree, NEXT, because=BECAUSE)
    subscription.schedule_cancellation(tree, NEXT - timedelta(days=1), because=BECAUSE)
    subscription.reactivate(tree, because=BECAUSE)
    subscription.reactivate(tree, because=BECAUSE)
    subscription.schedule_cancellation(tree, NEXT, because=BECAUSE)

    told = [(name, fields["ends_at"]) for name, fields in new_facts(tree)[2:]]
    assert told == [
        ("CancellationScheduled", NEXT),
        ("CancellationScheduled", NEXT - timedelta(days=1)),
        ("Reactivated", NEXT - timedelta(days=1)),
        ("CancellationScheduled", NEXT),
    ]
    assert tree.ends_at == NEXT


def test_asking_to_cancel_or_to_reactivate_changes_nothing_until_stripe_agrees():
    tree = a_tree()

    subscription.request_cancellation(tree, because=BECAUSE)
    asked_to_end = tree.ends_at
    subscription.schedule_cancellation(tree, NEXT, because=BECAUSE)
    subscription.request_reactivation(tree, because=BECAUSE)

    assert asked_to_end is None
    assert tree.ends_at == NEXT


def test_the_end_names_every_child_that_the_tree_then_had():
    tree = a_tree()
    tree.add_child(ACME, because=BECAUSE)
    tree.add_child(BIRCH, because=BECAUSE)
    tree.remove_child(ACME, because=BECAUSE)

    subscription.end(tree, "canceled", "cancellation_requested", NEXT, because=BECAUSE)
    subscription.end(tree, "canceled", "payment_failed", NEXT, because=BECAUSE)

    name, fields = new_facts(tree)[-1]
    assert (name, fields["reason"], fields["children"]) == (
        "SubscriptionEnded",
        "cancellation_requested",
        (BIRCH,),
    )
    assert (fields["plan_from"], fields["plan_to"]) == ("agency", "free")
    assert (tree.status, tree.plan, tree.children) == (TreeStatus.ENDED, "free", [])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda tree: None, (None, None, Refusal.NOTHING_SCHEDULED)),
        (
            lambda tree: subscription.schedule_cancellation(tree, NEXT, because=BECAUSE),
            (None, Refusal.ALREADY_SCHEDULED, None),
        ),
        (
            lambda tree: subscription.end(tree, "canceled", None, NEXT, because=BECAUSE),
            (Refusal.TREE_ENDED,) * 3,
        ),
    ],
    ids=["active", "scheduled", "ended"],
)
def test_what_a_tree_refuses_in_each_state(change, expected):
    tree = a_tree()

    change(tree)

    assert (
        tree.why_not_add_child(),
        subscription.why_not_cancel(tree),
        subscription.why_not_reactivate(tree),
    ) == expected


@pytest.mark.parametrize(
    "other",
    [
        lambda tree: subscription.schedule_plan(tree, "pro", NEXT, because=BECAUSE),
        lambda tree: subscription.change_plan(tree, "pro", with_its_cycle=True, because=BECAUSE),
    ],
)
def test_a_request_stays_open_whatever_else_stripe_says_meanwhile(other):
    tree = a_tree()
    subscription.request_cancellation(tree, because=BECAUSE)
    asked_at = tree.asked_at_version

    other(tree)
    subscription.schedule_plan(tree, None, None, because=BECAUSE)
    while_open = (tree.asked, tree.asked_at_version)
    subscription.schedule_cancellation(tree, NEXT, because=BECAUSE)

    assert while_open == (("cancel", None), asked_at)
    assert (tree.asked, tree.asked_at_version) == (None, 0)


def test_the_pool_of_a_running_cycle_grows_and_never_shrinks():
    tree = a_tree()

    subscription.change_plan(tree, "pro", with_its_cycle=False, because=BECAUSE)
    in_its_cycle = tree.pool_events
    subscription.start_cycle(tree, NEXT, NEXT + timedelta(days=30), because=BECAUSE)
    in_the_next = tree.pool_events
    subscription.change_plan(tree, "agency", with_its_cycle=False, because=BECAUSE)

    assert (in_its_cycle, in_the_next, tree.pool_events) == (25_000, 10_000, 25_000)
