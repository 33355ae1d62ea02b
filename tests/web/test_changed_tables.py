"""Whoever changes a cell of what the gate decides by is told: each one is changed here, one at a time.

The mutation test changes code; the tables of permissions and routes, what a place is and what is shown to
clients are data or properties, which it leaves as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from domain import permissions, visibility
from domain.permissions import TABLE, Permission, Role, Standing, standings
from domain.visibility import CLIENTS, NEEDS, Area, Level
from projections import access
from projections.places import PLACES, Place
from tests.domain import test_permissions, test_visibility
from tests.web.access import test_places, test_rows
from tests.web.pages import test_gate_closely
from tests.web.pages.scene import Scene
from web.access.routes import ROUTES, Asks, Door, Where

Test = Callable[..., None]
Patch = pytest.MonkeyPatch
Changes = Iterator[tuple[Any, Any]]  # made when asked for, undone with the next


def notices(test: Test, **fixtures: Any) -> bool:
    """Whether a test fails, for any of its cases."""
    for case in cases(test):
        try:
            test(**case, **fixtures)
        except Exception:
            return True
    return False


def cases(test: Test) -> Iterator[dict[str, Any]]:
    tables = [mark.args for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    for chosen in product(*(rows for _, rows in tables)):
        case: dict[str, Any] = {}
        for (named, _), row in zip(tables, chosen, strict=True):
            case |= {named: row} if isinstance(named, str) else dict(zip(named, row, strict=True))
        yield case


def unnoticed(changes: Changes, *tests: Test, **fixtures: Any) -> list[tuple[Any, Any]]:
    """Those that no test fails for; each is made when it is asked for, and undone with the next."""
    assert not any(notices(test, **fixtures) for test in tests), "fails as it is"
    tried = [(change, any(notices(test, **fixtures) for test in tests)) for change in changes]
    assert len(tried) > 1
    return [change for change, noticed in tried if not noticed]


def cells(patch: Patch, table: Any, changed: Iterable[tuple[Any, Any]]) -> Changes:
    for key, value in changed:
        with patch.context() as here:
            here.setitem(table, key, value)
            yield key, value


def names(patch: Patch, holder: object, changed: Iterable[tuple[str, Any]]) -> Changes:
    for name, value in changed:
        with patch.context() as here:
            here.setattr(holder, name, value)
            yield name, value


# Permissions.


def test_each_cell_of_the_table_of_permissions(monkeypatch: Patch) -> None:
    flipped = [(one, TABLE[one] ^ {standing}) for one, standing in product(Permission, Standing)]

    assert len(flipped) == len(Permission) * len(Standing)
    meant = test_permissions.test_the_table_is_the_one_that_was_meant
    assert unnoticed(cells(monkeypatch, TABLE, flipped), meant) == []


@pytest.mark.parametrize("place", ["_IN_ANCHOR", "_IN_CHILD"])
def test_what_each_role_is_in_a_place(monkeypatch: Patch, place: str) -> None:
    table = getattr(permissions, place)
    others = [(role, other) for role, other in product(Role, Standing) if other is not table[role]]

    changes = cells(monkeypatch, table, others)

    assert unnoticed(changes, test_permissions.test_what_a_person_is_to_a_workspace) == []


def test_which_roles_reach_down(monkeypatch: Patch) -> None:
    flipped = [("REACHES_CHILDREN", permissions.REACHES_CHILDREN ^ {role}) for role in Role]

    changes = names(monkeypatch, permissions, flipped)

    assert unnoticed(changes, test_permissions.test_what_a_person_is_to_a_workspace) == []


def test_what_one_needs_to_give_a_role(monkeypatch: Patch) -> None:
    table = permissions._TO_GIVE
    others = [(role, one) for role, one in product(Role, Permission) if one is not table[role]]

    changes = cells(monkeypatch, table, others)

    assert unnoticed(changes, test_permissions.test_what_one_needs_to_give_each_role) == []


# Routes.


def test_each_row_of_the_table_of_routes(monkeypatch: Patch) -> None:
    """Another permission that lets in the same people is no other door."""
    others: list[tuple[str, Asks | Door]] = []
    for endpoint, asked in ROUTES.items():
        others += [(endpoint, door) for door in Door if door is not asked]
        if isinstance(asked, Asks):
            others += [(endpoint, replace(asked, where=one)) for one in Where if one is not asked.where]
            weaker = [one for one in Permission if TABLE[one] != TABLE[asked.permission]]
            others += [(endpoint, replace(asked, permission=one)) for one in weaker]

    assert {endpoint for endpoint, _ in others} == set(ROUTES)
    assert unnoticed(cells(monkeypatch, ROUTES, others), test_rows.test_every_row_is_the_one_meant) == []


# Places.


def stands(**changed: object) -> Callable[[Place], frozenset[Standing]]:
    """What somebody is to a place, with the rule changed in one point."""

    def rule(place: Place) -> frozenset[Standing]:
        one = replace(place, **changed)  # type: ignore[arg-type]
        is_child = one.parent_id is not None
        here = Role(one.role_here) if one.role_here else None
        above = Role(one.role_in_anchor) if one.role_in_anchor else None
        return standings(here=here, in_anchor=above, is_child=is_child, looks=one.looks)

    return rule


NOWHERE = UUID(int=0)
OF_A_PLACE = {
    "standings": [
        stands(role_here=None),
        stands(role_here="viewer"),
        stands(role_in_anchor=None),
        stands(role_in_anchor="owner"),
        stands(parent_id=None),
        stands(parent_id=NOWHERE),
        stands(looks=False),
        stands(looks=True),
    ],
    "own_standings": [
        stands(role_in_anchor=None, role_here=None),
        stands(role_in_anchor=None, looks=False),
        stands(role_in_anchor=None),  # also in a child, whose anchor is looked into
        stands(role_in_anchor=None, parent_id=NOWHERE),
        stands(role_in_anchor=None, parent_id=None),
        stands(),
    ],
    "anchor_id": [lambda place: place.parent_id, lambda place: place.workspace_id],
}
CLOSELY = (
    test_places.test_what_everybody_of_the_cast_sees,
    test_gate_closely.test_what_a_workspace_is_to_each_of_the_cast,
    test_gate_closely.test_a_look_counts_for_who_works_in_support,
    test_gate_closely.test_what_a_workspace_has_for_itself_is_asked_of_roles_in_it_and_of_looks_into_it,
)


def test_what_somebody_is_to_a_place(still: Scene, monkeypatch: Patch) -> None:
    changed = [(name, property(rule)) for name, rules in OF_A_PLACE.items() for rule in rules]

    assert unnoticed(names(monkeypatch, Place, changed), *CLOSELY, still=still) == []


IN_THE_QUESTION = {
    " AND here.person_id = %(person_id)s": [""],
    " AND above.person_id = %(person_id)s": [""],
    "AND above.role IN ('owner', 'admin', 'auditor')": ["", "AND above.role IN ('owner')"],
    "here.workspace_id = w.workspace_id": ["true", "here.workspace_id = w.parent_id"],
    "above.workspace_id = w.parent_id": ["true", "above.workspace_id = w.workspace_id"],
    "WHERE person_id = %(person_id)s AND": ["WHERE"],
    "ended_at IS NULL AND ": ["", "ended_at IS NOT NULL AND "],
    " AND ends_at > %(at)s::timestamptz": ["", " AND ends_at <= %(at)s::timestamptz"],
    "look.workspace_id = coalesce(w.parent_id, w.workspace_id)": [
        "true",
        "look.workspace_id = w.workspace_id",
        "look.workspace_id = w.parent_id",
    ],
    "look.workspace_id IS NOT NULL AS looks": ["true AS looks", "false AS looks"],
    "here.role IS NOT NULL OR ": ["", "true OR "],
    "OR above.role IS NOT NULL ": [""],
    " OR look.workspace_id IS NOT NULL)": [")"],
}


def test_each_condition_of_the_question_for_places(still: Scene, monkeypatch: Patch) -> None:
    assert all(PLACES.count(part) == 1 for part in IN_THE_QUESTION)
    pairs = [(part, other) for part, others in IN_THE_QUESTION.items() for other in others]
    questions = [PLACES.replace(part, other) for part, other in pairs]

    changes = names(monkeypatch, access, (("PLACES", question) for question in questions))

    missed = [question for _, question in unnoticed(changes, *CLOSELY, still=still)]
    assert [pair for pair, question in zip(pairs, questions, strict=True) if question in missed] == []


# What clients are shown.


def test_whom_the_settings_of_an_agency_bind(monkeypatch: Patch) -> None:
    flipped = [("CLIENTS", CLIENTS ^ {standing}) for standing in Standing]

    changes = names(monkeypatch, visibility, flipped)

    bound = test_visibility.test_it_binds_people_of_a_child_who_are_nothing_else
    assert unnoticed(changes, bound) == []


def test_what_needs_which_level_in_which_area(monkeypatch: Patch) -> None:
    pairs = list(product(Area, Level))
    others = [(one, pair) for one, pair in product(Permission, pairs) if NEEDS.get(one) != pair]

    changes = cells(monkeypatch, NEEDS, others)

    needs = test_visibility.test_what_changes_something_in_an_area_needs_it_to_be_shown_or_to_edit_there
    assert unnoticed(changes, needs) == []
