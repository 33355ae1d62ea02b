"""Commands on workspaces as places: signing up, founding a tree, children, names."""

from __future__ import annotations

from uuid import UUID

from domain import membership, placement, visibility
from domain.because import Because
from domain.commands.templating import Templating
from domain.conflicts import decided_again
from domain.permissions import Permission, Role, may
from domain.plans import FREE, PLANS
from domain.refusals import Refusal, Refused, first
from domain.savings import HOURLY_RATE_CENTS_MAX
from domain.template import FromTemplate
from domain.tree import Tree
from domain.workspace import Workspace


class Places(Templating):
    @decided_again
    def sign_up(
        self, workspace_id: UUID, person_id: UUID, name_digest: str, *, because: Because
    ) -> Workspace:
        """Open a Free workspace that stands alone, owned by the person who signs up; once for an id."""
        if workspace_id in self.repository:
            return self.workspace(workspace_id)
        workspace = Workspace.open(
            workspace_id, name_digest=name_digest, owner_id=person_id, plan=FREE.name, because=because
        )
        self.save(workspace)
        return workspace

    @decided_again
    def choose_plan(
        self, workspace_id: UUID, person_id: UUID, plan: str, tree_id: UUID, *, because: Because
    ) -> Tree:
        """Found the tree that begins once its checkout is paid; the one that already waits is kept."""
        workspace = self.workspace(workspace_id)
        assert PLANS[plan].is_sold, "only what is sold can be chosen"
        if refusal := self._why_not_choose_plan(workspace, person_id):
            raise Refused(refusal)
        if workspace.awaiting_tree_id is not None:
            waiting = self.tree(workspace.awaiting_tree_id)
            if waiting.plan == plan:
                return waiting
        for replaced_id in workspace.replaced_tree_ids:
            replaced = self.tree(replaced_id)
            if replaced.plan == plan:  # and so there is one for each plan at most, however often one chooses
                placement.choose_plan(workspace, replaced_id, plan, because=because)
                self.save(workspace)
                return replaced
        tree = Tree.found(tree_id, workspace_id, plan, workspace.customer_id, because=because)
        placement.choose_plan(workspace, tree_id, plan, because=because)
        self.save(tree, workspace)
        return tree

    def _why_not_choose_plan(self, workspace: Workspace, person_id: UUID) -> Refusal | None:
        if workspace.deleted:
            return Refusal.WORKSPACE_DELETED
        if not may(self.standings_in(workspace, person_id), Permission.HANDLE_BILLING):
            return Refusal.ROLE_TOO_LOW
        if workspace.tree_id is not None:
            return Refusal.ALREADY_SUBSCRIBED
        return None

    # Children.

    @decided_again
    def create_child(
        self,
        tree_id: UUID,
        person_id: UUID,
        child_id: UUID,
        name_digest: str,
        *,
        template: FromTemplate | None = None,
        because: Because,
    ) -> Workspace:
        """Open a workspace below the anchor, once for an id; only the anchor's owner and admins may."""
        tree = self.tree(tree_id)
        anchor = self.workspace(tree.anchor_id)
        if not may(self.standings_in(anchor, person_id), Permission.CREATE_CHILD):
            raise Refused(Refusal.ROLE_TOO_LOW)
        if child_id in self.repository:
            return self.workspace(child_id)
        tree.add_child(child_id, because=because)
        child = Workspace.open(
            child_id,
            name_digest=name_digest,
            owner_id=person_id,
            plan=tree.plan,
            tree_id=tree_id,
            parent_id=tree.anchor_id,
            because=because,
        )
        if tree.visibility_defaults is not None:
            visibility.show(child, tree.visibility_defaults, because=because)
        self.save(tree, child, *self.start_from(template, child, because=because))
        return child

    @decided_again
    def adopt(self, tree_id: UUID, person_id: UUID, workspace_id: UUID, *, because: Because) -> None:
        """Bring a workspace that stands alone into a tree, by someone who owns both it and the anchor."""
        tree, workspace = self.tree(tree_id), self.workspace(workspace_id)
        if workspace_id in tree.children:
            return
        if refusal := self.why_not_adopt(tree_id, person_id, workspace_id):
            raise Refused(refusal)
        tree.add_child(workspace_id, because=because)
        placement.adopt(workspace, tree_id, tree.anchor_id, tree.plan, because=because)
        self.save(tree, workspace)

    def why_not_adopt(self, tree_id: UUID, person_id: UUID, workspace_id: UUID) -> Refusal | None:
        tree = self.tree(tree_id)
        if self.workspace(tree.anchor_id).members.get(person_id) is not Role.OWNER:
            return Refusal.NOT_YOURS_TO_ADOPT
        workspace = self.workspace(workspace_id)
        return first(placement.why_not_adopt(workspace, person_id), tree.why_not_add_child())

    @decided_again
    def delete_child(self, workspace_id: UUID, person_id: UUID, *, because: Because) -> None:
        workspace = self.workspace(workspace_id)
        if workspace.deleted:
            return
        tree = self.tree(workspace.tree_id) if workspace.tree_id is not None else None
        has_children = tree is not None and tree.anchor_id == workspace_id and bool(tree.children)
        who = self.standings_in(workspace, person_id)
        placement.delete(workspace, who=who, has_children=has_children, because=because)
        assert tree is not None, "a child is always part of a tree"
        tree.remove_child(workspace_id, because=because)
        self.save(tree, workspace)

    @decided_again
    def close_workspace(self, workspace_id: UUID, person_id: UUID, *, because: Because) -> None:
        """End one that stands alone; a tree that it awaits stays unpaid for ever."""
        workspace = self.workspace(workspace_id)
        placement.close(workspace, who=self.standings_in(workspace, person_id), because=because)
        self.save(workspace)

    def why_not_close(self, workspace_id: UUID, person_id: UUID) -> Refusal | None:
        workspace = self.workspace(workspace_id)
        if workspace.deleted:
            return Refusal.WORKSPACE_DELETED
        return placement.why_not_close(workspace, who=self.standings_in(workspace, person_id))

    @decided_again
    def rename(self, workspace_id: UUID, person_id: UUID, name_digest: str, *, because: Because) -> None:
        workspace = self.workspace(workspace_id)
        membership.require(workspace, self.standings_in(workspace, person_id), Permission.RENAME)
        if name_digest != workspace.name_digest:
            workspace.note(workspace.Renamed, because, name_digest=name_digest)
        self.save(workspace)

    @decided_again
    def set_hourly_rate(
        self, workspace_id: UUID, person_id: UUID, cents: int | None, *, because: Because
    ) -> None:
        """Of what is received from now on: each event keeps the rate that it was frozen with."""
        workspace = self.workspace(workspace_id)
        membership.require(workspace, self.standings_in(workspace, person_id), Permission.SET_HOURLY_RATE)
        assert cents is None or 0 < cents <= HOURLY_RATE_CENTS_MAX
        if cents != workspace.hourly_rate_cents:
            workspace.note(workspace.HourlyRateSet, because, hourly_rate_cents=cents)
        self.save(workspace)
