"""A person, of whom the log knows one thing only: that they were erased."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from domain import membership
from domain.because import Because
from domain.recorded import Recorded
from domain.workspace import Workspace


class Person(Recorded):
    """Its stream has the person's own id, so that two who erase them at once make one fact."""

    # State.

    def __init__(self, person_id: UUID, workspace_ids: tuple[UUID, ...]) -> None:
        self.person_id = person_id
        self.workspace_ids = workspace_ids

    # Facts. Their names and fields are for ever.

    class Event(Recorded.Event):
        pass

    class Erased(Event, Recorded.Created):
        """What is kept about them is destroyed because of it; what they did stays, under their id."""

        person_id: UUID
        workspace_ids: tuple[UUID, ...]  # those that they left with it

    @classmethod
    def erase(cls, person_id: UUID, workspace_ids: tuple[UUID, ...], *, because: Because) -> Self:
        return cls._begin(
            cls.Erased, person_id, because, person_id=person_id, workspace_ids=tuple(workspace_ids)
        )


def take_leave(workspace: Workspace, person_id: UUID, *, because: Because) -> None:
    """End what ties them to a workspace: the membership, or the invitations that are open."""
    if person_id in workspace.members:
        membership.remove_member(workspace, person_id, leaving=True, who=frozenset(), because=because)
        return
    for invitation_id, one in list(workspace.invitations.items()):
        if one.person_id == person_id:
            workspace.note(
                workspace.InvitationRevoked, because, invitation_id=invitation_id, person_id=person_id
            )
