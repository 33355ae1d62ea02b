"""Logs without a database, which remember what was appended."""

from __future__ import annotations

from typing import Any

from domain.agency import Agency
from domain.fact import Fact
from domain.metering import Metering


class Remembered:
    """Keeps each append as facts, as the log would hold them."""

    name: str
    mapper: Any

    def __init__(self) -> None:
        super().__init__(
            env={
                "PERSISTENCE_MODULE": "eventsourcing.popo",
                "MAPPER_TOPIC": "adapters.postgres.mapper:PlainJSONMapper",
            }
        )
        self.facts: list[Fact] = []

    def save(self, *objs: Any, **kwargs: Any) -> list[Any]:
        recordings: list[Any] = super().save(*objs, **kwargs)  # type: ignore[misc]
        for recording in recordings:
            event = recording.domain_event
            stored = self.mapper.to_stored_event(event)
            self.facts.append(
                Fact(
                    log=self.name,
                    position=recording.notification.id,
                    append=recordings[0].notification.id,
                    stream=event.originator_id,
                    version=event.originator_version,
                    topic=stored.topic,
                    state=stored.state,
                    event=self.mapper.to_domain_event(stored),
                )
            )
        return recordings


class RememberedAgency(Remembered, Agency):
    name = "agency"


class RememberedMetering(Remembered, Metering):
    name = "metering"
