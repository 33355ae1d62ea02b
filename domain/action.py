"""Actions: what is asked of a client's own servers before, during and after a call?

The actions of a workspace are one stream, so that two people who add one at once never go above its limit.
Where they lead and what they send lies in the vault: an address and a header may hold a secret.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from eventsourcing.domain import CanMutateAggregate

from domain.because import Because
from domain.ids import stream_of_actions
from domain.plans import PLANS
from domain.recorded import Recorded
from domain.refusals import Refusal, Refused, Unknown
from domain.workspace import Workspace

TIMEOUT_SECONDS_MAX = 30
HEADERS_MAX = 20
HEADER_NAME_MAX = 100  # characters
HEADER_VALUE_MAX = 2_000
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Phase(StrEnum):
    PRE_FETCH = "pre_fetch"  # before the first word
    LIVE = "live"
    POST_CALL = "post_call"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an action is, without whether it is on and in which place."""

    name_digest: str
    phase: Phase
    method: str
    url_digest: str
    headers_digest: str | None  # of names and values together
    timeout_seconds: int

    @classmethod
    def said_by(cls, fact: Any) -> Asked:
        said = {name: getattr(fact, name) for name in cls.__dataclass_fields__}
        return cls(**said | {"phase": Phase(fact.phase)})


@dataclass(frozen=True, kw_only=True)
class Step:
    asked: Asked
    position: int  # among those of its phase; a smaller one comes first
    enabled: bool = True


class Action(Recorded):
    # State.

    def __init__(self, workspace_id: UUID, tree_id: UUID | None) -> None:
        self.workspace_id = workspace_id
        self.steps: dict[UUID, Step] = {}  # those that are there
        self.made: dict[UUID, Asked] = {}  # every one there ever was, as it was made

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        workspace_id: UUID
        tree_id: UUID | None  # that the workspace was part of then

    class Begun(Event, Recorded.Created):
        """Recorded with the first action of a workspace."""

    class Created(Event):
        action_id: UUID
        name_digest: str
        phase: Phase
        method: str
        url_digest: str
        headers_digest: str | None
        timeout_seconds: int
        position: int

        def apply(self, action: Action) -> None:
            asked = action.made[self.action_id] = Asked.said_by(self)
            action.steps[self.action_id] = Step(asked=asked, position=self.position)

    class Changed(Event):
        action_id: UUID
        name_digest: str
        phase: Phase
        method: str
        url_digest: str
        headers_digest: str | None
        timeout_seconds: int
        position: int

        def apply(self, action: Action) -> None:
            action._put(self.action_id, asked=Asked.said_by(self), position=self.position)

    class Ordered(Event):
        """All of a phase, from the first to the last."""

        phase: Phase
        action_ids: tuple[UUID, ...]

        def apply(self, action: Action) -> None:
            for position, action_id in enumerate(self.action_ids, start=1):
                action._put(action_id, position=position)

    class Enabled(Event):
        action_id: UUID

        def apply(self, action: Action) -> None:
            action._put(self.action_id, enabled=True)

    class Disabled(Event):
        action_id: UUID

        def apply(self, action: Action) -> None:
            action._put(self.action_id, enabled=False)

    class Deleted(Event):
        action_id: UUID

        def apply(self, action: Action) -> None:
            del action.steps[self.action_id]

    # Commands. Each one decides, and records at most one fact.

    @classmethod
    def begin(cls, workspace: Workspace, *, because: Because) -> Self:
        return cls._begin(
            cls.Begun,
            stream_of_actions(workspace.id),
            because,
            workspace_id=workspace.id,
            tree_id=workspace.tree_id,
        )

    def create(self, workspace: Workspace, action_id: UUID, asked: Asked, *, because: Because) -> None:
        """Enabled at once, and the last of its phase; the same action asked for twice is one."""
        if action_id in self.made:
            return
        if refusal := self.why_not_create(workspace):
            raise Refused(refusal)
        place = {"position": self._last(asked.phase) + 1}
        self._note(self.Created, workspace, because, action_id=action_id, **asdict(asked), **place)

    def change(self, workspace: Workspace, action_id: UUID, asked: Asked, *, because: Because) -> None:
        step = self.step(action_id)
        if asked == step.asked:
            return
        stays = asked.phase is step.asked.phase
        place = {"position": step.position if stays else self._last(asked.phase) + 1}
        self._note(self.Changed, workspace, because, action_id=action_id, **asdict(asked), **place)

    def move(self, workspace: Workspace, action_id: UUID, *, up: bool, because: Because) -> None:
        """Past its neighbour; nothing if it is the first or the last already."""
        phase = self.step(action_id).asked.phase
        order = [one for one, _ in self.in_phase(phase)]
        here = order.index(action_id)
        there = here - 1 if up else here + 1
        if not 0 <= there < len(order):
            return
        order[here], order[there] = order[there], order[here]
        self._note(self.Ordered, workspace, because, phase=phase, action_ids=tuple(order))

    def enable(self, workspace: Workspace, action_id: UUID, *, because: Because) -> None:
        if not self.step(action_id).enabled:
            self._note(self.Enabled, workspace, because, action_id=action_id)

    def disable(self, workspace: Workspace, action_id: UUID, *, because: Because) -> None:
        if self.step(action_id).enabled:
            self._note(self.Disabled, workspace, because, action_id=action_id)

    def delete(self, workspace: Workspace, action_id: UUID, *, because: Because) -> None:
        if action_id in self.steps or action_id not in self.made:
            self.step(action_id)
            self._note(self.Deleted, workspace, because, action_id=action_id)

    # Rules. Questions about the present, with no effect on it.

    def step(self, action_id: UUID) -> Step:
        found = self.steps.get(action_id)
        if found is None:
            raise Unknown(f"Action {action_id}")
        return found

    def in_phase(self, phase: Phase) -> Iterator[tuple[UUID, Step]]:
        """In the order in which they are carried out."""
        found = [(one, step) for one, step in self.steps.items() if step.asked.phase is phase]
        return iter(sorted(found, key=lambda each: each[1].position))

    def why_not_create(self, workspace: Workspace) -> Refusal | None:
        is_full = len(self.steps) >= PLANS[workspace.plan].limits.actions_max
        return Refusal.LIMIT_REACHED if is_full else None

    def _last(self, phase: Phase) -> int:
        return max((step.position for _, step in self.in_phase(phase)), default=0)

    def _note(
        self, fact: type[CanMutateAggregate[UUID]], workspace: Workspace, because: Because, **fields: Any
    ) -> None:
        self.record(fact, because, workspace_id=workspace.id, tree_id=workspace.tree_id, **fields)

    def _put(self, action_id: UUID, **changes: Any) -> None:
        self.steps[action_id] = replace(self.steps[action_id], **changes)
