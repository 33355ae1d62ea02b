"""How a command comes by the aggregates it decides on."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError, Application

from domain.ids import stream_of_notice
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


class Loading(Stored):
    """Aggregates by id, as they are or as they were at a version; `Unknown` if there is none."""

    def tree(self, tree_id: UUID, version: int | None = None) -> Tree:
        return self._load(Tree, tree_id, version)

    def workspace(self, workspace_id: UUID, version: int | None = None) -> Workspace:
        return self._load(Workspace, workspace_id, version)

    def notice(self, notice_id: str) -> StripeNotice:
        return self._load(StripeNotice, stream_of_notice(notice_id))

    def standings_in(self, workspace: Workspace, person_id: UUID) -> frozenset[Standing]:
        in_anchor = None
        if workspace.parent_id is not None:
            in_anchor = self.workspace(workspace.parent_id).members.get(person_id)
        return standings(
            here=workspace.members.get(person_id),
            in_anchor=in_anchor,
            is_child=workspace.parent_id is not None,
        )

    def _load(self, kind: type[A], stream: UUID, version: int | None = None) -> A:
        try:
            found: A = self.repository.get(stream, version=version, projector_func=fold)
        except AggregateNotFoundError:
            raise Unknown(f"{kind.__name__} {stream}") from None
        if not isinstance(found, kind):
            raise Unknown(f"{kind.__name__} {stream}")
        return found
