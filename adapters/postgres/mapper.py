"""The stored form of a fact: plain JSON with sorted keys, which anyone can read with `psql` alone.

It is chosen once, because facts are for ever. Ids and instants are strings, money is integers, nothing
is wrapped. It is read back typed, by the annotations of the event class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any, get_type_hints
from uuid import UUID

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, MapperDeserialisationError, StoredEvent

from domain.facts import FACTS, ORIGINATOR_TOPICS
from domain.recorded import Recorded

# Columns of their own, and what the name of the fact says already.
NOT_STORED = frozenset({"originator_id", "originator_version", "originator_topic"})

Reader = Callable[[bytes], msgspec.Struct]


class PlainJSONMapper(Mapper[UUID]):
    """Between events and their stored form; `class_version` and upcasts as the library has them."""

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        fields = {name: value for name, value in vars(domain_event).items() if name not in NOT_STORED}
        class_version = getattr(type(domain_event), "class_version", 1)
        if class_version > 1:
            fields["class_version"] = class_version
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=type(domain_event).__qualname__,
            state=msgspec.json.encode(fields, order="sorted"),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        try:
            event_class = FACTS[stored_event.topic]
            fields = _decode(event_class, stored_event.state)
        except Exception as error:
            place = f"{stored_event.originator_id}/{stored_event.originator_version}"
            raise MapperDeserialisationError(f"{stored_event.topic} {place}: {error!r}") from error
        fields["originator_id"] = stored_event.originator_id
        fields["originator_version"] = stored_event.originator_version
        if issubclass(event_class, Recorded.Created):
            fields["originator_topic"] = ORIGINATOR_TOPICS[stored_event.topic.partition(".")[0]]
        event: DomainEventProtocol[UUID] = object.__new__(event_class)
        object.__setattr__(event, "__dict__", fields)
        return event


def _decode(event_class: type, state: bytes) -> dict[str, Any]:
    return msgspec.structs.asdict(read(event_class, state))


def read(event_class: type, state: bytes) -> msgspec.Struct:
    """What a fact says, in the shape that its class has now."""
    if getattr(event_class, "class_version", 1) == 1:
        return _decoder(event_class).decode(state)
    fields = msgspec.json.decode(state)
    version = fields.pop("class_version", 1)
    while version < event_class.class_version:  # type: ignore[attr-defined]
        getattr(event_class, f"upcast_v{version}_v{version + 1}")(fields)
        version += 1
    return msgspec.convert(fields, shape_of(event_class))


@cache
def reader(topic: str, only: frozenset[str] | None = None) -> Reader:
    """What decodes facts of a kind, for who reads many of them: all fields, or only some."""
    event_class = FACTS[topic]
    if getattr(event_class, "class_version", 1) > 1:
        return partial(read, event_class)
    if only is None:
        return _decoder(event_class).decode
    return msgspec.json.Decoder(_shape(event_class, only)).decode


@cache
def _decoder(event_class: type) -> msgspec.json.Decoder[msgspec.Struct]:
    return msgspec.json.Decoder(shape_of(event_class))


@cache
def shape_of(event_class: type) -> type[msgspec.Struct]:
    """The fields that are stored of a fact, typed as its class has them."""
    names = event_class.__dataclass_fields__  # type: ignore[attr-defined]
    return _shape(event_class, [name for name in names if name not in NOT_STORED], no_others=True)


def _shape(event_class: type, names: Iterable[str], *, no_others: bool = False) -> type[msgspec.Struct]:
    hints = get_type_hints(event_class)
    fields = [(name, hints[name]) for name in names]
    return msgspec.defstruct(event_class.__name__, fields, forbid_unknown_fields=no_others, kw_only=True)
