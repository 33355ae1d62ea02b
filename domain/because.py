"""Why a fact was recorded. No event is written without one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Because:
    """The answer to "who, through what, since when" that every fact carries.

    actor: ``person:UUID``, ``key:ID``, ``stripe``, ``clock``, ``staff:ID`` or ``operator``.
    cause: what led here: ``request:ID``, ``notice:EVT``, ``fact:STREAM/VERSION``, ``tick:JOB@INSTANT``,
        ``command:ID``.
    story: what began it all, in the form of a cause; shared by everything that followed.
    at: an aware instant in UTC, from the injected clock.
    """

    actor: str
    cause: str
    story: str
    at: datetime

    def __post_init__(self) -> None:
        assert self.at.tzinfo is UTC, "instants of facts are in UTC"
        assert all((self.actor, self.cause, self.story))

    @classmethod
    def of_tick(cls, job: str, at: datetime) -> Because:
        """The reason of what the clock brings about, whose story begins with it."""
        tick = f"tick:{job}@{at:%Y-%m-%dT%H:%M:%SZ}"
        return cls(actor="clock", cause=tick, story=tick, at=at)

    def following(self, stream: UUID, version: int, *, actor: str | None = None) -> Because:
        """The reason of a fact that another fact brought about, within the same story."""
        return replace(self, cause=f"fact:{stream}/{version}", actor=actor or self.actor)
