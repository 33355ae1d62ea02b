"""When many want the same at once: does exactly one get it, and do the others hear why not?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.rows import scalar_row

from domain.billing import NoticeOutcome
from domain.permissions import Role
from domain.plans import FREE
from domain.refusals import Refusal
from domain.tree import TreeStatus
from tests.house import House
from tests.proofs.at_once import at_once
from tests.proofs.groves import Grove, Grown
from tests.proofs.stored import is_downgraded
from tests.tracked import answer_of
from tests.tracked import tracked as event

ROUNDS = 10  # for what depends on luck


@pytest.fixture
def grove(house: House) -> Grove:
    return Grove(house.agency, house.clock)


def create_child(house: House, tree: Grown) -> Callable[[], Any]:
    because = house.because(f"person:{tree.owner_id}")
    return partial(
        house.agency.create_child, tree.tree_id, tree.owner_id, uuid4(), "a child", because=because
    )


def facts(house: House, name: str, stream: UUID) -> int:
    with house.database.reading() as db:
        found = db.cursor(row_factory=scalar_row).execute(
            "SELECT count(*) FROM event_index WHERE stream = %s AND topic = %s", (stream, name)
        )
        return int(found.fetchone() or 0)


def counts(house: House, workspace_id: UUID) -> tuple[int, int, int]:
    """Of a workspace's events: raw rows, what the facts say, and the count of its pool."""
    with house.database.reading() as db:
        row = (
            db.cursor(row_factory=scalar_row)
            .execute(
                "SELECT ARRAY[(SELECT count(*) FROM usage WHERE workspace_id = %(id)s),"
                " (SELECT coalesce(sum((convert_from(state, 'UTF8')::jsonb ->> 'quantity')::int), 0)"
                "   FROM metering_events JOIN event_index ON (log, position) = ('metering', notification_id)"
                "  WHERE workspace_id = %(id)s),"
                " (SELECT coalesce(sum(used), 0) FROM pool_counts WHERE pool_id = %(id)s)]",
                {"id": workspace_id},
            )
            .fetchone()
        )
    assert row is not None
    rows, told, used = map(int, row)
    return rows, told, used


def test_of_ten_that_want_the_last_place_one_gets_it(house: House, grove: Grove) -> None:
    (tree,) = grove.plant(1)
    because = house.because()
    house.agency.delete_child(tree.child_ids[0], tree.owner_id, because=because)

    answers = at_once(create_child(house, tree) for _ in range(10))

    refused = Counter(one for one in answers if isinstance(one, Refusal))
    assert refused == {Refusal.TREE_IS_FULL: 9}
    assert len(house.agency.tree(tree.tree_id).children) == 4
    assert facts(house, "Tree.ChildAdded", tree.tree_id) == 5


def test_of_two_owners_who_leave_at_once_one_stays(house: House) -> None:
    ana, adam = house.person("Ana"), house.person("Adam")
    for _ in range(ROUNDS):
        workspace_id = house.workspace(ana)
        house.member(workspace_id, ana, adam, Role.OWNER)

        answers = at_once(
            partial(house.agency.remove_member, workspace_id, one, one, because=house.because())
            for one in (ana, adam)
        )

        assert sorted(map(str, answers)) == ["None", "last_owner"]
        assert list(house.agency.workspace(workspace_id).members.values()) == [Role.OWNER]


def test_of_ten_who_accept_one_invitation_one_joins(house: House) -> None:
    ana, ben, invitation_id = house.person("Ana"), house.person("Ben"), uuid4()
    workspace_id = house.workspace(ana)
    house.agency.invite(workspace_id, ana, invitation_id, ben, Role.MEMBER, because=house.because())

    answers = at_once(
        partial(house.agency.accept_invitation, workspace_id, invitation_id, because=house.because())
        for _ in range(10)
    )

    assert Counter(answers) == {None: 1, Refusal.INVITATION_NOT_OPEN: 9}
    assert facts(house, "Workspace.MemberJoined", workspace_id) == 1
    assert house.agency.workspace(workspace_id).members == {ana: Role.OWNER, ben: Role.MEMBER}


def test_twenty_who_track_at_the_end_of_a_free_quota_fill_it_exactly(house: House) -> None:
    workspace_id, track = house.workspace(house.person("Ana")), house.wiring.ingest.track
    track(workspace_id, [event() for _ in range(FREE.pool_events - 5)], because=house.because())

    answers = at_once(partial(track, workspace_id, [event()], because=house.because()) for _ in range(20))

    kinds = Counter(outcome.kind for (outcome,) in answers)
    assert kinds == {"recorded": 5, "quota_exceeded": 15}
    assert counts(house, workspace_id) == (500, 500, 500)


def test_twenty_with_one_idempotency_key_count_once_and_hear_the_same(house: House) -> None:
    workspace_id, track = house.workspace(house.person("Ana")), house.wiring.ingest.track

    answers = at_once(
        partial(track, workspace_id, [event("key")], because=house.because()) for _ in range(20)
    )

    kinds = Counter(outcome.kind for (outcome,) in answers)
    assert kinds == {"recorded": 1, "replayed": 19}
    assert len({answer_of(outcome)["event_id"] for (outcome,) in answers}) == 1
    assert counts(house, workspace_id) == (1, 1, 1)


def test_eight_who_hear_of_the_same_end_record_it_once(house: House, grove: Grove) -> None:
    (tree,) = grove.plant(1)

    answers = at_once(partial(grove.downgrade, tree) for _ in range(8))

    assert answers == [NoticeOutcome.SYNCED] * 8
    assert facts(house, "Tree.SubscriptionEnded", tree.tree_id) == 1
    assert [facts(house, "Workspace.Downgraded", one) for one in tree.workspace_ids] == [1] * 5


def test_a_child_created_while_the_agency_ends_is_part_of_the_end_or_refused(
    house: House, grove: Grove
) -> None:
    for tree in grove.plant(ROUNDS):
        house.agency.delete_child(tree.child_ids[0], tree.owner_id, because=house.because())

        ended, created = at_once([partial(grove.downgrade, tree), create_child(house, tree)])

        assert ended is NoticeOutcome.SYNCED
        assert created is Refusal.TREE_ENDED or house.agency.workspace(created.id).parent_id is None
        after = house.agency.tree(tree.tree_id)
        assert (after.status, after.children) == (TreeStatus.ENDED, [])
        with house.database.reading() as db:
            left = db.execute("SELECT * FROM access_workspaces WHERE tree_id = %s", (tree.tree_id,))
            assert left.fetchall() == []


def test_events_tracked_while_the_agency_ends_are_counted_in_one_pool_or_the_other(
    house: House, grove: Grove
) -> None:
    for tree in grove.plant(ROUNDS):
        tracks = [
            partial(house.wiring.ingest.track, one, [event(), event()], because=house.because())
            for one in tree.workspace_ids
        ]

        at_once([partial(grove.downgrade, tree), *tracks])

        assert is_downgraded(house.database, tree)
        with house.database.reading() as db:
            found = db.cursor(row_factory=scalar_row).execute(
                "SELECT sum(used) FROM pool_counts WHERE pool_id = ANY(%s)",
                ([tree.tree_id, *tree.workspace_ids],),
            )
            assert found.fetchone() == 10
