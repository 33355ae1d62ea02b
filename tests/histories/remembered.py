"""An agency without a database, which remembers what was appended."""

from __future__ import annotations

from typing import Any

from domain.agency import Agency
from domain.fact import Fact


class RememberedAgency(Agency):
    """Keeps each append as facts, as the log would hold them."""

    def __init__(self) -> None:
        super().__init__(
            env={
                "PERSISTENCE_MODULE": "eventsourcing.popo",
                "MAPPER_TOPIC": "adapters.postgres.mapper:PlainJSONMapper",
            }
        )
        self.facts: list[Fact] = []

    def save(self, *objs: Any, **kwargs: Any) -> list[Any]:
        recordings = super().save(*objs, **kwargs)
        for recording in recordings:
            event = recording.domain_event
            stored = self.mapper.to_stored_event(event)
            self.facts.append(
                Fact(
                    log="agency",
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
