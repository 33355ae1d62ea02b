"""Wherever the wire to PostgreSQL is cut: is all stored or nothing, and does the answer say which?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import chain, count
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import OperationalError

from domain.because import Because
from domain.billing import NoticeOutcome, NoticeSeen
from domain.tracking import Tracked
from scripts.wiring import Wiring
from tests.house import BEGINNING, House
from tests.proofs.groves import Grove, Grown
from tests.proofs.stored import is_counted, is_downgraded, is_remembered
from tests.proofs.wire import Wire
from tests.proofs.wired import every_cut, mend, one_attempt, wire, wired
from tests.tracked import answer_of as said
from tests.tracked import tracked

__all__ = ["one_attempt", "wire", "wired"]

SYNCED = NoticeOutcome.SYNCED
PLANTED_TOGETHER = 50
MESSAGES_MIN = 100  # with fewer the cuts were not where we think they were
BOUND_SECONDS = 20
AWAY = (OperationalError, psycopg.OperationalError)  # 503, "try again", to whoever asked

halves = pytest.mark.parametrize("half", [False, True], ids=["between_messages", "within_a_message"])


def trees(house: House) -> Iterator[Grown]:
    grove = Grove(house.agency, house.clock)
    return chain.from_iterable(grove.plant(PLANTED_TOGETHER) for _ in count())


def workspaces(house: House) -> Iterator[UUID]:
    ana = house.person("Ana")
    return (house.workspace(ana) for _ in count())


def notices() -> Iterator[NoticeSeen]:
    return (
        NoticeSeen(
            notice_id=f"evt_{uuid4().hex}",
            type="customer.subscription.deleted",
            object_type="subscription",
            object_id="sub_1",
            customer_id="cus_1",
            subscription_id="sub_1",
            tree_id=None,
            stripe_created_at=BEGINNING,
            api_version=None,
            livemode=False,
            body_sha256="",
        )
        for _ in count()
    )


def event() -> Tracked:
    return tracked("only once")


def answer_of(command: Callable[..., Any], *given: Any) -> Any:
    """What the command says; None if it says that the database is away."""
    try:
        return command(*given)
    except AWAY:
        return None


def is_tracked(wired: Wiring, workspace_id: UUID, item: Tracked, because: Because) -> bool:
    (outcome,) = wired.ingest.track(workspace_id, [item], because=because)
    return said(outcome)["event_id"] == str(UUID(bytes=item.event_id))


def test_a_downgrade_goes_on_over_any_cut(house: House, wire: Wire, wired: Wiring) -> None:
    grove = Grove(wired.agency, house.clock)
    seen: list[tuple[Any, bool]] = []

    for _, grown in zip(every_cut(wire, wired), trees(house), strict=False):
        answer = grove.downgrade(grown)
        seen.append((answer, is_downgraded(house.database, grown)))

    assert len(seen) > MESSAGES_MIN
    assert set(seen) == {(SYNCED, True)}


@halves
def test_a_downgrade_that_gives_up_at_any_cut_can_be_asked_for_again(
    house: House, wire: Wire, wired: Wiring, half: bool, one_attempt: None
) -> None:
    grove = Grove(wired.agency, house.clock)
    seen: list[tuple[Any, bool]] = []
    again: list[tuple[Any, bool]] = []

    for _, grown in zip(every_cut(wire, wired, half=half), trees(house), strict=False):
        because = grove.because()
        answer = answer_of(grove.downgrade, grown, because)
        seen.append((answer, is_downgraded(house.database, grown)))
        mend(wire, wired)
        again.append((grove.downgrade(grown, because), is_downgraded(house.database, grown)))

    assert len(seen) > MESSAGES_MIN
    assert set(seen) - {(None, True)} == {(None, False), (SYNCED, True)}
    assert set(again) == {(SYNCED, True)}


def test_tracking_counts_once_over_any_cut(house: House, wire: Wire, wired: Wiring) -> None:
    because = house.because()
    seen: list[tuple[Any, bool]] = []
    again: list[tuple[Any, bool]] = []

    for _, workspace_id in zip(every_cut(wire, wired), workspaces(house), strict=False):
        item = event()
        answer = answer_of(is_tracked, wired, workspace_id, item, because)
        seen.append((answer, is_counted(house.database, workspace_id)))
        mend(wire, wired)
        answer = is_tracked(wired, workspace_id, item, because)
        again.append((answer, is_counted(house.database, workspace_id)))

    assert len(seen) > MESSAGES_MIN
    assert set(seen) == {(None, False), (True, True)}  # the reading before the decision is not repeated
    assert set(again) == {(True, True)}


@halves
def test_tracking_that_gives_up_at_any_cut_can_be_asked_for_again(
    house: House, wire: Wire, wired: Wiring, half: bool, one_attempt: None
) -> None:
    because = house.because()
    seen: list[tuple[Any, bool]] = []
    again: list[tuple[Any, bool]] = []

    for _, workspace_id in zip(every_cut(wire, wired, half=half), workspaces(house), strict=False):
        item = event()
        answer = answer_of(is_tracked, wired, workspace_id, item, because)
        seen.append((answer, is_counted(house.database, workspace_id)))
        mend(wire, wired)
        answer = is_tracked(wired, workspace_id, item, because)
        again.append((answer, is_counted(house.database, workspace_id)))

    assert len(seen) > MESSAGES_MIN
    assert set(seen) - {(None, True)} == {(None, False), (True, True)}
    assert set(again) == {(True, True)}


def test_a_notice_is_remembered_with_its_errand_over_any_cut(house: House, wire: Wire, wired: Wiring) -> None:
    because = house.because()
    seen: list[tuple[Any, bool]] = []

    for _, notice in zip(every_cut(wire, wired), notices(), strict=False):
        answer = wired.agency.receive_notice(notice, because=because)
        seen.append((answer, is_remembered(house.database, notice.notice_id)))

    assert len(seen) > MESSAGES_MIN // 2
    assert set(seen) == {(True, True)}


def test_whoever_asks_a_dead_database_hears_so_in_time(house: House, wire: Wire, wired: Wiring) -> None:
    grove, tree = Grove(wired.agency, house.clock), next(trees(house))
    grove.agency.tree(tree.tree_id)
    wire.die()
    began = time.monotonic()

    with pytest.raises(AWAY):
        grove.downgrade(tree)

    assert time.monotonic() - began < BOUND_SECONDS
    assert not is_downgraded(house.database, tree)
    wire.revive()
    assert grove.downgrade(tree) is SYNCED
    assert is_downgraded(house.database, tree)
