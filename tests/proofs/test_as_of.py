"""Every screen as of a position is what the live screen showed when that position was the head."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from itertools import groupby

import pytest
from eventsourcing.persistence import StoredEvent

from domain.fact import Fact
from projections.catalogue import SHOWN, TIMELINE
from projections.screens import Screen
from tests.histories.kept import metered
from tests.histories.life import everything_once
from tests.house import House
from tests.proofs.lookers import Lookers, Place, Seen
from tests.proofs.random_life import RandomLife

LONG = os.environ.get("HEARTWOOD_LONG") == "1"
STEPS = 1_800 if LONG else 60
POSITIONS = 1_000 if LONG else 40
SEED = 20_261_122
# Of the facts that change a screen; those of the log of usage are summed up without a handler.
HANDLED = {kind for one in SHOWN if one is not TIMELINE for kind in one.handlers}


@pytest.mark.timeout(3_600)
def test_a_random_history_is_shown_as_it_was_at_any_position(house: House) -> None:
    chance = random.Random(SEED)
    life, lookers = RandomLife(house, SEED), Lookers(house)
    lookers.look(chance)

    for _ in range(STEPS):
        house.clock.advance(seconds=1)
        life.go_on(1)
        lookers.look(chance)

    wanted = chosen(chance, lookers.seen)
    assert "\n".join(lookers.differences(wanted)) == ""
    assert len({one.place for one in wanted}) >= POSITIONS
    assert shown_somewhere(wanted) == set(Screen)


@pytest.mark.timeout(3_600)
def test_after_each_kind_of_fact_every_screen_is_shown_as_it_was(house: House) -> None:
    life, lookers = everything_once(), Lookers(house)
    counted, voided = metered(life)

    for append in appends([*life.facts, counted, voided]):
        house.clock.at = append[-1].event.timestamp
        keep(house, append)
        lookers.look()

    assert "\n".join(lookers.differences(lookers.seen, by_clock=False)) == ""
    assert set(lookers.kinds) >= HANDLED
    assert shown_somewhere(lookers.seen) == set(Screen)


def chosen(chance: random.Random, seen: Sequence[Seen]) -> list[Seen]:
    """At so many places, what one of those saw who looked then."""
    places: dict[Place, list[Seen]] = {}
    for one in seen:
        places.setdefault(one.place, []).append(one)
    wanted = chance.sample(sorted(places), min(POSITIONS, len(places)))
    return [chance.choice(places[place]) for place in wanted]


def shown_somewhere(seen: Sequence[Seen]) -> set[Screen]:
    return {screen for one in seen for screen, rows in one.screens.items() if rows}


def appends(facts: Sequence[Fact]) -> list[list[Fact]]:
    """In the order of the clock, as far as each log leaves it open."""
    found = [list(group) for _, group in groupby(facts, key=lambda fact: (fact.log, fact.append))]
    return sorted(found, key=lambda append: append[0].event.timestamp)


def keep(house: House, append: Sequence[Fact]) -> None:
    """As it was stored, in one transaction."""
    app = house.agency if append[0].log == "agency" else house.wiring.metering
    app.recorder.insert_events(
        [
            StoredEvent(
                originator_id=fact.stream, originator_version=fact.version, topic=fact.topic, state=fact.state
            )
            for fact in append
        ]
    )
