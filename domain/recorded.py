"""An aggregate of ours records nothing without saying why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

from eventsourcing.domain import Aggregate, CanInitAggregate, CanMutateAggregate

from domain.because import Because


class Recorded(Aggregate):
    """Base of the aggregates: every fact carries actor, cause and story, and its instant.

    Commands that make a file of their own are functions over the aggregate, and record through `record`.
    """

    class Event(Aggregate.Event):
        actor: str
        cause: str
        story: str

    def record(self, fact: type[CanMutateAggregate[UUID]], because: Because, **fields: Any) -> None:
        self.trigger_event(
            fact,
            timestamp=because.at,
            actor=because.actor,
            cause=because.cause,
            story=because.story,
            **fields,
        )

    @classmethod
    def _begin(
        cls, fact: type[CanInitAggregate[UUID]], stream: UUID, because: Because, **fields: Any
    ) -> Self:
        return cls._create(
            fact,
            id=stream,
            timestamp=because.at,
            actor=because.actor,
            cause=because.cause,
            story=because.story,
            **fields,
        )


def fold(aggregate: Any, facts: Iterable[Any]) -> Any:
    """Fold facts into an aggregate.

    The library's own function checks each fact with isinstance against a protocol, which takes
    nearly half of the time of a long fold.
    """
    for fact in facts:
        aggregate = fact.mutate(aggregate)
    return aggregate
