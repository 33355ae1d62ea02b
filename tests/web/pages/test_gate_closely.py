"""The gate, closely: what each of its questions answers at its edges. The mutation test runs these first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from flask import g
from werkzeug.exceptions import NotFound

from domain.permissions import Permission, Standing
from tests.web.pages.scene import Scene
from web.access import anchor_or_404, person, place_of, place_or_404, places_of, read_again
from web.access.routes import ROUTES, Asks, Door, Where
from web.access.who import is_staff
from web.app import create_app


@contextmanager
def asking_as(scene: Scene, name: str) -> Iterator[None]:
    """A request of somebody, as the gate sees it."""
    with scene.house.app.test_request_context("/"):
        g.person_id = scene.people[name]
        yield


def refused(question, *given: object) -> bool:  # type: ignore[no-untyped-def]
    try:
        question(*given)
    except NotFound:
        return True
    return False


def test_what_a_workspace_is_to_each_of_the_cast(still: Scene) -> None:
    stand: dict[str, tuple[object, ...]] = {}
    for name in ("Ana", "Adam", "Mia", "Olga", "Vera", "Eve"):
        with asking_as(still, name):
            places = [place_of(one) for one in (still.anchor_id, still.child_id)]
            stand[name] = tuple(place.standings if place else None for place in places)
            stand[name] += (len(places_of()),)

    assert stand == {
        "Ana": ({Standing.ANCHOR_OWNER}, {Standing.ANCHOR_OWNER, Standing.CHILD_OWNER}, 3),
        "Adam": ({Standing.ANCHOR_ADMIN}, {Standing.ANCHOR_ADMIN}, 3),
        "Mia": ({Standing.MEMBER}, None, 1),
        "Olga": (None, {Standing.CHILD_OWNER}, 1),
        "Vera": (None, {Standing.VIEWER}, 1),
        "Eve": (None, None, 1),
    }


def test_the_gate_asks_for_the_permission_that_was_named_and_for_sight_by_default(still: Scene) -> None:
    with asking_as(still, "Mia"):
        answers = [
            refused(place_or_404, still.anchor_id),
            refused(place_or_404, still.anchor_id, Permission.SEE_MEMBERS),
            refused(place_or_404, still.anchor_id, Permission.SEE_TIMELINE),
            refused(place_or_404, still.child_id),
            refused(anchor_or_404, still.tree_id, Permission.SEE_WORKSPACE),
            refused(anchor_or_404, still.tree_id, Permission.SEE_TREE),
            refused(anchor_or_404, uuid4(), Permission.SEE_WORKSPACE),
            refused(anchor_or_404, still.anchor_id, Permission.SEE_WORKSPACE),  # a workspace, and no tree
        ]

    assert answers == [False, False, True, True, False, True, True, True]


def test_the_anchor_of_a_tree_is_the_place_that_is_answered(still: Scene) -> None:
    with asking_as(still, "Adam"):
        found = [
            anchor_or_404(still.tree_id, Permission.SEE_TREE).workspace_id,
            place_or_404(still.child_id).workspace_id,
        ]

    assert found == [still.anchor_id, still.child_id]


def test_within_one_snapshot_the_gate_asks_once_and_after_it_again(scene: Scene) -> None:
    olga, vera = scene.people["Olga"], scene.people["Vera"]
    with asking_as(scene, "Vera"):
        before = place_of(scene.child_id)
        because = scene.house.because(f"person:{olga}")
        scene.house.agency.remove_member(scene.child_id, olga, vera, because=because)

        meanwhile = place_of(scene.child_id)
        read_again()
        after = place_of(scene.child_id)

    assert before is not None
    assert meanwhile is before
    assert after is None


def test_what_was_asked_for_one_is_no_answer_for_another(still: Scene) -> None:
    with asking_as(still, "Olga"):
        hers = place_of(still.child_id)

        g.person_id = still.people["Eve"]
        eves = place_of(still.child_id)

    assert hers is not None
    assert eves is None


@pytest.mark.parametrize("works_here", [True, False])
def test_a_look_counts_for_who_works_in_support(still: Scene, works_here: bool) -> None:
    with asking_as(still, "Sam"):
        g.is_staff = works_here

        anchor, sibling = place_of(still.anchor_id), place_of(still.sibling_id)
        everywhere = {place.workspace_id for place in places_of()}

    assert (anchor.standings if anchor else None) == ({Standing.SUPPORT} if works_here else None)
    assert sibling is not None
    assert sibling.standings == {Standing.VIEWER} | ({Standing.SUPPORT} if works_here else set())
    assert sibling.looks is works_here
    whole_tree = {still.anchor_id, still.child_id, still.sibling_id}
    assert everywhere == (whole_tree if works_here else {still.sibling_id})


def test_what_a_workspace_has_for_itself_is_asked_of_roles_in_it_and_of_looks_into_it(still: Scene) -> None:
    own: dict[tuple[str, UUID], set[Standing]] = {}
    for name in ("Ana", "Adam", "Sam"):
        with asking_as(still, name):
            for one in (still.anchor_id, still.child_id):
                place = place_of(one)
                assert place is not None
                assert place.anchor_id == still.anchor_id
                own[name, one] = set(place.own_standings)

    assert own == {
        ("Ana", still.anchor_id): {Standing.ANCHOR_OWNER},
        ("Ana", still.child_id): {Standing.CHILD_OWNER},
        ("Adam", still.anchor_id): {Standing.ANCHOR_ADMIN},
        ("Adam", still.child_id): set(),
        ("Sam", still.anchor_id): {Standing.SUPPORT},
        ("Sam", still.child_id): set(),
    }


def test_a_person_is_asked_for_once_and_so_is_whether_they_are_staff(still: Scene) -> None:
    asked: list[UUID] = []

    def is_listed(person_id: UUID) -> bool:
        asked.append(person_id)
        return person_id == still.people["Sam"]

    app = create_app(replace(still.house.services, is_staff=is_listed))
    found = []
    for name in ("Sam", "Ana"):
        with app.test_request_context("/"):
            g.person_id = still.people[name]
            found += [is_staff(), is_staff(), person() == still.people[name]]

    assert found == [True, True, True, False, False, True]
    assert asked == [still.people["Sam"], still.people["Ana"]]


def test_rows_of_the_table_of_routes() -> None:
    assert ROUTES["pages.overview"] == Asks(Permission.SEE_WORKSPACE, Where.HERE)
    assert ROUTES["pages.billing"] == Asks(Permission.SEE_BILLING, Where.LEAD)
    assert ROUTES["pages.invoice"] == Asks(Permission.SEE_INVOICES, Where.OWN)
    assert ROUTES["pages.downgrade"] == Asks(Permission.SEE_TREE, Where.TREE)
    assert (ROUTES["pages.support"], ROUTES["pages.sign_in"]) == (Door.STAFF, Door.OPEN)


@pytest.mark.parametrize(
    ("name", "page", "status"),
    [
        ("Ana", "/w/{anchor}/billing", 200),
        ("Ana", "/w/{child}/billing", 404),
        ("Ana", "/w/{anchor}/members", 200),
        ("Vera", "/w/{child}/members", 404),
        ("Adam", "/w/{anchor}/billing/invoices", 200),
        ("Adam", "/w/{child}/billing/invoices", 404),
        ("Adam", "/trees/{tree}/timeline", 200),
        ("Olga", "/trees/{tree}/timeline", 404),
        ("Olga", "/support", 404),
        ("Olga", "/account", 200),
        (None, "/account", 302),
        (None, "/support", 302),
        (None, "/sign-in", 200),
        (None, "/nothing", 404),
        (None, "/trees/{nowhere}/timeline", 302),
        (None, "/w/{nowhere}/", 302),
    ],
)
def test_what_is_behind_each_kind_of_door(still: Scene, name: str | None, page: str, status: int) -> None:
    assert still.browser(name).get(still.path(page)).status_code == status


def test_the_guard_asks_before_the_view_does(still: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Views that ask for nothing themselves: whatever is told apart here, the table alone tells apart."""
    app = create_app(still.house.services)
    for endpoint, asked in ROUTES.items():
        if isinstance(asked, Asks) or asked in (Door.SIGNED_IN, Door.STAFF):
            app.view_functions[endpoint] = lambda **_: "let in"
    monkeypatch.setattr(still.house, "app", app)
    pages = {
        "/w/{child}/keys": {"Ana", "Adam", "Olga", "Sam"},
        "/w/{anchor}/billing": {"Ana", "Adam", "Sam"},
        "/w/{child}/billing": set(),
        "/w/{child}/billing/invoices": {"Ana", "Olga"},
        "/w/{anchor}/billing/invoices": {"Ana", "Adam", "Sam"},
        "/trees/{tree}/timeline": {"Ana", "Adam", "Sam"},
        "/support": {"Sam"},
        "/account": {"Ana", "Adam", "Olga", "Ben", "Vera", "Eve", "Zoe", "Mia", "Sam"},
    }

    let_in = {
        page: {name for name in still.people if still.browser(name).get(still.path(page)).status_code == 200}
        for page in pages
    }

    assert let_in == pages
    signed_out = [still.browser(None).get(still.path(page)).status_code for page in pages]
    assert set(signed_out) == {302}
