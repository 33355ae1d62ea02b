"""Requests that are gathered into one transaction: what spoils one of them spoils no other."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest

from adapters.usage.ingest import Ingest
from domain.refusals import Unknown
from domain.tracking import Outcome, Tracked
from projections.catalogue import ACCESS, POOLS
from tests.adapters.test_ingest import counted, facts
from tests.house import House
from tests.tracked import tracked
from tests.waiting import until


class Held:
    """The pools; the first who asks for them waits until it is told to go on."""

    def __init__(self) -> None:
        self.asked, self.go_on = threading.Event(), threading.Event()

    def ask_draws(self, db: Any, workspace_ids: Any, *, hold: bool = False) -> Any:
        self.asked.set()
        assert self.go_on.wait(20)
        return POOLS.ask_draws(db, workspace_ids, hold=hold)

    def used(self, db: Any, pool_id: UUID, cycle_started_at: Any) -> int:
        return POOLS.used(db, pool_id, cycle_started_at)


def together(house: House, *requests: tuple[UUID, Tracked]) -> list[Outcome | BaseException]:
    """What each request hears: a first one is held up, and behind it they are gathered into one transaction,
    in the order given."""
    wiring, held = house.wiring, Held()
    ingest = Ingest(
        house.database, wiring.metering, held, wiring.usage_tables, ACCESS, wiring.key_traffic, uuid4
    )
    first = house.workspace(house.person("Hana"))

    def track(workspace_id: UUID, item: Tracked) -> list[Outcome]:
        return ingest.track(workspace_id, [item], because=house.because("key:1"))

    with ThreadPoolExecutor(len(requests) + 1) as pool:
        pool.submit(track, first, tracked())
        assert held.asked.wait(20)
        asked = []
        for request in requests:  # the next one only when this one waits: threads may overtake each other
            asked.append(pool.submit(track, *request))
            until(lambda: len(ingest._gathering._waiting) == len(asked))
        held.go_on.set()
        return [heard(one) for one in asked]


def heard(asked: Future[list[Outcome]]) -> Outcome | BaseException:
    error = asked.exception(20)
    return error if error is not None else asked.result()[0]


def kinds(answers: list[Outcome | BaseException]) -> list[str]:
    return [one.kind if isinstance(one, Outcome) else type(one).__name__ for one in answers]


def poisoned(**fields: Any) -> Tracked:
    item = tracked("poison")
    for name, value in fields.items():
        setattr(item, name, value)
    return item


@pytest.fixture
def workspace(house: House) -> UUID:
    return house.workspace(house.person("Ana"))


@pytest.fixture
def other(house: House) -> UUID:
    return house.workspace(house.person("Eve"))


def test_requests_of_several_become_one_fact_for_each_workspace(house, workspace, other):
    answers = together(house, (workspace, tracked()), (other, tracked()), (workspace, tracked()))

    first, *gathered = facts(house)
    assert kinds(answers) == ["recorded"] * 3
    assert first.story.startswith("request:")
    assert sorted((one.workspace_id, one.quantity) for one in gathered) == sorted(
        [(workspace, 2), (other, 1)]
    )
    assert counted(house, workspace) == (2, 2, 2)


def test_a_fact_of_several_requests_tells_of_its_batch_and_one_of_one_request_of_that(
    house, workspace, other
):
    together(house, (workspace, tracked()), (other, tracked()), (workspace, tracked()))

    stories = {one.workspace_id: (one.story, one.cause, one.originator_id) for one in facts(house)[1:]}
    batch = f"gathered:{stories[workspace][2]}"
    assert stories[workspace][:2] == (batch, batch)
    assert stories[other][0].startswith("request:")


POISON = [
    pytest.param({"body": b'{"agent_id":"\xff"}'}, id="a body that is no UTF-8"),
    pytest.param({"body": b'{"agent_id":"\x00"}'}, id="a body with a NUL"),
    pytest.param({"body": b'{"agent_id":}'}, id="a body that is no JSON"),
    pytest.param({"idempotency_key": "a\x00b"}, id="a key with a NUL"),
    pytest.param({"task_type": "nonsense"}, id="a task type that there is not"),
    pytest.param({"baseline_seconds": "much"}, id="a baseline that is no number"),
]


@pytest.mark.parametrize("fault", POISON)
def test_a_request_whose_rows_cannot_be_written_fails_alone(house, workspace, other, fault):
    requests = [(workspace, tracked("a")), (other, poisoned(**fault)), (workspace, tracked("b"))]

    good, bad, also_good = kinds(together(house, *requests))

    assert (good, also_good) == ("recorded", "recorded")
    assert bad not in ("recorded", "replayed")
    assert counted(house, workspace) == (2, 2, 2)
    assert counted(house, other) == (0, 0, 0)


def test_the_same_event_id_twice_fails_for_the_second_alone(house, workspace, other):
    """Of what cannot happen: an id is new by its 74 bits of chance."""
    event_id = uuid4()
    requests = [(workspace, tracked(event_id=event_id)), (other, tracked(event_id=event_id))]

    answers = kinds(together(house, *requests, (workspace, tracked())))

    rows, told, used = counted(house, workspace)
    assert answers.count("recorded") == 2
    assert rows == told == used


def test_a_workspace_that_is_not_is_unknown_to_the_one_who_names_it(house, workspace):
    answers = together(house, (workspace, tracked()), (uuid4(), tracked()), (workspace, tracked()))

    assert kinds(answers) == ["recorded", Unknown.__name__, "recorded"]
    assert counted(house, workspace) == (2, 2, 2)


def test_of_gathered_requests_with_one_key_one_is_recorded(house, workspace):
    requests = [tracked("order-1"), tracked("order-1"), tracked("order-1", digest=b"another body")]

    answers = together(house, *((workspace, item) for item in requests))

    assert kinds(answers) == ["recorded", "replayed", "conflict"]
    assert answers[0].answer == answers[1].answer
    assert counted(house, workspace) == (1, 1, 1)


def test_gathered_requests_share_what_room_there_is_in_their_order(house, workspace):
    together(house, (workspace, tracked()))
    with house.database.writing() as db:
        db.execute("UPDATE pools SET pool_events = 3 WHERE pool_id = %s", (workspace,))

    answers = together(house, *((workspace, tracked()) for _ in range(4)))

    assert kinds(answers) == ["recorded"] * 2 + ["quota_exceeded"] * 2
    assert counted(house, workspace) == (3, 3, 3)
