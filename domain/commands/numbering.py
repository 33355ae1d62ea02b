"""Commands on the phone numbers of a workspace."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.because import Because
from domain.commands.inside import Inside
from domain.conflicts import decided_again
from domain.holdings import Held
from domain.permissions import Permission
from domain.phone_number import Offer, PhoneNumber
from domain.plans import PLANS
from domain.refusals import Refusal, Refused, Unknown
from domain.workspace import Workspace


class Numbering(Inside):
    """`person_id` is None for an API key of the workspace itself."""

    def why_not_buy_number(
        self, workspace_id: UUID, person_id: UUID | None, number_id: UUID
    ) -> Refusal | None:
        """The first reason that applies; whether there are credits for it is asked with the charge."""
        workspace = self._workspace_for(workspace_id, person_id, Permission.DEPLOY)
        sold = self.number_or_none(number_id)
        if sold is not None and sold.workspace_id == workspace_id:
            return None
        plan = PLANS[workspace.plan]
        has_calls = plan.rates is not None and workspace.tree_id is not None
        if has_calls and len(self.held(workspace_id, Held.PHONE_NUMBER)) >= plan.limits.numbers_max:
            return Refusal.LIMIT_REACHED
        if not has_calls:
            return Refusal.CALLS_NOT_IN_PLAN
        if sold is not None and sold.workspace_id is not None:
            return Refusal.NUMBER_TAKEN
        return None

    @decided_again
    def buy_number(
        self,
        workspace_id: UUID,
        person_id: UUID | None,
        offer: Offer,
        number_digest: str,
        *,
        because: Because,
    ) -> PhoneNumber:
        """Of two who buy it at once one decides again, and finds it taken."""
        refusal = self.why_not_buy_number(workspace_id, person_id, offer.number_id)
        if refusal is not None:
            raise Refused(refusal)
        workspace = self.workspace(workspace_id)
        number = self.number_or_none(offer.number_id)
        if number is not None and number.workspace_id == workspace_id:
            return number
        assert workspace.tree_id is not None, "there are no rates without a tree"
        if number is None:
            number = PhoneNumber.buy(
                offer,
                workspace_id=workspace_id,
                tree_id=workspace.tree_id,
                number_digest=number_digest,
                because=because,
            )
        else:
            number.buy_again(workspace_id, workspace.tree_id, number_digest, because=because)
        self.save(number, *self._holding(workspace, Held.PHONE_NUMBER, number.id, 1, because))
        return number

    @decided_again
    def assign_number(
        self,
        workspace_id: UUID,
        person_id: UUID | None,
        number_id: UUID,
        agent_id: UUID,
        *,
        because: Because,
    ) -> None:
        """To an agent of the same workspace; to another one than before, it changes hands."""
        workspace = self._workspace_for(workspace_id, person_id, Permission.DEPLOY)
        number = self.number(workspace_id, number_id)
        self.agent_in(workspace_id, agent_id)
        number.assign(agent_id, workspace.tree_id, because=because)
        self.save(number)

    @decided_again
    def unassign_number(
        self, workspace_id: UUID, person_id: UUID | None, number_id: UUID, *, because: Because
    ) -> None:
        workspace = self._workspace_for(workspace_id, person_id, Permission.DEPLOY)
        number = self.number(workspace_id, number_id)
        number.unassign(workspace.tree_id, because=because)
        self.save(number)

    @decided_again
    def release_number(
        self, workspace_id: UUID, person_id: UUID | None, number_id: UUID, *, because: Because
    ) -> None:
        """From then on it is anybody's; its month stays charged."""
        workspace = self._workspace_for(workspace_id, person_id, Permission.DEPLOY)
        number = self.number(workspace_id, number_id)
        number.release(workspace.tree_id, because=because)
        self.save(number, *self._holding(workspace, Held.PHONE_NUMBER, number_id, None, because))

    @decided_again
    def note_unpaid_number(
        self, workspace_id: UUID, number_id: UUID, cycle_started_at: datetime | None, *, because: Because
    ) -> None:
        """By the clock, of a number that cannot be charged: it has a grace, and is released after it. What
        was sold to somebody else meanwhile is no matter of this."""
        number = self.number_or_none(number_id)
        if number is None or number.workspace_id != workspace_id:
            return
        workspace = self.workspace(workspace_id)
        is_over = number.grace_ends_at is not None and number.grace_ends_at <= because.at
        if workspace.deleted or (is_over and number.grace_of == cycle_started_at):
            self._give_back(number, workspace, because)
        else:
            number.begin_grace(cycle_started_at, workspace.tree_id, because=because)
            self.save(number)

    @decided_again
    def give_back_number(self, workspace_id: UUID, number_id: UUID, *, because: Because) -> None:
        """One whose first month could not be charged after all."""
        number = self.number_or_none(number_id)
        if number is not None and number.workspace_id == workspace_id:
            self._give_back(number, self.workspace(workspace_id), because)

    def _give_back(self, number: PhoneNumber, workspace: Workspace, because: Because) -> None:
        number.release(workspace.tree_id, unpaid=True, because=because)
        self.save(number, *self._holding(workspace, Held.PHONE_NUMBER, number.id, None, because))

    def number(self, workspace_id: UUID, number_id: UUID) -> PhoneNumber:
        """One of this workspace; of any other there is none."""
        number = self.number_or_none(number_id)
        if number is None or number.workspace_id != workspace_id:
            raise Unknown(f"PhoneNumber {number_id}")
        return number

    def number_or_none(self, number_id: UUID) -> PhoneNumber | None:
        return self._load_or_none(PhoneNumber, number_id)
