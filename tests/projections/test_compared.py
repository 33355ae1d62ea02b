"""What differs between rows, told by field; and that every column has a name or is said to be unseen."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from domain.changes import Change, Row
from domain.fact import Fact
from domain.moments import Moment
from domain.tree import Tree
from domain.workspace import Workspace
from projections.catalogue import COMPARED
from projections.compared.comparing import COPIED_MAX, TooLong, divided
from projections.compared.differences import differences
from projections.compared.fields import SHOWN
from projections.compared.told import Reader, Told
from projections.compared.words import READS
from projections.projection import Projection

KEYS = {"members": ["workspace_id", "person_id"]}
ONE = UUID(int=1)
HERE, ANA, BEN = "00000000-0000-0000-0000-000000000001", "a", "b"


def member(person_id: str, role: str) -> Row:
    return {"workspace_id": HERE, "person_id": person_id, "role": role, "joined_at": "2026-03-01"}


def fact(position: int, event: Any = None, stream: UUID = ONE) -> Fact:
    topic = type(event).__qualname__ if event else "Workspace.RoleChanged"
    return Fact(
        log="agency",
        position=position,
        append=position,
        stream=stream,
        version=position,
        topic=topic,
        state=b"{}",
        event=event,
    )


def change(position: int, before: Row | None, after: Row | None) -> Change:
    return Change(fact=fact(position), table="members", before=before, after=after)


def told(before: list[Row], after: list[Row], changes: list[Change]) -> list[Any]:
    found = differences({"members": before}, {"members": after}, changes, KEYS)
    return [
        (row.row["person_id"], [(one.name, one.before, one.after, [f.position for f in one.facts])])
        for row in found
        for one in row.fields
    ]


def test_a_field_names_the_facts_that_changed_it_and_no_other() -> None:
    viewer, admin = member(ANA, "viewer"), member(ANA, "admin")
    moved = {**admin, "joined_at": "2026-04-01"}

    found = told([viewer], [moved], [change(1, viewer, admin), change(2, admin, moved)])

    assert found == [
        (ANA, [("role", "viewer", "admin", [1])]),
        (ANA, [("joined_at", "2026-03-01", "2026-04-01", [2])]),
    ]


def test_what_came_back_to_what_it_was_does_not_differ() -> None:
    viewer, admin = member(ANA, "viewer"), member(ANA, "admin")

    assert told([viewer], [viewer], [change(1, viewer, admin), change(2, admin, viewer)]) == []


def test_every_change_on_the_way_is_named() -> None:
    viewer, admin, owner = member(ANA, "viewer"), member(ANA, "admin"), member(ANA, "owner")

    found = told([viewer], [owner], [change(1, viewer, admin), change(2, admin, owner)])

    assert found == [(ANA, [("role", "viewer", "owner", [1, 2])])]


def test_a_row_that_came_or_went_differs_in_each_of_its_fields() -> None:
    ana, ben = member(ANA, "owner"), member(BEN, "member")

    found = told([ana], [ben], [change(1, None, ben), change(2, ana, None)])

    assert [(row, *fields[0]) for row, fields in found] == [
        (ANA, "role", "owner", None, [2]),
        (ANA, "joined_at", "2026-03-01", None, [2]),
        (BEN, "role", None, "member", [1]),
        (BEN, "joined_at", None, "2026-03-01", [1]),
    ]


def test_the_people_of_a_child_are_told_nothing_of_what_is_the_agency_s() -> None:
    keys = {"dashboard": ["workspace_id"], "subscriptions": ["tree_id"]}
    row = dict.fromkeys(SHOWN["dashboard"].fields, None) | {
        "workspace_id": HERE,
        "tree_id": "t",
        "plan": "free",
    }
    tree = dict.fromkeys(SHOWN["subscriptions"].fields, None) | {"tree_id": "t", "plan": "agency"}

    found = differences({}, {"dashboard": [row], "subscriptions": [tree]}, [], keys, inside=True)

    assert [(one.table, [field.name for field in one.fields]) for one in found] == [("dashboard", ["plan"])]


@pytest.mark.parametrize("projection", COMPARED, ids=lambda one: one.name)
def test_every_column_has_a_name_or_is_one_that_no_screen_shows(projection: Projection) -> None:
    for table, columns in projection.tables.items():
        shown = SHOWN[table]
        names = {
            found[0] for found in map(str.split, columns.split(",")) if len(found) > 1 and found[0].islower()
        }
        known = {*shown.fields, *shown.unseen, *(name for name, _ in shown.known_by)}

        assert names == known, table
        reads = {one.reads for one in shown.fields.values()} | {reads for _, reads in shown.known_by}
        assert reads <= {*READS, "name", "cents"}, table


def test_what_befell_a_workspace_after_it_had_left_is_not_told() -> None:
    """Nor what befell one that was never there."""
    anchor, child, stranger, tree = (UUID(int=number) for number in range(1, 5))
    events: list[tuple[int, UUID, UUID | None]] = [
        (2, child, tree),
        (3, anchor, None),
        (4, child, tree),
        (5, child, None),
        (6, stranger, None),
    ]
    reader = Reader(workspace_id=anchor, tenants=(), leads=True)
    founded = fact(1, _founded(anchor), stream=tree)
    facts = [founded, *(fact(number, _renamed(of_tree), stream) for number, stream, of_tree in events)]

    found = Told(reader=reader)
    found.take(facts)

    assert [one.position for one in found.facts] == [1, 2, 3, 4]


def _founded(anchor_id: UUID) -> Any:
    fields = {"anchor_id": anchor_id, "plan": "agency", "customer_id": None}
    return _made(Tree.Founded, fields)


def _renamed(tree_id: UUID | None) -> Any:
    return _made(Workspace.Renamed, {"tree_id": tree_id, "name_digest": ""})


def _made(kind: type, fields: dict[str, Any]) -> Any:
    event = object.__new__(kind)
    object.__setattr__(event, "__dict__", {"timestamp": datetime(2026, 3, 1, tzinfo=UTC), **fields})
    return event


def test_a_history_that_is_too_long_is_not_read_to_its_end() -> None:
    renamed = Workspace.Renamed.__new__(Workspace.Renamed)
    object.__setattr__(renamed, "timestamp", datetime(2026, 3, 1, tzinfo=UTC))
    one, read = fact(1, renamed), count()
    endless = (one for _ in read)

    with pytest.raises(TooLong):
        divided([], endless, Moment(position=1, counted=1, at=renamed.timestamp))

    assert next(read) <= COPIED_MAX + 2
