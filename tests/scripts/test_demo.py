"""The demo's voice agency tells what it was written for, whatever day of the month it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.cycles import month_after
from domain.plans import AGENCY_VOICE
from scripts import demo
from scripts.demo import kestrel_voice, voice_stage
from scripts.demo.stage import Stage, workspace_id_of
from scripts.settings import Settings
from scripts.wiring import Wiring
from tests.house import make_schema, settings_of
from tests.postgres import Cluster

LAST = datetime(2026, 8, 31, 14, 20, tzinfo=UTC)
OTHERS = (
    datetime(2026, 11, 1, 8, 5, tzinfo=UTC),
    datetime(2027, 3, 3, 0, 10, tzinfo=UTC),
    datetime(2026, 11, 5, 20, tzinfo=UTC),
    datetime(2026, 7, 10, 23, 59, tzinfo=UTC),
    datetime(2027, 2, 28, 12, tzinfo=UTC),
)
LONG = bool(os.environ.get("HEARTWOOD_LONG"))
DAYS = (LAST, *OTHERS) if LONG else (LAST,)
SPA, COURIERS = workspace_id_of(kestrel_voice.SPA), workspace_id_of(kestrel_voice.COURIERS)


class Told:
    """The story, once it was told, and when."""

    def __init__(self, wiring: Wiring, today: datetime) -> None:
        self.wiring = wiring
        self.today = today

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        with self.wiring.database.connection() as db:
            return [dict(row) for row in db.execute(query, values).fetchall()]


def tell_of_voice(settings: Settings, today: datetime) -> None:
    """Its own part of the demo; the clocks are turned twice on a day, as they are beside other stories."""
    stage = Stage(settings, month_after(demo.beginning_of(today), 4))
    kestrel_voice.begin(stage)
    stage.go_to(stage.clock.at + timedelta(days=kestrel_voice.EDITED, hours=6))
    stage.go_to(today)
    stage.wiring.runner.catch_up()
    stage.close()


@pytest.fixture(scope="module", params=DAYS, ids=lambda day: f"{day:%d.%m.}")
def told(
    request: pytest.FixtureRequest, postgres: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    conninfo = postgres.new_database(postgres.template("house", make_schema))
    settings = settings_of(conninfo, tmp_path_factory.mktemp("demo"))
    if LONG:
        demo.seed(settings, request.param)
    else:
        tell_of_voice(settings, request.param)
    wiring = Wiring(settings, clock=lambda: request.param)
    yield Told(wiring, request.param)
    wiring.database.close()
    postgres.drop_database(conninfo)


def test_a_busy_cycle_uses_more_than_its_grant_and_what_rolled_over_pays_for_it(told: Told) -> None:
    by_cycle = told.rows(
        "SELECT cycle_started_at, sum(spent_micros)::bigint AS spent FROM credit_uses"
        " GROUP BY 1 ORDER BY cycle_started_at"
    )
    rolled_over = told.rows("SELECT rollover_micros FROM credit_ledgers")[0]["rollover_micros"]
    first, busy = by_cycle[0]["spent"], by_cycle[1]["spent"]

    assert first < AGENCY_VOICE.credits_micros < busy
    assert 0 < rolled_over < AGENCY_VOICE.credits_micros - first
    assert told.rows("SELECT FROM credit_lines WHERE balance_micros < 0") == []


def test_a_budget_is_hit_in_the_middle_of_a_call_and_the_next_one_is_refused(told: Told) -> None:
    notices = told.rows(
        "SELECT percent, used_micros, limit_micros FROM budget_notices WHERE workspace_id = %s"
        " ORDER BY raised_at, percent",
        COURIERS,
    )
    last = max(notices, key=lambda one: one["used_micros"])
    calls = told.rows(
        "SELECT cycle_started_at, sum(amount_micros)::bigint AS micros FROM calls WHERE workspace_id = %s"
        " GROUP BY 1 ORDER BY 1",
        COURIERS,
    )

    assert [one["percent"] for one in notices[:3]] == [50, 80, 100]
    assert last["used_micros"] > last["limit_micros"] == kestrel_voice.COURIERS_BUDGET
    assert calls[1]["micros"] == last["used_micros"]


def test_the_client_wrote_the_prompt_and_the_agency_brought_the_first_one_back(told: Told) -> None:
    versions = told.rows(
        "SELECT number, digest, restored_from, written_at FROM agent_prompts WHERE agent_id = %s ORDER BY 1",
        voice_stage.agent_id(kestrel_voice.DENTAL),
    )

    assert [one["restored_from"] for one in versions] == [None, None, 1]
    assert versions[2]["digest"] == versions[0]["digest"] != versions[1]["digest"]
    assert versions[0]["written_at"] < versions[1]["written_at"] < versions[2]["written_at"] < told.today


def test_a_suspended_client_has_returned_and_nobody_called_meanwhile(told: Told) -> None:
    began = told.rows("SELECT added_at FROM customers WHERE workspace_id = %s", SPA)[0]["added_at"].date()
    days = {
        (row["recorded_at"].date() - began).days
        for row in told.rows("SELECT DISTINCT recorded_at FROM calls WHERE workspace_id = %s", SPA)
    }

    assert told.rows("SELECT status FROM customers WHERE workspace_id = %s", SPA) == [{"status": "active"}]
    assert days >= {kestrel_voice.SUSPENDED - 2, kestrel_voice.RETURNED}
    assert not days & {*range(kestrel_voice.SUSPENDED, kestrel_voice.RETURNED)}


def test_nothing_has_happened_before_its_time(told: Told) -> None:
    late = told.rows(
        "SELECT FROM calls WHERE recorded_at > %s OR started_at > recorded_at"
        " OR (ended_at IS NOT NULL AND ended_at < started_at)",
        told.today,
    )
    a_day_twice = told.rows(
        "SELECT workspace_id, recorded_at::date FROM calls GROUP BY 1, 2 HAVING count(*) > 4"
    )

    assert late == []
    assert a_day_twice == []
    assert told.rows("SELECT FROM credit_lines WHERE at > %s", told.today) == []


def test_the_number_is_answered_and_the_clients_invoice_has_a_markup(told: Told) -> None:
    numbers = told.rows("SELECT agent_id FROM phone_numbers")
    markups = told.rows("SELECT markup_hundredths FROM customers WHERE markup_hundredths IS NOT NULL")

    assert numbers == [{"agent_id": voice_stage.agent_id(kestrel_voice.DENTAL)}]
    assert markups == [{"markup_hundredths": kestrel_voice.MARKUP_HUNDREDTHS}]
