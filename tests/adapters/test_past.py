"""The past of one tenant is made anew in tables of one connection, and leaves nothing behind."""

from __future__ import annotations

from uuid import uuid4

import pytest
from psycopg.errors import ReadOnlySqlTransaction

from adapters.postgres.naming import Named
from domain.moments import Moment, NoSuchMoment
from domain.permissions import Role
from projections.catalogue import DASHBOARD, MEMBERS, SHOWN, SUBSCRIPTIONS
from tests.house import House


def head(house: House) -> int:
    with house.database.reading() as db:
        row = db.execute("SELECT heartwood_head('agency') AS head").fetchone()
    assert row is not None
    return int(row["head"])


def test_the_same_questions_are_answered_as_of_a_moment(house: House) -> None:
    ana, ben = house.person("Ana"), house.person("Ben")
    tree_id, anchor_id = house.agency_of(ana, children=1)
    before = head(house)
    child_id = house.child(tree_id, ana, "Acme")
    house.member(child_id, ana, ben, Role.MEMBER)
    named = Named(tenants=[tree_id, anchor_id, child_id])
    past = house.web.past

    with house.web.database.reading(named) as db:
        then, now = past.at_position(db, before), past.at_position(db, head(house))
    with past.reading(named, then) as db:
        early = len(DASHBOARD.of_tree(db, tree_id)), MEMBERS.in_workspace(db, child_id)
        past.go(db, then, now)
        late = len(DASHBOARD.of_tree(db, tree_id)), len(MEMBERS.in_workspace(db, child_id))
        past.go(db, now, then)
        again = len(DASHBOARD.of_tree(db, tree_id)), MEMBERS.in_workspace(db, child_id)

    assert early == (2, [])
    assert late == (3, 2)
    assert again == early


def test_what_a_child_is_told_of_its_tree_is_the_plan_and_the_cycle(house: House) -> None:
    ana = house.person("Ana")
    tree_id, _ = house.agency_of(ana, children=1)
    child_id = house.child(tree_id, ana, "Acme")
    named = Named(tenants=[child_id])

    with house.web.past.reading(named, Moment(position=head(house), counted=0, at=house.clock())) as db:
        dashboard = [row.workspace_id for row in DASHBOARD.of_tree(db, tree_id)]
        subscription = SUBSCRIPTIONS.of_tree(db, tree_id)
        told = db.execute("SELECT DISTINCT workspace_id FROM timeline").fetchall()

    assert dashboard == [child_id]
    assert subscription is not None
    assert subscription.cycle_started_at is not None
    assert told == [{"workspace_id": child_id}]


def test_nothing_is_read_of_who_is_not_named(house: House) -> None:
    house.agency_of(house.person("Ana"), children=2)

    with house.web.past.reading(
        Named(tenants=[uuid4()]), Moment(position=head(house), counted=0, at=house.clock())
    ) as db:
        rows = {
            table: db.execute(f"SELECT * FROM {table}").fetchall()  # type: ignore[arg-type]
            for projection in SHOWN
            for table in projection.tables
        }

    assert not any(rows.values()), rows


def test_the_past_cannot_be_changed_into_the_present(house: House) -> None:
    tree_id, anchor_id = house.agency_of(house.person("Ana"))
    moment = Moment(position=head(house), counted=0, at=house.clock())
    named = Named(tenants=[tree_id, anchor_id])

    with house.web.past.reading(named, moment) as db, pytest.raises(ReadOnlySqlTransaction):
        db.execute("UPDATE public.access_members SET role = 'owner'")
    with house.web.database.reading(named) as db:
        (row,) = DASHBOARD.of_tree(db, tree_id)
        left = db.execute("SELECT to_regclass('pg_temp.dashboard') AS there").fetchone()

    assert row.workspace_id == anchor_id
    assert left == {"there": None}


def test_there_is_no_moment_before_the_first_fact_or_after_the_last(house: House) -> None:
    tree_id, anchor_id = house.agency_of(house.person("Ana"))
    named, past, now = Named(tenants=[tree_id, anchor_id]), house.web.past, house.clock()

    with house.web.database.reading(named) as db:
        for ask in (
            lambda: past.at_position(db, 0),
            lambda: past.at_position(db, head(house) + 1),
            lambda: past.at_place(db, head(house), 1_000),
            lambda: past.at_instant(db, now.replace(year=2020), now),
            lambda: past.at_instant(db, now.replace(year=2030), now),
        ):
            with pytest.raises(NoSuchMoment):
                ask()


def test_what_a_child_is_told_of_its_tree_is_as_new_as_the_instant(house: House) -> None:
    """Also where nothing of its own has happened since the cycle began."""
    tree_id, _ = house.agency_of(house.person("Ana"), children=1)
    (child_id,) = house.agency.tree(tree_id).children
    ends_at = house.agency.tree(tree_id).cycle_ends_at
    assert ends_at is not None
    house.advance_to(ends_at)
    named, past = Named(tenants=[child_id]), house.web.past

    with house.web.database.reading(named) as db:
        moment = past.at_instant(db, house.clock(), house.clock())
    with past.reading(named, moment) as db:
        subscription = SUBSCRIPTIONS.of_tree(db, tree_id)

    assert subscription is not None
    assert subscription.cycle_started_at == ends_at
