"""An agency sets, raises and removes the budgets of its clients, and a hard one stops their calls."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from domain.refusals import Refusal, Refused
from tests.web.pages.scene import text_of
from tests.web.pages.voice_scene import CREDIT, CREDIT_SECONDS, SECOND, Voice

SET, RAISE, REMOVE = "", "/raise", "/remove"


def post(voice: Voice, what: str, who: str = "Ana", child: str = "child", **fields: Any) -> TestResponse:
    return voice.browser(who).post(voice.path(f"/w/{{anchor}}/budgets/{{{child}}}{what}"), **fields)


def page(voice: Voice, who: str = "Ana", path: str = "/w/{anchor}/budgets") -> str:
    return text_of(voice.browser(who).get(voice.path(path)))


# Deciding.


def test_a_budget_is_set_and_shown_with_what_is_used_of_it(voice: Voice) -> None:
    voice.called(voice.child_id, 5 * CREDIT_SECONDS)

    answer = post(voice, SET, limit="62,50", stops="stop")

    assert answer.status_code == 303
    assert "€ 5.00 of € 62.50 (8.0%)" in page(voice)


def test_a_raise_holds_for_one_cycle_and_its_reason_is_read_by_the_agency_alone(voice: Voice) -> None:
    voice.sets_budget(voice.child_id, 100)

    post(voice, RAISE, limit="150", reason="Their spring campaign")

    assert "of € 150.00" in page(voice)
    assert "Raised for this cycle, from € 100.00: “Their spring campaign”" in page(voice)
    for path in ("/w/{child}/credits-used", "/w/{child}/timeline"):
        assert "spring campaign" not in page(voice, "Olga", path)
    voice.house.leap_to(voice.house.clock() + timedelta(days=32))
    assert "of € 100.00" in page(voice)
    assert "campaign" not in page(voice)


def test_a_budget_is_removed(voice: Voice) -> None:
    voice.sets_budget(voice.child_id, 100)

    assert post(voice, REMOVE).status_code == 303

    assert "€ 0.00 used, no budget" in page(voice)


NOT_MEANT: tuple[tuple[str, dict[str, str]], ...] = (
    (SET, {}),
    (SET, {"limit": "0", "stops": "stop"}),
    (SET, {"limit": "-5", "stops": "stop"}),
    (SET, {"limit": "ten", "stops": "stop"}),
    (SET, {"limit": "1.123", "stops": "stop"}),
    (SET, {"limit": "1,000", "stops": "stop"}),  # a thousand, or one?
    (SET, {"limit": "1000001", "stops": "stop"}),
    (SET, {"limit": "100", "stops": "perhaps"}),
    (RAISE, {"limit": "200"}),
    (RAISE, {"limit": "200", "reason": "x" * 301}),
)


def test_bad_input_is_told_and_sets_nothing(voice: Voice) -> None:
    voice.sets_budget(voice.child_id, 100)
    before = voice.facts()

    answers = [post(voice, what, **fields) for what, fields in NOT_MEANT]

    assert {answer.status_code for answer in answers} == {422}
    assert all('data-code="validation_error"' in answer.get_data(as_text=True) for answer in answers)
    assert voice.facts() == before


def test_a_raise_is_above_what_there_is(voice: Voice) -> None:
    without = post(voice, RAISE, limit="9", reason="x")
    voice.sets_budget(voice.child_id, 100)

    answers = [post(voice, RAISE, limit=limit, reason="less") for limit in ("100", "50")]

    assert 'data-code="no_budget"' in without.get_data(as_text=True)
    assert [answer.status_code for answer in answers] == [409, 409]
    assert all('data-code="not_above_budget"' in answer.get_data(as_text=True) for answer in answers)


def test_only_the_agency_s_own_children_have_one(voice: Voice) -> None:
    before = voice.facts()

    answers = [
        answer
        for child in ("anchor", "eves", "nowhere")
        for answer in (
            post(voice, SET, child=child, limit="5", stops="stop"),
            post(voice, RAISE, child=child, limit="5", reason="x"),
            post(voice, REMOVE, child=child),
        )
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert voice.facts() == before


def test_its_history_is_one_click_away(voice: Voice) -> None:
    voice.sets_budget(voice.child_id, 100)

    history = page(voice, path="/w/{child}/timeline?text=budget")

    assert "Ana set the budget of Larkfield — Support line to € 100.00 a cycle" in history


def test_as_of_a_moment_it_shows_the_budget_of_that_moment(voice: Voice) -> None:
    voice.sets_budget(voice.child_id, 100)
    voice.called(voice.child_id, 7 * CREDIT_SECONDS)
    voice.house.clock.advance(minutes=5)
    then = voice.house.clock().isoformat().replace("+00:00", "Z")
    voice.house.clock.advance(minutes=5)
    voice.sets_budget(voice.child_id, 300)
    voice.called(voice.child_id, 7 * CREDIT_SECONDS)
    voice.house.run_followed()

    past = page(voice, path=f"/w/{{anchor}}/budgets?as_of={then}")

    assert "€ 7.00 of € 100.00" in past
    assert "Change the budget" not in past
    assert "€ 14.00 of € 300.00" in page(voice)


# Stopping.


def refused(voice: Voice, seconds: int) -> Refusal | None:
    try:
        voice.called(voice.child_id, seconds)
    except Refused as no:
        return no.refusal
    return None


def test_a_hard_stop_refuses_what_would_exceed_it_and_lets_other_clients_call(voice: Voice) -> None:
    voice.sets_budget(voice.child_id, 1)

    assert refused(voice, CREDIT_SECONDS - 10) is None
    assert refused(voice, 11) is Refusal.BUDGET_EXCEEDED
    assert refused(voice, 10) is None
    voice.called(voice.sibling_id, 2 * CREDIT_SECONDS)


def test_one_that_only_tells_stops_nothing(voice: Voice) -> None:
    voice.sets_budget(voice.child_id, 1, stops=False)

    assert refused(voice, 3 * CREDIT_SECONDS) is None


def test_a_raise_lets_calls_begin_at_once_and_a_new_cycle_does_too(voice: Voice) -> None:
    voice.sets_budget(voice.child_id, 1)
    voice.called(voice.child_id, CREDIT_SECONDS)
    assert refused(voice, 1) is Refusal.BUDGET_EXCEEDED

    post(voice, RAISE, limit="2", reason="more")
    assert refused(voice, CREDIT_SECONDS) is None
    assert refused(voice, 1) is Refusal.BUDGET_EXCEEDED

    voice.house.leap_to(voice.house.clock() + timedelta(days=32))
    assert refused(voice, CREDIT_SECONDS) is None
    assert refused(voice, 1) is Refusal.BUDGET_EXCEEDED


def test_what_running_calls_hold_counts_and_what_they_come_to_is_charged(voice: Voice) -> None:
    voice.sets_budget(voice.child_id, 1)
    call_id = voice.begun(voice.child_id, CREDIT_SECONDS - 10)
    assert refused(voice, 11) is Refusal.BUDGET_EXCEEDED

    voice.ended(voice.child_id, call_id, CREDIT_SECONDS + 50)
    voice.house.run_followed()

    assert "€ 1.10 of € 1.00 (110.0%)" in page(voice)
    assert "stopped" in page(voice)


def test_of_eight_at_once_no_more_is_spent_than_the_budget(voice: Voice) -> None:
    voice.sets_budget(voice.child_id, 1)

    def attempts(_: int) -> int:
        return sum(refused(voice, 70) is None for _ in range(3))

    with ThreadPoolExecutor(8) as at_once:
        recorded = sum(at_once.map(attempts, range(8)))

    assert recorded == CREDIT // (70 * SECOND) == 7


def test_of_eight_that_hold_at_once_it_is_over_by_no_more_than_what_ran(voice: Voice) -> None:
    voice.sets_budget(voice.child_id, 1)

    def call(_: int) -> int:
        try:
            call_id = voice.begun(voice.child_id, 100)
        except Refused:
            return 0
        voice.ended(voice.child_id, call_id, 130)
        return 130

    with ThreadPoolExecutor(8) as at_once:
        spent = sum(at_once.map(call, range(8)))

    assert CREDIT_SECONDS - 130 < spent <= CREDIT_SECONDS + 8 * 30
    assert refused(voice, 1) is Refusal.BUDGET_EXCEEDED if spent >= CREDIT_SECONDS else True
