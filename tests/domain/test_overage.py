"""A cycle's overage, claimed bit by bit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.because import Because
from domain.ids import stream_of_overage
from domain.overage import Overage, OverageDue
from domain.refusals import Unknown
from tests.histories.life import TREE, an_agency

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
NEXT = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
BECAUSE = Because(actor="clock", cause="tick:overage", story="tick:overage", at=NOW)
DUE = OverageDue(
    tree_id=TREE,
    cycle_started_at=NOW,
    cycle_ends_at=NEXT,
    pool_events=25_000,
    used=25_010,
    metering_position=7,
)


def begun() -> Overage:
    return Overage.begin(DUE, "cus_1", "sub_1", because=BECAUSE)


def claims(overage: Overage) -> list[Any]:
    return [fact for fact in overage.pending_events if isinstance(fact, Overage.Claimed)]


def test_overage_is_claimed_by_what_it_grew_under_an_identifier_of_its_own():
    overage = begun()

    for used in (25_010, 25_010, 25_025, 25_020, 24_000):
        overage.claim(replace(DUE, used=used), because=BECAUSE)

    assert [(one.events_added, one.events_total) for one in claims(overage)] == [(10, 10), (15, 25)]
    assert [one.identifier.rsplit(":", 1)[1] for one in claims(overage)] == ["1", "2"]
    assert all(len(one.identifier) <= 100 for one in claims(overage))


def test_a_claim_says_what_was_counted_and_up_to_where():
    overage = begun()

    overage.claim(DUE, because=BECAUSE)

    (claim,) = claims(overage)
    assert (claim.used, claim.metering_position, claim.cycle_started_at) == (25_010, 7, NOW)


def test_a_pool_that_grew_claims_less_and_takes_nothing_back():
    overage = begun()

    overage.claim(replace(DUE, used=25_040), because=BECAUSE)
    overage.claim(replace(DUE, used=30_000, pool_events=29_980), because=BECAUSE)
    still = overage.events_claimed
    overage.claim(replace(DUE, used=30_030, pool_events=29_980), because=BECAUSE)

    assert (still, overage.events_claimed) == (40, 50)


def test_a_claim_is_reported_once_and_an_unknown_one_never():
    overage = begun()
    overage.claim(DUE, because=BECAUSE)
    (identifier,) = overage.unreported

    for one in (identifier, identifier, "ov:of:nobody"):
        overage.note_reported(one, because=BECAUSE)

    reported = [fact for fact in overage.pending_events if isinstance(fact, Overage.Reported)]
    assert [(one.identifier, one.events) for one in reported] == [(identifier, 10)]
    assert overage.unreported == {}


def test_each_cycle_has_a_stream_of_its_own():
    life = an_agency()

    for start in (NOW, NEXT, NOW):
        life.agency.claim_overage(replace(DUE, cycle_started_at=start), because=BECAUSE)

    assert life.agency.overage(stream_of_overage(TREE, NOW)).claims == 1
    assert life.agency.overage(stream_of_overage(TREE, NEXT)).claims == 1
    with pytest.raises(Unknown):
        life.agency.overage(TREE)
