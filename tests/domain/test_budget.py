"""The budget of a client: who sets it, how long a raise lasts, what ends it, what is told once a cycle."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.budget import Budget, BudgetSeen
from domain.permissions import Role
from domain.refusals import Refused, Unknown
from tests.domain.budgets import CREDIT, raises, sets
from tests.histories.life import ACME, ADAM, ANA, ANCHOR, BEN, TREE, Life, an_agency, named

OLGA = named("Olga")


def budget(life: Life) -> Budget | None:
    return life.agency.workspace(ACME).budget


def names(life: Life) -> list[str]:
    return [fact.name for fact in life.facts]


def seen(life: Life, used: int) -> BudgetSeen:
    return BudgetSeen(
        workspace_id=ACME,
        tree_id=TREE,
        cycle_started_at=life.cycle[0],
        cycle_ends_at=life.cycle[1],
        limit_micros=100 * CREDIT,
        stops=True,
        used_micros=used * CREDIT,
    )


def test_a_budget_is_of_every_cycle_and_a_raise_of_one():
    life = an_agency()

    sets(life, 100)
    raises(life, 150)

    found = budget(life)
    assert found is not None
    assert found.limit_in(life.cycle[0]) == 150 * CREDIT
    assert found.limit_in(life.cycle[1]) == 100 * CREDIT


def test_between_the_end_of_a_cycle_and_stripe_s_word_a_raise_is_of_the_next_cycle():
    life = an_agency()
    sets(life, 100)

    life.now = life.cycle[1] + timedelta(hours=1)
    raises(life, 150)

    found = budget(life)
    assert found is not None
    assert found.limit_in(life.cycle[0]) == 100 * CREDIT
    assert found.limit_in(life.cycle[1]) == 150 * CREDIT


def test_a_budget_that_is_set_anew_takes_the_place_of_what_it_was_raised_to():
    life = an_agency()
    sets(life, 100)
    raises(life, 150)

    sets(life, 100)

    found = budget(life)
    assert found is not None
    assert found.limit_in(life.cycle[0]) == 100 * CREDIT


def test_asking_twice_records_nothing():
    life = an_agency()
    sets(life, 100)
    recorded = len(life.facts)

    sets(life, 100)
    assert len(life.facts) == recorded

    life.agency.remove_budget(ACME, ANA, because=life.by(ANA))
    life.agency.remove_budget(ACME, ANA, because=life.by(ANA))
    assert names(life)[recorded:] == ["Workspace.BudgetRemoved"]
    assert budget(life) is None


@pytest.mark.parametrize("who", [BEN, OLGA])
def test_no_client_decides_about_its_own_budget(who):
    life = an_agency()
    life.join(ACME, OLGA, Role.OWNER)
    recorded = len(life.facts)

    for command in (
        lambda: life.agency.set_budget(ACME, who, CREDIT, True, because=life.by(who)),
        lambda: life.agency.raise_budget(ACME, who, CREDIT, "reason", because=life.by(who)),
        lambda: life.agency.remove_budget(ACME, who, because=life.by(who)),
    ):
        with pytest.raises(Refused, match="role_too_low"):
            command()

    assert len(life.facts) == recorded


def test_an_admin_of_the_agency_sets_one_and_the_anchor_has_none():
    life = an_agency()

    life.agency.set_budget(ACME, ADAM, CREDIT, False, because=life.by(ADAM))
    with pytest.raises(Unknown):
        life.agency.set_budget(ANCHOR, ADAM, CREDIT, False, because=life.by(ADAM))

    assert budget(life) == Budget(limit_micros=CREDIT, stops=False)


def test_when_the_agency_ends_so_does_the_budget():
    life = an_agency()
    sets(life, 100)

    life.ended()

    assert budget(life) is None


def test_a_notice_is_given_once_a_cycle_for_each_percent():
    life = an_agency()
    recorded = len(life.facts)

    for used in (49, 50, 79, 85, 99, 60, 100, 130):
        life.agency.note_budget(seen(life, used), because=life.by_clock("budget"))
    given = [(fact.event.percent, fact.event.used_micros // CREDIT) for fact in life.facts[recorded:]]

    assert given == [(50, 50), (80, 85), (100, 100)]
    life.cycle = (life.cycle[1], life.cycle[1] + timedelta(days=30))
    life.agency.note_budget(seen(life, 80), because=life.by_clock("budget"))
    assert len(life.facts) == recorded + 5
