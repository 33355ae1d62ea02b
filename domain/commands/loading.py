"""How a command comes by the aggregates it decides on."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError, Application

from domain.action import Action
from domain.customer import Customer, CustomerStatus
from domain.deployment import Deployment
from domain.ids import stream_of_actions, stream_of_customer, stream_of_deployments, stream_of_notice
from domain.notice import StripeNotice
from domain.permissions import Standing, standings
from domain.recorded import Recorded, fold
from domain.refusals import Unknown
from domain.tree import Tree
from domain.workspace import Workspace

A = TypeVar("A", bound=Recorded)


class Stored(Application[UUID]):
    def fact(self, stream: UUID, version: int) -> Any:
        """One event of a stream."""
        for event in self.events.get(stream, gt=version - 1, lte=version):
            return event
        raise Unknown(f"{stream}/{version}")

    def _load(self, kind: type[A], stream: UUID, version: int | None = None) -> A:
        try:
            found: A = self.repository.get(stream, version=version, projector_func=fold)
        except AggregateNotFoundError:
            raise Unknown(f"{kind.__name__} {stream}") from None
        if not isinstance(found, kind):
            raise Unknown(f"{kind.__name__} {stream}")
        return found

    def _load_or_none(self, kind: type[A], stream: UUID) -> A | None:
        with suppress(Unknown):
            return self._load(kind, stream)
        return None


class Loading(Stored):
    """Aggregates by id, as they are or as they were at a version; `Unknown` if there is none."""

    def tree(self, tree_id: UUID, version: int | None = None) -> Tree:
        return self._load(Tree, tree_id, version)

    def workspace(self, workspace_id: UUID, version: int | None = None) -> Workspace:
        return self._load(Workspace, workspace_id, version)

    def customer(self, customer_id: UUID) -> Customer:
        return self._load(Customer, customer_id)

    def customers_had(self, workspace_id: UUID) -> int:
        """How many customers a workspace has ever had."""
        return next(n for n in count() if stream_of_customer(workspace_id, n + 1) not in self.repository)

    def customer_of(self, workspace_id: UUID) -> Customer | None:
        """The newest one of a workspace, whatever became of them."""
        number = self.customers_had(workspace_id)
        return self.customer(stream_of_customer(workspace_id, number)) if number else None

    def keeps_off(self, workspace: Workspace) -> bool:
        """Whether what a suspension has switched off stays so: not for a customer who was closed since, and
        not once the workspace has left the agency that had suspended them."""
        there = self.customer_of(workspace.id)
        return there is None or (there.status is CustomerStatus.SUSPENDED and there.is_of(workspace))

    def notice(self, notice_id: str) -> StripeNotice:
        return self._load(StripeNotice, stream_of_notice(notice_id))

    def actions_in(self, workspace_id: UUID) -> Action | None:
        """The actions of a workspace; None if it never had one."""
        return self._load_or_none(Action, stream_of_actions(workspace_id))

    def standings_in(self, workspace: Workspace, person_id: UUID) -> frozenset[Standing]:
        in_anchor = None
        if workspace.parent_id is not None:
            in_anchor = self.workspace(workspace.parent_id).members.get(person_id)
        return standings(
            here=workspace.members.get(person_id),
            in_anchor=in_anchor,
            is_child=workspace.parent_id is not None,
        )

    def deployments_in(self, workspace_id: UUID) -> Deployment | None:
        """The widgets of a workspace; None if it never had one."""
        return self._load_or_none(Deployment, stream_of_deployments(workspace_id))

    def is_suspended(self, workspace: Workspace) -> bool:
        """Whether its customer is, for as long as it is of the agency that has suspended them."""
        return self.customer_of(workspace.id) is not None and self.keeps_off(workspace)
