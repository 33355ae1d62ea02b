"""Commands on an agency's customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain import visibility
from domain.because import Because
from domain.commands.agents import Agents
from domain.commands.templating import Templating
from domain.conflicts import decided_again
from domain.customer import About, Customer
from domain.permissions import Permission, Role, may, standings
from domain.refusals import Refusal, Refused, Unknown
from domain.suspension import Running
from domain.template import FromTemplate
from domain.tree import Tree
from domain.visibility import Visibility
from domain.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Into:
    """The workspace of a new customer. With a name it is a new one, once for its id; without one it is a
    child that is there. `shown` is what its people see: without it, what the agency has decided before."""

    workspace_id: UUID
    name_digest: str | None = None
    shown: Visibility | None = None
    template: FromTemplate | None = None


class Customers(Templating, Agents):
    """`person_id` is None for a key of the anchor, whose gate has asked what it may do."""

    @decided_again
    def add_customer(
        self, tree_id: UUID, person_id: UUID | None, into: Into, about: About, *, because: Because
    ) -> Customer:
        """The customer and, if it is a new one, their workspace: both or neither; the same one once."""
        tree, anchor = self._tree_of_customers(tree_id, person_id)
        there = self.customer_of(into.workspace_id)
        if there is not None and there.is_current_in(tree.id):
            if there.about != about:
                raise Refused(Refusal.CUSTOMER_EXISTS)
            return there
        if into.workspace_id in tree.children:
            child = self.workspace(into.workspace_id)
        else:
            child = self._new_child(tree, person_id or _first_owner(anchor), into, because=because)
        shown = into.shown
        if shown is None and into.name_digest is not None:
            shown = tree.visibility_defaults
        if shown is not None:
            visibility.show(child, shown, because=because)
        begun = self.start_from(into.template, child, because=because)
        customer = Customer.add(self.customers_had(child.id) + 1, child, about, because=because)
        self.save(tree, child, customer, *begun)
        return customer

    @decided_again
    def change_customer(
        self, tree_id: UUID, person_id: UUID, customer_id: UUID, about: About, *, because: Because
    ) -> None:
        customer, workspace = self._customer_to_handle(tree_id, person_id, customer_id)
        customer.change(about, workspace, because=because)
        self.save(customer)

    @decided_again
    def erase_contact(self, tree_id: UUID, person_id: UUID, customer_id: UUID, *, because: Because) -> None:
        customer, _ = self._customer_to_handle(tree_id, person_id, customer_id)
        customer.erase_contact(because=because)
        self.save(customer)

    @decided_again
    def set_markup(
        self,
        tree_id: UUID,
        person_id: UUID,
        customer_id: UUID,
        percent_hundredths: int | None,
        *,
        because: Because,
    ) -> None:
        customer, workspace = self._customer_to_handle(tree_id, person_id, customer_id)
        customer.set_markup(percent_hundredths, workspace, because=because)
        self.save(customer)

    @decided_again
    def suspend_customer(
        self, tree_id: UUID, person_id: UUID, customer_id: UUID, *, because: Because
    ) -> None:
        """With all that is on in their workspace, in one transaction; what that was is remembered."""
        customer, workspace = self._customer_to_handle(tree_id, person_id, customer_id)
        running, before = self.running_in(workspace), customer.version
        customer.suspend(workspace, running.agents_on, running.deployments_on, because=because)
        if customer.version != before:
            running.switch_off(because=because.following(customer.id, customer.version))
        self.save(customer, *running.changed)

    @decided_again
    def resume_customer(self, tree_id: UUID, person_id: UUID, customer_id: UUID, *, because: Because) -> None:
        """What the suspension has switched off comes back, and nothing else."""
        customer, workspace = self._customer_to_handle(tree_id, person_id, customer_id)
        running, before = self.running_in(workspace), customer.version
        agents = running.agents_to_restore(customer.agents_off)
        deployments = running.deployments_to_restore(customer.deployments_off)
        customer.resume(workspace, agents, deployments, because=because)
        if customer.version != before:
            running.switch_on(agents, because=because.following(customer.id, customer.version))
        self.save(customer, *running.changed)

    @decided_again
    def close_customer(self, tree_id: UUID, person_id: UUID, customer_id: UUID, *, because: Because) -> None:
        customer, workspace = self._customer_to_handle(tree_id, person_id, customer_id)
        customer.close(workspace, because=because)
        self.save(customer)

    # Questions.

    def history_of_customer(self, customer_id: UUID) -> list[Any]:
        """What was recorded of a customer, in order."""
        return list(self.events.get(customer_id))

    def running_in(self, workspace: Workspace) -> Running:
        return Running(
            workspace=workspace,
            agents=self.agents_in(workspace.id),
            deployments=self.deployments_in(workspace.id),
        )

    # Deciding.

    def _tree_of_customers(self, tree_id: UUID, person_id: UUID | None) -> tuple[Tree, Workspace]:
        tree = self.tree(tree_id)
        anchor = self.workspace(tree.anchor_id)
        if person_id is not None:
            # An anchor whose agency has ended may be a child of another one now, whose people have no part.
            who = standings(here=anchor.members.get(person_id), in_anchor=None, is_child=False)
            if not may(who, Permission.HANDLE_CUSTOMERS):
                raise Refused(Refusal.ROLE_TOO_LOW)
        return tree, anchor

    def _customer_to_handle(
        self, tree_id: UUID, person_id: UUID, customer_id: UUID
    ) -> tuple[Customer, Workspace]:
        """`Unknown` for a customer of another agency."""
        self._tree_of_customers(tree_id, person_id)
        customer = self.customer(customer_id)
        if customer.tree_id != tree_id:
            raise Unknown(f"Customer {customer_id}")
        return customer, self.workspace(customer.workspace_id)

    def _new_child(self, tree: Tree, owner_id: UUID, into: Into, *, because: Because) -> Workspace:
        """A child of another agency, one that was deleted, or one that never was is not there."""
        if into.name_digest is None or into.workspace_id in self.repository:
            raise Unknown(f"Workspace {into.workspace_id}")
        tree.add_child(into.workspace_id, because=because)
        return Workspace.open(
            into.workspace_id,
            name_digest=into.name_digest,
            owner_id=owner_id,
            plan=tree.plan,
            tree_id=tree.id,
            parent_id=tree.anchor_id,
            because=because,
        )


def _first_owner(anchor: Workspace) -> UUID:
    """Who owns what a program opens: whoever has owned the anchor for longest."""
    return next(one for one, role in anchor.members.items() if role is Role.OWNER)
