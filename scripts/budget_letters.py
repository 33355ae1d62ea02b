"""What is mailed because a client's budget is partly or wholly used, to its agency and to itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from adapters.postgres.outbox import Entry
from domain.budget import BudgetNotice
from domain.permissions import Role
from domain.visibility import Area, Level
from domain.workspace import Workspace
from projections.history import wording
from scripts.letters import Letters

BUDGET = """\
{used} of the {limit} of the budget of "{workspace}" are used ({percent} % or more) in the cycle that
ends {ends_at:%d %b %Y, %H:%M} UTC.

{what_follows}

{link}
"""
SUBJECT = "{percent} % of the budget of {workspace} is used"


class BudgetLetters:
    def __init__(self, letters: Letters) -> None:
        self.letters = letters
        self.agency = letters.agency

    def to_agency(self, entry: Entry) -> None:
        """Errand: for who leads the agency."""
        told, child = self._told(entry)
        if child is not None and child.parent_id is not None:
            leading = _owners_and_admins(self.agency.workspace(child.parent_id))
            self._tell(entry, told, child, leading, f"{child.parent_id}/budgets", leads=True)

    def to_client(self, entry: Entry) -> None:
        """Errand: for the client's own owners and admins, unless the agency hides its numbers from them."""
        told, child = self._told(entry)
        if child is None or child.parent_id is None:
            return
        leading = _owners_and_admins(self.agency.workspace(child.parent_id))
        clients = [one for one in _owners_and_admins(child) if one not in leading]
        if child.visibility.reaches(Area.DASHBOARD, Level.VIEW):
            self._tell(entry, told, child, clients, f"{child.id}/credits-used", leads=False)

    def _told(self, entry: Entry) -> tuple[Any, Workspace | None]:
        """None where there is nobody to tell any more."""
        told = self.agency.fact(entry.stream, entry.version)
        child = self.agency.workspace(told.workspace_id)
        is_over = told.cycle_ends_at <= self.letters.clock()
        return told, None if is_over or child.deleted or child.tree_id != told.tree_id else child

    def _tell(
        self, entry: Entry, told: Any, child: Workspace, people: Sequence[UUID], path: str, *, leads: bool
    ) -> None:
        name = self.letters.vault.text(child.id, child.name_digest)
        subject = SUBJECT.format(percent=told.percent, workspace=name)
        text = _text(told, name, f"{self.letters.url}/w/{path}", leads=leads)
        self.letters.to_each(people, f"budget-{entry.stream}-{entry.version}", subject, text)


def _owners_and_admins(workspace: Workspace) -> list[UUID]:
    return [one for one, role in workspace.members.items() if role in (Role.OWNER, Role.ADMIN)]


def _text(told: BudgetNotice.Raised, workspace: str, link: str, *, leads: bool) -> str:
    """To the client not a word of what the agency has or spends."""
    if not told.stops:
        follows = "Calls go on: it is only told."
    elif told.percent < 100:
        follows = "Once all of it is used, no new call begins until the cycle ends."
    else:
        follows = "No new call begins until the cycle ends."
    if told.stops:
        follows += " You can raise it." if leads else " Your agency can raise it."
    return BUDGET.format(
        used=wording.micros(told.used_micros),
        limit=wording.micros(told.limit_micros),
        workspace=workspace,
        percent=told.percent,
        ends_at=told.cycle_ends_at,
        what_follows=follows,
        link=link,
    )
