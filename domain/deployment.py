"""Deployments: on whose pages does an agent of a workspace meet people, as a widget?

The widgets of a workspace are one stream, so that two people who deploy at once never go above its limit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Self
from uuid import UUID

from eventsourcing.domain import CanMutateAggregate

from domain.because import Because
from domain.ids import stream_of_deployments
from domain.plans import PLANS
from domain.recorded import Recorded
from domain.refusals import Refusal, Refused, Unknown
from domain.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Widget:
    agent_id: UUID
    name_digest: str
    allowed_origins: tuple[str, ...]
    enabled: bool = True
    by_suspension: bool = False  # it is off for as long as the customer is suspended


class Deployment(Recorded):
    # State.

    def __init__(self, workspace_id: UUID, tree_id: UUID | None) -> None:
        self.workspace_id = workspace_id
        self.widgets: dict[UUID, Widget] = {}  # those that are there, in the order in which they came
        self.made: dict[UUID, Widget] = {}  # every one there ever was, as it was made

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        workspace_id: UUID
        tree_id: UUID | None  # that the workspace was part of then

    class Begun(Event, Recorded.Created):
        """Recorded with the first widget of a workspace."""

    class Created(Event):
        deployment_id: UUID
        agent_id: UUID
        name_digest: str
        allowed_origins: tuple[str, ...]

        def apply(self, deployment: Deployment) -> None:
            made = Widget(
                agent_id=self.agent_id,
                name_digest=self.name_digest,
                allowed_origins=tuple(self.allowed_origins),
            )
            deployment.made[self.deployment_id] = deployment.widgets[self.deployment_id] = made

    class Renamed(Event):
        deployment_id: UUID
        name_digest: str

        def apply(self, deployment: Deployment) -> None:
            deployment._put(self.deployment_id, name_digest=self.name_digest)

    class OriginsSet(Event):
        deployment_id: UUID
        allowed_origins: tuple[str, ...]

        def apply(self, deployment: Deployment) -> None:
            deployment._put(self.deployment_id, allowed_origins=tuple(self.allowed_origins))

    class Enabled(Event):
        deployment_id: UUID
        by_suspension: bool  # because that has ended

        def apply(self, deployment: Deployment) -> None:
            deployment._put(self.deployment_id, enabled=True, by_suspension=False)

    class Disabled(Event):
        deployment_id: UUID
        by_suspension: bool

        def apply(self, deployment: Deployment) -> None:
            deployment._put(self.deployment_id, enabled=False, by_suspension=self.by_suspension)

    class Removed(Event):
        deployment_id: UUID

        def apply(self, deployment: Deployment) -> None:
            del deployment.widgets[self.deployment_id]

    # Commands. Each one decides, and records at most one fact of each widget.

    @classmethod
    def begin(cls, workspace: Workspace, *, because: Because) -> Self:
        return cls._begin(
            cls.Begun,
            stream_of_deployments(workspace.id),
            because,
            workspace_id=workspace.id,
            tree_id=workspace.tree_id,
        )

    def create(
        self,
        workspace: Workspace,
        deployment_id: UUID,
        *,
        agent_id: UUID,
        name_digest: str,
        allowed_origins: tuple[str, ...],
        because: Because,
    ) -> None:
        """Enabled at once; the same widget asked for twice is one."""
        if deployment_id in self.made:
            return
        if refusal := self.why_not_create(workspace):
            raise Refused(refusal)
        self._note(
            self.Created,
            workspace,
            because,
            deployment_id=deployment_id,
            agent_id=agent_id,
            name_digest=name_digest,
            allowed_origins=allowed_origins,
        )

    def change(
        self,
        workspace: Workspace,
        deployment_id: UUID,
        *,
        name_digest: str,
        allowed_origins: tuple[str, ...],
        because: Because,
    ) -> None:
        widget = self.widget(deployment_id)
        known = {"deployment_id": deployment_id}
        if name_digest != widget.name_digest:
            self._note(self.Renamed, workspace, because, name_digest=name_digest, **known)
        if allowed_origins != widget.allowed_origins:
            self._note(self.OriginsSet, workspace, because, allowed_origins=allowed_origins, **known)

    def enable(
        self, workspace: Workspace, deployment_id: UUID, *, kept_off: bool = True, because: Because
    ) -> None:
        """Not while the customer is suspended: who resumes them enables what that has turned off."""
        widget = self.widget(deployment_id)
        if widget.by_suspension and kept_off:
            raise Refused(Refusal.CUSTOMER_SUSPENDED)
        if not widget.enabled:
            self._switch(self.Enabled, workspace, [deployment_id], because, by_suspension=False)

    def disable(self, workspace: Workspace, deployment_id: UUID, *, because: Because) -> None:
        """Also one that only a suspension has turned off: it stays off after that."""
        widget = self.widget(deployment_id)
        if widget.enabled or widget.by_suspension:
            self._switch(self.Disabled, workspace, [deployment_id], because, by_suspension=False)

    def remove(self, workspace: Workspace, deployment_id: UUID, *, because: Because) -> None:
        if deployment_id in self.widgets or deployment_id not in self.made:
            self.widget(deployment_id)
            self._note(self.Removed, workspace, because, deployment_id=deployment_id)

    def suspend(self, workspace: Workspace, *, because: Because) -> tuple[UUID, ...]:
        """Turn off what is on, and say what that was."""
        on = tuple(one for one, widget in self.widgets.items() if widget.enabled)
        self._switch(self.Disabled, workspace, on, because, by_suspension=True)
        return on

    def resume(self, workspace: Workspace, *, because: Because) -> tuple[UUID, ...]:
        """Turn on what a suspension has turned off, and nothing else."""
        off = tuple(one for one, widget in self.widgets.items() if widget.by_suspension)
        self._switch(self.Enabled, workspace, off, because, by_suspension=True)
        return off

    # Rules. Questions about the present, with no effect on it.

    def widget(self, deployment_id: UUID) -> Widget:
        found = self.widgets.get(deployment_id)
        if found is None:
            raise Unknown(f"Deployment {deployment_id}")
        return found

    def why_not_create(self, workspace: Workspace) -> Refusal | None:
        is_full = len(self.widgets) >= PLANS[workspace.plan].limits.deployments_max
        return Refusal.LIMIT_REACHED if is_full else None

    def _switch(
        self,
        fact: type[CanMutateAggregate[UUID]],
        workspace: Workspace,
        deployment_ids: Iterable[UUID],
        because: Because,
        *,
        by_suspension: bool,
    ) -> None:
        for one in deployment_ids:
            self._note(fact, workspace, because, deployment_id=one, by_suspension=by_suspension)

    def _note(
        self, fact: type[CanMutateAggregate[UUID]], workspace: Workspace, because: Because, **fields: Any
    ) -> None:
        self.record(fact, because, workspace_id=workspace.id, tree_id=workspace.tree_id, **fields)

    def _put(self, deployment_id: UUID, **changes: Any) -> None:
        self.widgets[deployment_id] = replace(self.widgets[deployment_id], **changes)
