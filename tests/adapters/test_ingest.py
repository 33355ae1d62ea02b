"""Ingest: rows, fact and counters in one transaction, and never twice, whoever else is at it."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest

from adapters.postgres.logs import METERING, fact_of, rows_after
from adapters.usage.ingest import DECISIONS_MAX, Ingest
from adapters.usage.rows import rows_sha256
from domain.conflicts import Contended
from domain.plans import FREE
from domain.refusals import Unknown
from domain.tracking import BATCH_MAX, Outcome, Tracked
from projections.catalogue import ACCESS, POOLS
from tests.house import House
from tests.tracked import BODY, answer_of, tracked

ODD = BODY | {"metadata": {"b": [1e22, 1e-7, -0.0, 10**30], "a": '名前 🦉 "\\ \x01', "c": {}}}


def track(house: House, workspace_id: UUID, *items: Tracked, ingest: Ingest | None = None) -> list[Outcome]:
    ingest = ingest or house.wiring.ingest
    return ingest.track(workspace_id, items, because=house.because("key:1"))


def facts(house: House) -> list[Any]:
    with house.database.connection() as db:
        return [fact_of(METERING, row).event for row in rows_after(db, METERING, 0, limit=10_000)]


def counted(house: House, workspace_id: UUID) -> tuple[int, int, int]:
    """Raw rows, what the facts say, what the counter says: three ways to one number."""
    with house.database.connection() as db:
        rows = db.execute(
            "SELECT count(*) AS n FROM usage WHERE workspace_id = %s", (workspace_id,)
        ).fetchone()
        pool = POOLS.of_workspace(db, workspace_id)
        assert rows is not None
        assert pool is not None
        used = POOLS.used(db, pool.pool_id, pool.cycle_at(house.clock()).started_at)
    told = sum(fact.quantity for fact in facts(house) if fact.workspace_id == workspace_id)
    return rows["n"], told, used


def in_order(body: dict[str, Any]) -> str:
    return json.dumps(body, sort_keys=True)


class Overtaking:
    """The pools, with somebody else who acts each time between a decision and its writing."""

    def __init__(self, other: Callable[[], object], times: int) -> None:
        self.other = other
        self.times = times

    def ask_draws(self, db: Any, workspace_ids: Any, *, hold: bool = False) -> Any:
        found = POOLS.ask_draws(db, workspace_ids, hold=hold)()
        if not hold and self.times:
            self.times -= 1
            self.other()
        return lambda: found

    def used(self, db: Any, pool_id: UUID, cycle_started_at: Any) -> int:
        return POOLS.used(db, pool_id, cycle_started_at)


def overtaken(house: House, other: Callable[[], object], times: int = 1) -> Ingest:
    wiring = house.wiring
    return Ingest(
        house.database,
        wiring.metering,
        Overtaking(other, times),
        wiring.usage_tables,
        ACCESS,
        wiring.key_traffic,
        uuid4,
    )


@pytest.fixture
def workspace(house: House) -> UUID:
    return house.workspace(house.person("Ana"))


@pytest.mark.parametrize("bodies", [[BODY], [BODY, ODD, BODY], [BODY | {"n": n} for n in range(100)]])
def test_the_digest_in_the_fact_vouches_for_the_rows_as_they_are_read_back(house, workspace, bodies):
    track(house, workspace, *(tracked(body=body) for body in bodies))

    (fact,) = facts(house)
    with house.database.connection() as db:
        rows = db.execute(
            "SELECT event_id, body::text AS body FROM usage WHERE batch_id = %s", (fact.originator_id,)
        ).fetchall()
    kept = [(row["event_id"].bytes, row["body"].encode()) for row in rows]
    assert rows_sha256(kept) == fact.rows_sha256
    assert rows_sha256(kept[::-1]) == fact.rows_sha256  # in whatever order they are read
    read = [json.loads(body) for _, body in kept]
    without_worth = [{name: one for name, one in event.items() if name != "frozen"} for event in read]
    assert sorted(map(in_order, without_worth)) == sorted(in_order(BODY | body) for body in bodies)


def test_a_row_that_was_changed_or_is_missing_shows(house, workspace):
    first, second, third = (uuid4().bytes for _ in range(3))
    whole = rows_sha256([(first, b"1"), (second, b"2"), (third, b"3")])

    assert rows_sha256([(first, b"1"), (second, b"2"), (third, b"4")]) != whole
    assert rows_sha256([(first, b"1"), (second, b"2")]) != whole
    assert rows_sha256([(first, b"1"), (second, b"23"), (third, b"")]) != whole


def test_rows_fact_and_counter_agree(house, workspace):
    for size in (1, 10, 400):
        track(house, workspace, *(tracked() for _ in range(size)))

    assert counted(house, workspace) == (411, 411, 411)


def test_the_fact_names_workspace_pool_meter_and_cycle(house):
    ana = house.person("Ana")
    tree_id, anchor_id = house.agency_of(ana)

    track(house, anchor_id, tracked(), tracked())

    (fact,) = facts(house)
    assert (fact.workspace_id, fact.tree_id, fact.pool_id) == (anchor_id, tree_id, tree_id)
    assert (fact.meter, fact.quantity) == ("events", 2)
    assert fact.cycle_started_at == house.agency.tree(tree_id).cycle_started_at
    assert (fact.actor, fact.timestamp) == ("key:1", house.clock())


def test_nothing_new_is_no_fact(house, workspace):
    track(house, workspace, tracked("k"))

    outcomes = track(house, workspace, tracked("k"), tracked("k", digest=b"other"))

    assert [outcome.kind for outcome in outcomes] == ["replayed", "conflict"]
    assert len(facts(house)) == 1


def test_a_workspace_that_is_not_is_unknown_and_nothing_is_kept(house):
    with pytest.raises(Unknown):
        track(house, uuid4(), tracked())

    assert facts(house) == []


def test_more_than_a_batch_is_a_mistake_of_the_caller(house, workspace):
    with pytest.raises(AssertionError):
        track(house, workspace, *(tracked() for _ in range(BATCH_MAX + 1)))

    assert counted(house, workspace) == (0, 0, 0)


# Others at the same time.


def test_of_many_at_once_exactly_so_many_as_the_quota_get_in(house, workspace):
    track(house, workspace, *(tracked() for _ in range(FREE.pool_events - 5)))

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(lambda _: track(house, workspace, tracked())[0].kind, range(24)))

    assert sorted(outcomes) == ["quota_exceeded"] * 19 + ["recorded"] * 5
    assert counted(house, workspace) == (500, 500, 500)


def test_of_many_at_once_with_one_key_one_is_recorded_and_all_hear_the_same(house, workspace):
    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(lambda _: track(house, workspace, tracked("k"))[0], range(12)))

    assert sorted(outcome.kind for outcome in outcomes) == ["recorded"] + ["replayed"] * 11
    assert len({answer_of(outcome)["event_id"] for outcome in outcomes}) == 1
    assert counted(house, workspace) == (1, 1, 1)


def test_a_decision_that_was_overtaken_by_the_last_room_is_made_again(house, workspace):
    track(house, workspace, *(tracked() for _ in range(FREE.pool_events - 1)))
    ingest = overtaken(house, lambda: track(house, workspace, tracked()))

    (outcome,) = track(house, workspace, tracked(), ingest=ingest)

    assert outcome.kind == "quota_exceeded"
    assert counted(house, workspace) == (500, 500, 500)


def test_a_decision_that_was_overtaken_by_the_same_key_answers_as_the_first(house, workspace):
    first: list[Outcome] = []
    ingest = overtaken(house, lambda: first.extend(track(house, workspace, tracked("k"))))

    (outcome,) = track(house, workspace, tracked("k"), ingest=ingest)

    assert (outcome.kind, outcome.answer) == ("replayed", first[0].answer)
    assert counted(house, workspace) == (1, 1, 1)


def test_an_event_that_meets_the_downgrade_counts_in_the_pool_that_holds_at_its_commit(house):
    ana = house.person("Ana")
    tree_id, anchor_id = house.agency_of(ana)
    seen = house.wiring.gateway.subscription(house.agency.tree(tree_id).subscription_id)
    ended = type(seen)(**vars(seen) | {"status": "canceled", "ended_at": house.clock()})

    def downgrade() -> None:
        house.agency.sync_subscription(tree_id, ended, because=house.because("stripe"))

    (outcome,) = track(house, anchor_id, tracked(), ingest=overtaken(house, downgrade))

    assert outcome.kind == "recorded"
    (fact,) = facts(house)
    assert (fact.pool_id, fact.tree_id) == (anchor_id, None)
    assert counted(house, anchor_id) == (1, 1, 1)


def test_whoever_is_overtaken_again_and_again_gives_up_and_leaves_nothing(house):
    ana = house.person("Ana")
    tree_id, anchor_id = house.agency_of(ana)

    def another_size() -> None:
        with house.database.writing() as db:
            db.execute("UPDATE pools SET pool_events = pool_events + 1 WHERE pool_id = %s", (tree_id,))

    ingest = overtaken(house, another_size, times=DECISIONS_MAX)

    with pytest.raises(Contended):
        track(house, anchor_id, tracked("k"), ingest=ingest)

    assert facts(house) == []
    assert counted(house, anchor_id) == (0, 0, 0)
    assert track(house, anchor_id, tracked("k"))[0].kind == "recorded"
