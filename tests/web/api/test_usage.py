"""What a key is told of its workspace's usage: every sum, exactly, and no other's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from adapters.usage import breakdown
from tests.house import House
from tests.web.api.asking import EVENT, Program, asked, error_of, program_of, recorded
from tests.web.told import tell

MARCH = {"started_at": "2026-03-01T09:00:00+00:00", "ends_at": "2026-04-01T09:00:00+00:00"}


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


def sums(events: int, frozen: int) -> dict[str, float]:
    """Of so many events, of which so many have saved half an hour."""
    return {
        "events": events,
        "hours_saved": frozen / 2,
        "saved_micros": frozen * 25_000_000,
        "agent_cost_micros": frozen * 40_000,
        "net_saved_micros": frozen * 24_960_000,
    }


def test_a_workspace_is_told_its_own_usage_of_the_running_cycle_by_day(house, ana, tree_id, told):
    program = program_of(house, ana, told[0])

    body = program.get("/usage").get_json()

    assert body == {
        "workspace_id": str(told[0]),
        "from": MARCH["started_at"],
        "to": MARCH["ends_at"],
        "group_by": "day",
        "currency": "eur",
        "total": sums(5, 4),
        "groups": [{"key": "2026-03-01", **sums(2, 2)}, {"key": "2026-03-02", **sums(3, 2)}],
        "other": None,
    }


@pytest.mark.parametrize(
    ("group_by", "groups"),
    [
        ("agent", [("scribe", 3, 2), ("concierge", 2, 2)]),
        ("task_type", [("draft_email", 3, 2), ("summarise", 2, 2)]),
        ("outcome", [("success", 3, 2), ("failure", 2, 2)]),
        ("day", [("2026-03-01", 2, 2), ("2026-03-02", 3, 2)]),
    ],
)
def test_the_groups_come_to_the_total(house, ana, told, group_by, groups):
    program = program_of(house, ana, told[0])

    body = asked(program, group_by=group_by).get_json()

    assert body["groups"] == [{"key": key, **sums(events, frozen)} for key, events, frozen in groups]
    assert body["total"] == sums(5, 4)


def test_a_period_holds_its_beginning_and_not_its_end(house, ana, workspace):
    at = house.clock()
    tell(house, workspace, 3)
    program = program_of(house, ana, workspace)
    second = timedelta(seconds=1)

    events = [
        asked(program, **{"from": first.isoformat(), "to": last.isoformat()}).get_json()["total"]["events"]
        for first, last in [(at, at + second), (at - second, at), (at - second, at + second)]
    ]

    assert events == [3, 0, 3]


def test_a_day_is_a_day_in_utc_whatever_the_offset_of_the_question(house, ana, workspace):
    house.clock.at = datetime(2026, 3, 5, 23, 59, 59, tzinfo=UTC)
    tell(house, workspace)
    house.clock.advance(seconds=1)
    tell(house, workspace)
    program = program_of(house, ana, workspace)

    body = asked(program, **{"from": "2026-03-06T00:59:59+01:00", "to": "2026-03-07T00:00:00Z"}).get_json()

    assert [(one["key"], one["events"]) for one in body["groups"]] == [("2026-03-05", 1), ("2026-03-06", 1)]
    assert body["from"] == "2026-03-05T23:59:59+00:00"


def test_what_is_beyond_the_limit_of_groups_is_summed_up(house, ana, workspace, monkeypatch):
    monkeypatch.setattr(breakdown, "GROUPS_MAX", 2)
    for events, agent in ((3, "a"), (2, "b"), (1, "c"), (1, "other")):
        tell(house, workspace, events, agent=agent)
    program = program_of(house, ana, workspace)

    body = asked(program, group_by="agent").get_json()

    assert [(one["key"], one["events"]) for one in body["groups"]] == [("a", 3), ("b", 2)]
    assert body["other"] == sums(2, 2)
    assert body["total"] == sums(7, 7)


def test_more_events_than_one_answer_sums_up_are_asked_for_in_parts(house, ana, workspace, monkeypatch):
    monkeypatch.setattr(breakdown, "ROWS_MAX", 3)
    tell(house, workspace, 2)
    house.clock.advance(seconds=1)
    tell(house, workspace, 3)
    program = program_of(house, ana, workspace)

    refused = program.get("/usage")
    hint = refused.get_json()["error"]["hint"]
    answer = asked(program, **{"from": hint.split()[4]})

    assert error_of(refused) == (422, "validation_error", "from")
    assert answer.get_json()["total"]["events"] == 3


def test_sums_have_no_bound(house, ana, workspace):
    huge = dict.fromkeys(("saved_seconds", "saved_micros", "net_saved_micros"), 9 * 10**18)
    tell(house, workspace, 3, frozen=huge)
    program = program_of(house, ana, workspace)

    total = program.get("/usage").get_json()["total"]

    assert (total["saved_micros"], total["agent_cost_micros"]) == (27 * 10**18, 0)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=yesterday", "from"),
        ("to=2026-03-01T00:00:00", "to"),  # without an offset
        ("from=2026-03-01T00:00:00+00:00", "from"),  # the + is a space in an address
        ("from=" + "2" * 500, "from"),
        ("from=%00", "from"),
        ("from=", "from"),
        ("from=0001-01-01T00:00:00%2B14:00", "from"),
        ("from=2026-03-02T00:00:00Z&to=2026-03-02T00:00:00Z", "from"),
        ("from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "from"),
        ("from=2026-05-01T00:00:00Z", "from"),  # after the running cycle
        ("from=2026-01-01T00:00:00Z&to=2026-04-03T00:00:01Z", "to"),
        ("group_by=client", "group_by"),
        ("group_by=day&group_by=agent", "group_by"),
        ("form=2026-03-01T00:00:00Z", "form"),
    ],
)
def test_a_wrong_question_is_refused_by_name(program, house, query, field):
    house.run_followed()

    answer = program.get(f"/usage?{query}")

    assert error_of(answer) == (422, "validation_error", field)


def test_ninety_two_days_are_one_question(program, house):
    house.run_followed()

    answer = asked(program, **{"from": "2026-01-01T00:00:00Z", "to": "2026-04-03T00:00:00Z"})

    assert answer.status_code == 200
    assert answer.get_json()["total"] == sums(0, 0)


def test_usage_is_read_with_a_key_that_may_read_and_reading_records_nothing(house, ana, workspace):
    text = house.key(workspace, ana, scopes=("track",))
    reader, tracker = program_of(house, ana, workspace), Program(house, text)
    before = recorded(house)

    refused = [error_of(tracker.get(path)) for path in ("/usage", "/tree/usage")]
    answer = reader.get("/usage")

    assert refused == [(403, "scope_missing", None)] * 2
    assert answer.status_code == 200
    assert recorded(house) == before


def test_what_a_program_tracks_it_is_told(house, program):
    house.run_followed()
    program.batch([EVENT] * 2 + [EVENT | {"agent_id": str(uuid4())}])

    body = asked(program, group_by="agent").get_json()

    assert (body["total"]["events"], body["groups"][0]["key"]) == (3, "agent-1")
