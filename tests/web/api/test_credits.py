"""What programs read of credits: the anchor's key all of it, any other key nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import pytest
from werkzeug.test import TestResponse

from tests.house import House
from tests.web.pages.credited import Credited
from web.api.credited import CreditLinesAnswer, CreditsAnswer


@pytest.fixture
def credited(house: House) -> Credited:
    return Credited(house)


def ask(credited: Credited, path: str, workspace_id: UUID | None = None) -> TestResponse:
    place = workspace_id or credited.anchor_id
    key = credited.house.key(place, credited.people["Ana"])
    return credited.house.app.test_client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {key}"})


def answered(answer: TestResponse, kind: type) -> dict[str, Any]:
    assert answer.status_code == 200, answer.get_json()
    msgspec.json.decode(answer.get_data(), type=kind)
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_anchors_key_reads_what_is_left_and_what_was_used(credited: Credited) -> None:
    credited.call(credited.acme_id, 1_000)

    found = answered(ask(credited, "/credits"), CreditsAnswer)

    assert (found["balance_micros"], found["held_micros"], found["frozen"]) == (798_000_000, 0, False)
    assert found["buckets"]["grant_micros"] == 798_000_000
    assert found["used_by_category"]["phone_call"] == 2_000_000
    assert found["used_by_workspace"] == [{"workspace_id": str(credited.acme_id), "spent_micros": 2_000_000}]


def test_lines_come_in_pages_by_filter(credited: Credited) -> None:
    for seconds in (100, 200, 300):
        credited.call(credited.acme_id, seconds)

    first = answered(ask(credited, "/credits/lines?entry=usage&limit=2"), CreditLinesAnswer)
    rest = answered(
        ask(credited, f"/credits/lines?entry=usage&limit=2&before={first['next_before']}"), CreditLinesAnswer
    )

    assert [one["amount_micros"] for one in first["lines"]] == [-600_000, -400_000]
    assert [one["amount_micros"] for one in rest["lines"]] == [-200_000]
    assert rest["next_before"] is None
    none = answered(ask(credited, f"/credits/lines?workspace={credited.birch_id}"), CreditLinesAnswer)
    assert none["lines"] == []


def test_a_childs_key_finds_nothing(credited: Credited) -> None:
    answers = [ask(credited, path, credited.acme_id).status_code for path in ("/credits", "/credits/lines")]

    assert answers == [404, 404]


def test_what_cannot_be_meant_is_a_clear_error(credited: Credited) -> None:
    wrong = (
        *("workspace=x", "category=cheese", "entry=x", "since=yesterday", "before=1", "limit=0", "limit=501"),
        "cheese=1",
    )

    answers = {query: ask(credited, f"/credits/lines?{query}") for query in wrong}

    assert {answer.status_code for answer in answers.values()} == {422}
    assert {answer.get_json()["error"]["field"] for answer in answers.values()} == {
        query.partition("=")[0] for query in wrong
    }


def test_an_agency_without_calls_has_no_credits(house: House) -> None:
    ana = house.person("Ana")
    _, anchor_id = house.agency_of(ana)
    key = house.key(anchor_id, ana)

    answer = house.app.test_client().get("/api/v1/credits", headers={"Authorization": f"Bearer {key}"})

    found = answered(answer, CreditsAnswer)
    assert (found["balance_micros"], found["cycle"]) == (0, None)
