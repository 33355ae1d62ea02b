"""A copy of some history, in memory: commands work on it as on the log, and nothing of it is ever stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import StoredEvent

from adapters.postgres.logs import MAPPER
from adapters.postgres.mapper import PlainJSONMapper
from domain.agency import Agency
from domain.fact import Fact
from domain.what_if.told import BEYOND


class RememberingMapper(PlainJSONMapper):
    """Each fact is decoded once, however often its aggregate is loaded."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known: dict[tuple[UUID | str, int], DomainEventProtocol[UUID]] = {}

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        place = stored_event.originator_id, stored_event.originator_version
        if place not in self.known:
            self.known[place] = super().to_domain_event(stored_event)
        return self.known[place]


class InMemory:
    """The agency log as a copy that ends at some fact; later positions are its own."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.agency = Agency(
            env={
                "MAPPER_TOPIC": f"{__name__}:{RememberingMapper.__name__}",
                "AGGREGATE_CACHE_MAXSIZE": "0",  # all of them: a history is told fact by fact
            }
        )
        facts = list(facts)
        agency = [fact for fact in facts if fact.log == Agency.name]
        mapper = self.agency.mapper
        assert isinstance(mapper, RememberingMapper)
        mapper.known.update({(fact.stream, fact.version): fact.event for fact in agency})
        self.agency.recorder.insert_events([_stored(fact) for fact in agency])
        self.taken = len(agency)
        self.position = BEYOND

    def recorded(self) -> list[Fact]:
        """What commands have recorded since this was last asked; one append of the copy."""
        found = self.agency.recorder.select_notifications(self.taken + 1, 10_000)
        self.taken += len(found)
        append = self.position + 1
        facts = []
        for stored in found:
            self.position += 1
            facts.append(
                Fact(
                    log=Agency.name,
                    position=self.position,
                    append=append,
                    stream=stored.originator_id,  # type: ignore[arg-type]  # ours are all UUIDs
                    version=stored.originator_version,
                    topic=stored.topic,
                    state=stored.state,
                    event=self.agency.mapper.to_domain_event(stored),
                )
            )
        return facts

    def noted(self, event: Any, like: Fact) -> Fact:
        """A fact as it would have been stored, in the place of one that was."""
        stored = MAPPER.to_stored_event(event)
        return replace(like, event=event, topic=stored.topic, state=stored.state)


def _stored(fact: Fact) -> StoredEvent:
    return StoredEvent(
        originator_id=fact.stream, originator_version=fact.version, topic=fact.topic, state=fact.state
    )
