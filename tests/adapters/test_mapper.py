"""The stored form: every fact comes back as it went, anyone can read it, and nothing is lost silently."""

from __future__ import annotations

import json
import types
import typing
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

import pytest
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import MapperDeserialisationError, StoredEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.postgres.logs import MAPPER
from domain.facts import FACTS, ORIGINATOR_TOPICS
from domain.tree import Tree
from scripts.docs.catalogue import FactKind, all_fact_kinds
from tests.histories.life import TREE, everything_once

NOT_STORED = {"originator_id", "originator_version", "originator_topic"}
STREAM = UUID(int=7)
KINDS = {kind.name: kind for kind in all_fact_kinds()}
INSTANTS = st.datetimes(timezones=st.just(UTC))


class Parcel(Aggregate):
    """Stands for an aggregate of ours whose fact changed its shape, twice."""

    class Sent(Aggregate.Event):
        weight_grams: int
        carrier: str

        class_version: ClassVar[int] = 3

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            state["weight_grams"] = state.pop("weight_kilograms") * 1_000

        @staticmethod
        def upcast_v2_v3(state: dict[str, Any]) -> None:
            state["carrier"] = "unknown"


@pytest.fixture
def parcels(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if parcels were one of our aggregates."""
    monkeypatch.setitem(FACTS, Parcel.Sent.__qualname__, Parcel.Sent)  # type: ignore[arg-type]


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Anything that a field of this type may hold."""
    arguments = typing.get_args(hint)
    if isinstance(hint, types.UnionType):
        return st.one_of(*map(values_of, arguments))
    if typing.get_origin(hint) is tuple:
        return st.lists(values_of(arguments[0]), max_size=4).map(tuple)
    return INSTANTS if hint is datetime else st.from_type(hint)


def events_of(kind: FactKind) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(kind.event_class)
    names = [name for name in kind.event_class.__dataclass_fields__ if name not in NOT_STORED]
    fields = st.fixed_dictionaries({name: values_of(hints[name]) for name in names})
    aggregate = kind.name.partition(".")[0]
    begins = "originator_topic" in kind.event_class.__dataclass_fields__
    topic = {"originator_topic": ORIGINATOR_TOPICS[aggregate]} if begins else {}
    return fields.map(lambda given: an_event(kind.event_class, **given, **topic))


def an_event(event_class: type, **fields: Any) -> Any:
    event = object.__new__(event_class)
    vars(event).update(fields, originator_id=STREAM, originator_version=3)
    return event


def stored(event_class: type, **state: Any) -> StoredEvent:
    return StoredEvent(
        originator_id=STREAM,
        originator_version=3,
        topic=event_class.__qualname__,
        state=json.dumps(state).encode(),
    )


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_every_fact_comes_back_as_it_went(name, data):
    event = data.draw(events_of(KINDS[name]))

    kept = MAPPER.to_stored_event(event)
    back = MAPPER.to_domain_event(kept)

    assert type(back) is type(event)
    assert vars(back) == vars(event)
    assert MAPPER.to_stored_event(back) == kept


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_the_stored_form_is_plain_json_with_sorted_keys_and_no_wrappers(name, data):
    kept = MAPPER.to_stored_event(data.draw(events_of(KINDS[name])))

    pairs = json.loads(kept.state, object_pairs_hook=lambda given: [key for key, _ in given])

    assert pairs == sorted(pairs)
    assert not {"_type_", "_data_", *NOT_STORED} & set(pairs)
    assert kept.topic == name  # and no path of a module: files may move


def test_anyone_can_read_a_fact_with_psql_alone():
    life = everything_once()

    (claim,) = [fact for fact in life.facts if fact.name == "Overage.Claimed"]

    assert json.loads(claim.state) == {
        "actor": "clock",
        "cause": "tick:overage@2026-01-11T09:01:02Z",
        "cycle_started_at": claim.event.cycle_started_at.isoformat().replace("+00:00", "Z"),
        "events_added": 60_000,
        "events_total": 60_000,
        "identifier": f"ov:{TREE.hex}:20260105T090000:1",
        "metering_position": 85,
        "story": "tick:overage@2026-01-11T09:01:02Z",
        "timestamp": claim.event.timestamp.isoformat().replace("+00:00", "Z"),
        "tree_id": str(TREE),
        "used": 85_000,
    }


GOOD = {
    "actor": "stripe",
    "cause": "notice:1",
    "story": "notice:1",
    "timestamp": "2026-03-01T09:00:00Z",
    "subscription_id": "sub_1",
    "ends_at": "2026-04-01T09:00:00Z",
}


def test_a_good_one_is_read():
    event: Any = MAPPER.to_domain_event(stored(Tree.CancellationScheduled, **GOOD))

    assert event.ends_at == datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
    assert event.timestamp.tzinfo is UTC


@pytest.mark.parametrize(
    "state",
    [
        GOOD | {"colour": "red"},
        {name: value for name, value in GOOD.items() if name != "ends_at"},
        {name: value for name, value in GOOD.items() if name != "story"},
        GOOD | {"ends_at": None},
        GOOD | {"ends_at": 7},
        GOOD | {"ends_at": "tomorrow"},
        GOOD | {"subscription_id": 7},
        GOOD | {"class_version": 2},
    ],
    ids=["unknown", "missing", "no story", "null", "a number", "a word", "not a text", "a later version"],
)
def test_a_stored_field_that_is_not_understood_fails_loudly_and_names_the_place(state):
    kept = stored(Tree.CancellationScheduled, **state)

    with pytest.raises(MapperDeserialisationError, match=f"Tree.CancellationScheduled {STREAM}/3"):
        MAPPER.to_domain_event(kept)


@pytest.mark.parametrize("state", [b"", b"{", b"[]", b"null", b"\xff"])
def test_what_is_no_json_object_fails_loudly(state):
    topic = Tree.CancellationScheduled.__qualname__
    kept = StoredEvent(originator_id=STREAM, originator_version=3, topic=topic, state=state)

    with pytest.raises(MapperDeserialisationError):
        MAPPER.to_domain_event(kept)


PARCEL = {"timestamp": "2026-03-01T09:00:00Z"}


@pytest.mark.parametrize(
    ("state", "weight_grams", "carrier"),
    [
        ({"weight_kilograms": 2}, 2_000, "unknown"),
        ({"weight_grams": 2_500, "class_version": 2}, 2_500, "unknown"),
        ({"weight_grams": 2_500, "carrier": "post", "class_version": 3}, 2_500, "post"),
    ],
    ids=["version 1", "version 2", "version 3"],
)
def test_a_fact_of_an_older_shape_is_read_in_todays(parcels, state, weight_grams, carrier):
    event: Any = MAPPER.to_domain_event(stored(Parcel.Sent, **PARCEL | state))

    assert (event.weight_grams, event.carrier) == (weight_grams, carrier)
    assert "class_version" not in vars(event)


def test_a_fact_of_a_later_shape_says_which_it_is(parcels):
    event = an_event(Parcel.Sent, weight_grams=1, carrier="post", timestamp=datetime(2026, 3, 1, tzinfo=UTC))

    kept = MAPPER.to_stored_event(event)

    assert json.loads(kept.state)["class_version"] == 3
    assert vars(MAPPER.to_domain_event(kept)) == vars(event)


@pytest.mark.parametrize(
    "topic", ["Tree.Felled", "Parcel.Sent", "domain.tree:Tree.Founded", "Tree", "Tree.Event", ""]
)
def test_a_fact_that_is_not_registered_fails_loudly_and_names_the_place(topic):
    kept = StoredEvent(originator_id=STREAM, originator_version=1, topic=topic, state=b"{}")

    with pytest.raises(MapperDeserialisationError, match=f"{topic} {STREAM}/1"):
        MAPPER.to_domain_event(kept)


def test_what_begins_a_stream_knows_its_aggregate_without_storing_its_place():
    life = everything_once()

    first = {fact.topic: fact for fact in life.facts if fact.version == 1}

    assert set(first) == {
        "Workspace.Opened", "Tree.Founded", "StripeNotice.Received", "Invoice.Opened", "Overage.Begun",
        "Reconciliation.Begun", "QuotaNotice.Raised", "Person.Erased", "SupportLook.Begun",
        "MailDomain.Claimed", "Export.Asked", "Customer.Added", "KnowledgeBase.Made",
        "PhoneNumber.Bought", "Holdings.Begun",
        "Agent.Created",
        "Deployment.Begun", "Action.Begun", "Template.Begun",
        "BudgetNotice.Raised",
    }  # fmt: skip
    for topic, fact in first.items():
        assert fact.event.originator_topic == ORIGINATOR_TOPICS[topic.partition(".")[0]]
        assert b"originator_topic" not in fact.state
        assert b"domain." not in fact.state
