"""A whole life of notices in any order, twice, or not at all, and workers that die: the same in the end."""

from __future__ import annotations

import os
import random
from itertools import permutations

import pytest

from adapters.local_stripe.notices import Attempt
from tests.house import House
from tests.proofs.lived import ONLY_IN_TIME, facts_of, screens_of
from tests.proofs.lives import COMPLETE, OVER, OVER_UNTIL_THE_END, RECONCILED, Lives

LONG = os.environ.get("HEARTWOOD_LONG") == "1"  # every order of six, instead of every thirty-sixth
SIX = 6
EVERY = 1 if LONG else 36
LIVES = 200 if LONG else 12
SEED = 20_261_121
ANSWERS_MAX = 4  # of Stripe: to a look, and to the report of an overage that follows it


@pytest.mark.timeout(3_600)
def test_all_orders_of_six_notices_end_as_if_all_had_been_heard(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = list(permutations(range(SIX)))[::EVERY]
    lives = Lives(house, 1 + len(orders), monkeypatch)
    phases = lives.phases()
    until_the_end = list(iter(phases.__next__, "ended"))
    told = len(lives.ones[0].said)
    six = [told * number // SIX for number in range(SIX)]  # spread over the whole life

    for notice in lives.ones[0].said:
        lives.hears(notice)
    for one, order in zip(lives.ones[1:], orders, strict=True):
        for number in order:
            lives.hears(one.said[six[number]])
    assert list(phases) == ["invoiced"]
    lives.reconcile()

    facts = facts_of(lives)
    assert told > len(until_the_end) > SIX
    assert_whole(facts[0])
    assert others_than_the_first(facts) == []
    assert others_than_the_first(screens_of(lives)) == []


@pytest.mark.timeout(3_600)
def test_any_order_repetition_and_loss_and_crashes_while_it_happens_end_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(SEED)
    lives = Lives(house, LIVES, monkeypatch)
    kept: list[list[Attempt]] = [[] for _ in lives.ones]

    for phase in lives.phases():
        for notice in lives.ones[0].news():
            lives.hears(notice)
        for number, one in enumerate(lives.ones[1:], start=1):
            now, kept[number] = dealt(chance, kept[number] + one.news())
            for notice in now:
                dies_after = chance.randint(COMPLETE, ANSWERS_MAX) if chance.random() < 0.3 else None
                lives.hears(notice, dies_after=dies_after)
        lives.take_over()
        if phase in RECONCILED:
            lives.reconcile()

    facts = facts_of(lives)
    courses = {tuple(fact for fact in one if any(name in fact for name in ONLY_IN_TIME)) for one in facts}
    settled = facts_of(lives, in_time=False)
    assert len(courses) >= 4, "they have to hear different things for this to mean anything"
    assert_whole(settled[0])
    assert others_than_the_first(settled) == []
    assert others_than_the_first(screens_of(lives, in_time=False)) == []


def dealt(chance: random.Random, notices: list[Attempt]) -> tuple[list[Attempt], list[Attempt]]:
    """What comes now, some of it twice, and what comes in a later phase; the rest never does."""
    now, later = [], []
    for notice in notices:
        match chance.choice(("now", "now", "twice", "later", "never")):
            case "now":
                now.append(notice)
            case "twice":
                now += [notice, notice]
            case "later":
                later.append(notice)
    chance.shuffle(now)
    return now, later


def assert_whole(facts: list[str]) -> None:
    """The life that is compared with is one in which all of it happened."""
    text = "\n".join(facts)
    for over in (OVER, OVER_UNTIL_THE_END):
        assert f'"events_total": {over}' in text
        assert f'"quantity": {over}' in text
    assert '"status": "paid"' in text
    assert "Tree.SubscriptionEnded" in text


def others_than_the_first(found: list[list[str]]) -> list[tuple[int, list[str]]]:
    """Each that differs, with what only one of the two has."""
    first = found[0]
    return [
        (number, sorted(set(one) ^ set(first)) or ["the same, not as often"])
        for number, one in enumerate(found)
        if one != first
    ]
