"""A body that is read at once is read just as it is closely: the same events, the same refusals."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.task_types import BASELINE_SECONDS
from web.api import parsing
from web.api.body import TrackBody
from web.api.parsing import event_closely, event_in, events_closely, events_in
from web.errors import ApiError

EVENT: dict[str, Any] = {"agent_id": "a", "task_type": "other", "outcome": "success"}

texts = st.text(max_size=8) | st.sampled_from(['"', "\\", '\\"', "é", "🦊", "a: b", "null", "\x00", ""])
numbers = st.integers() | st.floats() | st.sampled_from([0, 1.0, 1e16, 2**63, 2**64, 10**30, -1])
anything = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
instants = st.sampled_from(
    ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00", "2026-01-31 12:00:00+01:00", "20260131", "no"]
)
extras = st.fixed_dictionaries(
    {},
    optional={
        "agent_duration_seconds": numbers | st.none(),
        "agent_cost": numbers | st.none(),
        "model": texts | st.none(),
        "tokens_in": numbers | st.none(),
        "human_baseline_minutes": numbers,
        "metadata": st.dictionaries(texts, anything, max_size=3) | st.none(),
        "audit_sample": st.none() | st.fixed_dictionaries({}, optional={"input_excerpt": texts | st.none()}),
        "occurred_at": instants,
        "task_type": st.sampled_from([*BASELINE_SECONDS, "unknown"]),
        "idempotency_key": texts | st.sampled_from(["k", "k k"]),
        "unknown": texts,
    },
)
events = extras.map(lambda more: EVENT | more)


def written(value: Any, draw: Callable[[Any], Any]) -> str:
    """JSON as programs write it: spaced or not, escaped or not, and now and then with a member twice."""
    spaced, escaped, doubled = draw(st.booleans()), draw(st.booleans()), draw(st.integers(0, 9)) == 0
    separators = (" , ", " : ") if spaced else (",", ":")
    text = json.dumps(value, separators=separators, ensure_ascii=escaped)
    name = draw(st.sampled_from(["agent_id", "outcome", "metadata", "events"]))
    return text.replace(f'"{name}"', f'"{name}":"b","{name}"', 1) if doubled else text


def said(read: Callable[[bytes], Any], body: bytes) -> Any:
    """What is read, or what is refused, so that it can be compared."""
    try:
        found = read(body)
    except ApiError as error:
        return _plain(error)
    return [_plain(one) for one in found] if isinstance(found, Sequence) else _plain(found)


def _plain(one: TrackBody | ApiError) -> Any:
    if isinstance(one, ApiError):
        return (one.status, one.body)
    return type(one), msgspec.json.encode(one, order="sorted")


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_one_event(data: st.DataObject) -> None:
    body = written(data.draw(events), data.draw).encode("utf-8", "surrogatepass")
    assert said(event_in, body) == said(event_closely, body)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_batch(data: st.DataObject) -> None:
    batch = data.draw(st.lists(events | anything, max_size=4).map(lambda found: {"events": found}) | anything)
    body = written(batch, data.draw).encode("utf-8", "surrogatepass")
    assert said(events_in, body) == said(events_closely, body)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40))
@example(b'{"events":[]}')
@example(b"")
def test_no_json(body: bytes) -> None:
    assert said(events_in, body) == said(events_closely, body)
    assert said(event_in, body) == said(event_closely, body)


def test_what_is_plain_is_not_looked_at_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the two would be the same in this test whatever became of the fast one."""
    monkeypatch.setattr(parsing, "_members_of", None)
    many = [EVENT | {"metadata": {"a": [1, {"b": "c"}]}, "idempotency_key": f"k{n}"} for n in range(3)]
    assert len(events_in(json.dumps({"events": many}, indent=1).encode())) == 3
    assert event_in(json.dumps(EVENT | {"model": "é"}, ensure_ascii=False).encode()).model == "é"


@pytest.mark.parametrize("again", ['"outcome":"success"', '"model":"m"', '"metadata":{"a":1,"a":1}'])
def test_a_member_that_is_there_twice_is_seen(again: str) -> None:
    body = json.dumps(EVENT | {"model": "m"})[:-1] + f",{again}}}"
    with pytest.raises(ApiError) as refused:
        event_in(body.encode())
    assert "there twice" in str(refused.value.body)
