"""Every screen as of a position is what the live screen showed when that position was the head."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from itertools import groupby

import pytest
from eventsourcing.persistence import StoredEvent

from domain.fact import Fact
from domain.permissions import Role
from projections.catalogue import SHOWN, TIMELINE
from projections.screens import Screen
from tests.histories.kept import metered
from tests.histories.life import everything_once
from tests.house import House
from tests.proofs.lookers import Lookers, Place, Seen, heads
from tests.proofs.pages_then import words
from tests.proofs.random_life import RandomLife
from tests.web.pages.scene import Scene

LONG = os.environ.get("HEARTWOOD_LONG") == "1"
PAGES = ["/w/{anchor}/", "/w/{anchor}/members", "/w/{anchor}/billing", "/w/{anchor}/usage/pool"]
STEPS = 2_500 if LONG else 80
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

    for append in appends([*life.facts, *metered(life)]):
        house.clock.at = append[-1].event.timestamp
        keep(house, append)
        lookers.look()

    assert "\n".join(lookers.differences(lookers.seen, by_clock=False)) == ""
    assert set(lookers.kinds) >= HANDLED
    assert shown_somewhere(lookers.seen) == set(Screen)


def test_pages_say_what_they_said(house: House) -> None:
    """To an auditor, who has no forms: word for word, while the plan is used up, cancelled and over."""
    scene = Scene(house)
    scene.people["Ada"] = house.person("Ada")
    house.member(scene.anchor_id, scene.people["Ana"], scene.people["Ada"], Role.AUDITOR)
    house.run_followed()
    said: dict[str, tuple[Place, str]] = {}

    for deed in deeds(scene):
        deed()
        house.run_followed()
        place, sees = heads(house), scene.browser("Ada")
        for page in PAGES:
            said[f"{page} {place}"] = place, words(sees.get(scene.path(page)))
        house.clock.advance(seconds=1)

    sees = scene.browser("Ada")
    assert len({text for _, text in said.values()}) > len(PAGES) * 2
    assert all(text for _, text in said.values())
    for page, (place, text) in said.items():
        address = f"{scene.path(page.split()[0])}?as_of={place[0]}.{place[1]}"
        assert words(sees.get(address)) == text, page


def deeds(scene: Scene) -> list[Callable[[], object]]:
    house, ana = scene.house, scene.people["Ana"]
    subscription_id = str(house.agency.tree(scene.tree_id).subscription_id)
    ends_at = house.agency.tree(scene.tree_id).cycle_ends_at
    assert ends_at is not None
    return [
        lambda: scene.track(scene.child_id, 300),
        lambda: house.child(scene.tree_id, ana, "Heron"),
        lambda: scene.track(scene.sibling_id, 26_000),
        lambda: (house.stripe.cancel_in_portal(subscription_id), house.deliver_notices()),
        lambda: house.advance_to(ends_at),
    ]


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
