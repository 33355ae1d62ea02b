"""When the answer to a COMMIT is lost: does the command still know that it has happened, and only once?"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from uuid import UUID

from domain.billing import NoticeOutcome
from domain.plans import FREE
from domain.tracking import Tracked
from projections.catalogue import POOLS
from scripts.wiring import Wiring
from tests.house import House
from tests.proofs.groves import Grove
from tests.proofs.rows import someone_waits_for
from tests.proofs.stored import is_counted, is_downgraded
from tests.proofs.wire import AtCommit, Wire
from tests.proofs.wired import wire, wired
from tests.tracked import tracked
from tests.waiting import until
from web.app import create_app

__all__ = ["wire", "wired"]


def events(number: int) -> list[Tracked]:
    """Without an idempotency key, so that nothing but the append itself can tell that they are stored."""
    return [tracked() for _ in range(number)]


def almost_used_up(house: House) -> UUID:
    """A Free workspace with room for one event."""
    workspace_id = house.workspace(house.person("Ana"))
    house.wiring.ingest.track(workspace_id, events(FREE.pool_events - 1), because=house.because())
    return workspace_id


def used(house: House, workspace_id: UUID) -> int:
    with house.database.reading() as db:
        pool = POOLS.of_workspace(db, workspace_id)
        assert pool is not None
        return POOLS.used(db, workspace_id, pool.cycle_at(house.clock()).started_at)


def test_a_downgrade_whose_acknowledgement_is_lost_is_a_success_and_stored_once(
    house: House, wire: Wire, wired: Wiring
) -> None:
    (tree,) = Grove(house.agency, house.clock).plant(1)
    wire.at_commit(AtCommit.DROP_ANSWER)

    answer = Grove(wired.agency, house.clock).downgrade(tree)

    assert answer is NoticeOutcome.SYNCED
    assert is_downgraded(house.database, tree)
    assert wire.cuts == 1


def test_a_downgrade_whose_commit_arrives_after_the_cut_is_a_success_and_stored_once(
    house: House, wire: Wire, wired: Wiring
) -> None:
    (tree,) = Grove(house.agency, house.clock).plant(1)
    wire.at_commit(AtCommit.HOLD)

    with ThreadPoolExecutor(1) as threads:
        answer: Future[NoticeOutcome] = threads.submit(Grove(wired.agency, house.clock).downgrade, tree)
        until(lambda: someone_waits_for(house, "agency_events"))
        assert not is_downgraded(house.database, tree)
        wire.release_commit()

    assert answer.result() is NoticeOutcome.SYNCED
    assert is_downgraded(house.database, tree)


def test_a_downgrade_whose_commit_never_arrives_is_stored_by_the_next_attempt(
    house: House, wire: Wire, wired: Wiring
) -> None:
    (tree,) = Grove(house.agency, house.clock).plant(1)
    wire.at_commit(AtCommit.HOLD)

    answer = Grove(wired.agency, house.clock).downgrade(tree)
    wire.release_commit()  # to a session that the server has long ended

    assert answer is NoticeOutcome.SYNCED
    assert is_downgraded(house.database, tree)


def test_the_last_event_of_a_quota_is_not_refused_because_it_was_stored(
    house: House, wire: Wire, wired: Wiring
) -> None:
    workspace_id = almost_used_up(house)
    wire.at_commit(AtCommit.DROP_ANSWER)

    (outcome,) = wired.ingest.track(workspace_id, events(1), because=house.because())

    assert (wire.cuts, outcome.kind) == (1, "recorded")
    assert used(house, workspace_id) == FREE.pool_events


def test_nor_because_its_commit_arrives_after_the_cut(house: House, wire: Wire, wired: Wiring) -> None:
    workspace_id = almost_used_up(house)
    wire.at_commit(AtCommit.HOLD)

    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(wired.ingest.track, workspace_id, events(1), because=house.because())
        until(lambda: someone_waits_for(house, "metering_events"))
        wire.release_commit()

    assert [outcome.kind for outcome in answer.result()] == ["recorded"]
    assert used(house, workspace_id) == FREE.pool_events


def test_of_two_commands_whose_wire_is_cut_only_the_first_is_stored(
    house: House, wire: Wire, wired: Wiring
) -> None:
    (tree,) = Grove(house.agency, house.clock).plant(1)
    wire.at_commit(AtCommit.HOLD)

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(Grove(wired.agency, house.clock).downgrade, tree)
        until(lambda: someone_waits_for(house, "agency_events"))
        second = threads.submit(Grove(house.agency, house.clock).downgrade, tree)
        wire.release_commit()

    assert (first.result(), second.result()) == (NoticeOutcome.SYNCED, NoticeOutcome.SYNCED)
    assert is_downgraded(house.database, tree)


def test_an_event_whose_acknowledgement_is_lost_is_answered_as_recorded(
    house: House, wire: Wire, wired: Wiring
) -> None:
    ana = house.person("Ana")
    workspace_id = house.workspace(ana)
    web = create_app(wired.services).test_client()
    headers = {"Authorization": f"Bearer {house.key(workspace_id, ana)}", "Idempotency-Key": "only-once"}
    body = {"agent_id": "agent", "task_type": "draft_email", "outcome": "success"}
    house.wiring.usage_tables.keep_up(house.clock())
    wire.at_commit(AtCommit.DROP_ANSWER)

    first = web.post("/api/v1/track", json=body, headers=headers)
    again = web.post("/api/v1/track", json=body, headers=headers)

    assert wire.cuts == 1
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert is_counted(house.database, workspace_id)
