"""Where tracking stops, where it never does, and in which cycle an event counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.plans import AGENCY, FREE
from tests.house import House
from tests.web.api.asking import EVENT, Program, error_of, recorded, rows_of, used

APRIL = datetime(2026, 4, 1, tzinfo=UTC)


def fill(program: Program, events: int) -> None:
    for _ in range(0, events, 1_000):
        size = min(events, 1_000)
        events -= size
        assert program.batch([EVENT] * size).get_json()["recorded"] == size


def pool_of(house: House, tree_id: UUID) -> dict[str, int]:
    with house.database.connection() as db:
        rows = db.execute("SELECT * FROM pool_counts WHERE pool_id = %s ORDER BY 2", (tree_id,))
        return {f"{row['cycle_started_at']:%Y-%m-%d}": row["used"] for row in rows}


def test_free_stops_exactly_at_its_quota_and_nothing_more_is_recorded(house):
    ana = house.person("Ana")
    workspace = house.workspace(ana)
    program = Program(house, house.key(workspace, ana))
    fill(program, FREE.pool_events - 1)

    last = program.track()
    before = recorded(house)
    refused = [program.track() for _ in range(3)]

    assert last.status_code == 201
    assert {error_of(answer) for answer in refused} == {(429, "quota_exceeded", None)}
    assert recorded(house) == before
    assert used(house, workspace) == {"2026-03-01": 500}


def test_the_refusal_says_when_there_is_room_again_and_then_there_is(house):
    ana = house.person("Ana")
    workspace = house.workspace(ana)
    program = Program(house, house.key(workspace, ana))
    fill(program, FREE.pool_events)

    refused = program.track()
    house.clock.advance(seconds=int(refused.headers["Retry-After"]) - 1)
    too_early = program.track()
    house.clock.advance(seconds=1)
    again = program.track()

    assert datetime.fromisoformat(refused.headers["X-Quota-Resets-At"]) == APRIL == house.clock()
    assert "2026-04-01" in refused.get_json()["error"]["hint"]
    assert (too_early.status_code, again.status_code) == (429, 201)
    assert used(house, workspace) == {"2026-03-01": 500, "2026-04-01": 1}


def test_whoever_waits_as_long_as_was_said_never_comes_too_early(house):
    ana = house.person("Ana")
    workspace = house.workspace(ana)
    program = Program(house, house.key(workspace, ana))
    fill(program, FREE.pool_events)
    house.clock.at = APRIL - timedelta(seconds=1, milliseconds=300)

    waits = int(program.track().headers["Retry-After"])
    house.clock.advance(seconds=waits)

    assert waits == 2
    assert program.track().status_code == 201


def test_an_event_recorded_before_is_still_answered_for_when_the_quota_is_used_up(house):
    ana = house.person("Ana")
    workspace = house.workspace(ana)
    program = Program(house, house.key(workspace, ana))
    first = program.track(key="order-1")
    fill(program, FREE.pool_events - 1)

    again = program.track(key="order-1")
    conflict = program.track(key="order-1", model="m")

    assert (again.status_code, again.get_json()) == (200, first.get_json())
    assert conflict.status_code == 409


def test_a_paid_pool_never_stops_and_counts_what_every_workspace_tracks(house):
    ana = house.person("Ana")
    tree_id, anchor_id = house.agency_of(ana, children=2)
    children = house.agency.tree(tree_id).children
    programs = [Program(house, house.key(one, ana)) for one in (anchor_id, *children)]
    fill(programs[0], AGENCY.pool_events)

    answers = [program.track() for program in programs]

    assert [answer.status_code for answer in answers] == [201] * 3
    assert pool_of(house, tree_id) == {"2026-03-01": 25_003}
    assert [rows_of(house, one) for one in (anchor_id, *children)] == [25_001, 1, 1]


def test_between_the_end_of_a_period_and_stripes_word_events_count_in_the_next_cycle(house):
    ana = house.person("Ana")
    tree_id, anchor_id = house.agency_of(ana)
    program = Program(house, house.key(anchor_id, ana))
    ends_at = house.agency.tree(tree_id).cycle_ends_at
    assert ends_at is not None

    house.clock.at = ends_at.replace(microsecond=0)
    house.clock.advance(microseconds=-1)
    program.track()
    house.clock.advance(microseconds=1)
    program.track()
    house.clock.advance(hours=5)
    program.track()
    before_the_word = (pool_of(house, tree_id), house.agency.tree(tree_id).cycle_ends_at)
    house.advance_to(house.clock())
    program.track()

    assert before_the_word == ({"2026-03-01": 1, "2026-04-01": 2}, ends_at)
    assert house.agency.tree(tree_id).cycle_started_at == ends_at
    assert pool_of(house, tree_id) == {"2026-03-01": 1, "2026-04-01": 3}


def test_the_usage_of_a_deleted_child_stays_in_the_pool(house):
    ana = house.person("Ana")
    tree_id, _ = house.agency_of(ana)
    child = house.child(tree_id, ana, "Acme")
    Program(house, house.key(child, ana)).batch([EVENT] * 7)

    house.agency.delete_child(child, ana, because=house.because(f"person:{ana}"))

    assert pool_of(house, tree_id) == {"2026-03-01": 7}
    assert rows_of(house, child) == 7


def test_after_the_downgrade_each_workspace_has_a_quota_of_its_own_and_an_empty_one(house):
    ana = house.person("Ana")
    tree_id, anchor_id = house.agency_of(ana, children=1)
    (child,) = house.agency.tree(tree_id).children
    programs = [Program(house, house.key(one, ana)) for one in (anchor_id, child)]
    for program in programs:
        fill(program, 600)

    house.wiring.billing.cancel(tree_id, ana, because=house.because(f"person:{ana}"))
    house.advance_to(house.agency.tree(tree_id).ends_at)
    for program in programs:
        fill(program, FREE.pool_events)

    assert [error_of(program.track())[1] for program in programs] == ["quota_exceeded"] * 2
    assert [used(house, one) for one in (anchor_id, child)] == [{"2026-04-01": 500}] * 2
    assert pool_of(house, tree_id) == {"2026-03-01": 1_200}


def test_what_was_tracked_on_free_before_the_agency_began_is_none_of_the_pools_business(house):
    ana = house.person("Ana")
    workspace = house.workspace(ana)
    program = Program(house, house.key(workspace, ana))
    program.batch([EVENT] * 9)

    tree_id, _ = house.pays_for_agency(workspace, ana)
    house.deliver_notices()
    program.batch([EVENT] * 2)

    assert pool_of(house, workspace) == {"2026-03-01": 9}
    assert pool_of(house, tree_id) == {"2026-03-01": 2}
