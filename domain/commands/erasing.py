"""Commands on a person: to erase them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from domain import placement
from domain.because import Because
from domain.commands.loading import Loading
from domain.conflicts import decided_again
from domain.membership import is_last_owner
from domain.person import Person, take_leave
from domain.refusals import Refusal, Refused
from domain.workspace import Workspace


class Erasing(Loading):
    @decided_again
    def erase(self, person_id: UUID, workspace_ids: Iterable[UUID], *, because: Because) -> None:
        """They leave every workspace, those that stand alone and are theirs only are closed, and what is kept
        about them is to be destroyed: all of it or nothing.

        `workspace_ids` are those that they belong to or are invited to. Who was erased already is not
        erased again; a workspace that was overlooked then is left now.
        """
        found = [one for one in map(self.workspace, workspace_ids) if not one.deleted]
        if any(_would_lack_an_owner(one, person_id) for one in found):
            raise Refused(Refusal.LAST_OWNER)
        left = tuple(one.id for one in found if person_id in one.members)
        for workspace in found:
            if placement.is_only_of(workspace, person_id):
                placement.close(workspace, who=self.standings_in(workspace, person_id), because=because)
            else:
                take_leave(workspace, person_id, because=because)
        changed: list[Person | Workspace] = [one for one in found if one.pending_events]
        if not self.is_erased(person_id):
            changed.append(Person.erase(person_id, left, because=because))
        if changed:
            self.save(*changed)

    def owned_alone(self, person_id: UUID, workspace_ids: Iterable[UUID]) -> list[UUID]:
        """Which of these workspaces would be left without an owner, and so stand in the way."""
        found = map(self.workspace, workspace_ids)
        return [one.id for one in found if not one.deleted and _would_lack_an_owner(one, person_id)]

    def closed_with(self, person_id: UUID, workspace_ids: Iterable[UUID]) -> list[UUID]:
        """Which of these workspaces would come to their end with them."""
        found = map(self.workspace, workspace_ids)
        return [one.id for one in found if not one.deleted and placement.is_only_of(one, person_id)]

    def is_erased(self, person_id: UUID) -> bool:
        return person_id in self.repository


def _would_lack_an_owner(workspace: Workspace, person_id: UUID) -> bool:
    """Where nobody is left, nobody needs one."""
    return is_last_owner(workspace, person_id) and not placement.is_only_of(workspace, person_id)
