"""A whole life of notices in any order, twice, or not at all, and workers that die: the same in the end."""

from __future__ import annotations

import os
import random
from itertools import permutations

import pytest

from tests.house import House
from tests.proofs.lives import OVER, Lives

LONG = os.environ.get("HEARTWOOD_LONG") == "1"  # every order of six, instead of every twelfth
SIX = 6
EVERY = 1 if LONG else 12
LIVES = 200 if LONG else 40
SEED = 20_261_121


@pytest.mark.timeout(1_800)
def test_all_orders_of_six_notices_end_as_if_all_had_been_heard(house: House) -> None:
    orders = list(permutations(range(SIX)))[::EVERY]
    lives = Lives(house, 1 + len(orders))
    lives.live()
    told = len(lives.ones[0].notices)
    six = [told * number // SIX for number in range(SIX)]  # spread over the whole life

    for body in lives.ones[0].notices:
        lives.hears(body)
    for one, order in zip(lives.ones[1:], orders, strict=True):
        for number in order:
            lives.hears(one.notices[six[number]])
    lives.reconcile()

    assert told >= 8
    assert_all_like_the_first(lives)


@pytest.mark.timeout(1_800)
def test_any_order_repetition_and_loss_and_crashes_end_the_same(house: House) -> None:
    chance = random.Random(SEED)
    lives = Lives(house, LIVES)
    lives.live()

    for body in lives.ones[0].notices:
        lives.hears(body)
    for one in lives.ones[1:]:
        heard = [body for body in one.notices for _ in range(chance.randrange(3))]
        chance.shuffle(heard)
        for body in heard:
            lives.hears(body, crashes=chance.random() < 0.2)
    lives.reconcile()

    assert_all_like_the_first(lives)


def assert_all_like_the_first(lives: Lives) -> None:
    facts, screens = lives.facts(), lives.screens()
    first = "\n".join(facts[0])
    assert f'"quantity": {OVER}' in first
    assert '"status": "paid"' in first
    assert "Tree.SubscriptionEnded" in first
    assert [number for number, one in enumerate(facts) if one != facts[0]] == []
    assert [number for number, one in enumerate(screens) if one != screens[0]] == []
