"""Commands on what a tree pays for: its subscription, invoices, overage, and Stripe's notices."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain import placement, single_sign_on, subscription
from domain.because import Because
from domain.billing import DisputeSeen, InvoiceSeen, NoticeOutcome, NoticeSeen, SubscriptionSeen
from domain.commands.loading import Loading
from domain.conflicts import decided_again
from domain.ids import stream_of_invoice, stream_of_notice, stream_of_overage
from domain.invoice import Invoice
from domain.notice import StripeNotice
from domain.overage import CreditDue, Overage, OverageDue
from domain.permissions import Permission, may, standings
from domain.plans import FREE, PLANS
from domain.refusals import Refusal, Refused, Unknown
from domain.tree import Tree, TreeStatus
from domain.workspace import Workspace

CANCELLATION_REQUESTED = "cancellation_requested"  # Stripe's word for an end that somebody asked for


class Subscriptions(Loading):
    @decided_again
    def request_cancellation(self, tree_id: UUID, person_id: UUID, *, because: Because) -> Tree:
        tree = self.tree_for_billing(tree_id, person_id)
        subscription.request_cancellation(tree, because=because)
        self.save(tree)
        return tree

    @decided_again
    def request_reactivation(self, tree_id: UUID, person_id: UUID, *, because: Because) -> Tree:
        tree = self.tree_for_billing(tree_id, person_id)
        subscription.request_reactivation(tree, because=because)
        self.save(tree)
        return tree

    @decided_again
    def request_end(self, tree_id: UUID, person_id: UUID, *, because: Because) -> Tree:
        tree = self.tree_for_billing(tree_id, person_id)
        subscription.request_end(tree, because=because)
        self.save(tree)
        return tree

    @decided_again
    def request_plan(self, tree_id: UUID, person_id: UUID, plan: str, *, because: Because) -> Tree:
        assert PLANS[plan].is_sold, "only what is sold can be chosen"
        tree = self.tree_for_billing(tree_id, person_id)
        subscription.request_plan(tree, plan, because=because)
        self.save(tree)
        return tree

    @decided_again
    def refuse_request(self, tree_id: UUID, version: int, code: str | None, *, because: Because) -> None:
        """Note that Stripe said no, unless something newer was asked for."""
        tree = self.tree(tree_id)
        if tree.asked_at_version == version:
            subscription.refuse_request(tree, code, because=because)
            self.save(tree)

    @decided_again
    def note_checkout(self, tree_id: UUID, checkout_id: str, *, because: Because) -> None:
        """Remember the open checkout, so that there is never a second one beside it."""
        tree = self.tree(tree_id)
        tree.note_checkout(checkout_id, because=because)
        self.save(tree)

    @decided_again
    def note_dispute(self, tree_id: UUID, seen: DisputeSeen, *, because: Because) -> None:
        tree = self.tree(tree_id)
        subscription.note_dispute(tree, seen, because=because)
        self.save(tree)

    @decided_again
    def sync_subscription(self, tree_id: UUID, seen: SubscriptionSeen, *, because: Because) -> NoticeOutcome:
        """Bring a tree to what Stripe says of its subscription; whoever asks, and however often.

        A subscription that is not the tree's current one changes nothing. The end of the current one
        downgrades the tree and all its workspaces in one transaction.
        """
        tree = self.tree(tree_id)
        if tree.subscription_id not in (None, seen.subscription_id):
            return NoticeOutcome.NOT_CURRENT
        if not seen.has_started:
            return NoticeOutcome.NOT_STARTED
        if tree.status is TreeStatus.ENDED:
            return NoticeOutcome.SYNCED
        anchor = self.workspace(tree.anchor_id)
        if tree.status is TreeStatus.AWAITING_PAYMENT:
            if anchor.tree_id is not None or anchor.deleted:
                # It chose another plan meanwhile, and that one was paid first; or it came to its end.
                return NoticeOutcome.NOT_CURRENT
            subscription.start(tree, seen, because=because)
            placement.become_anchor(anchor, tree_id, tree.plan, seen.customer_id, because=because)
        children = [self.workspace(child_id) for child_id in tree.children]
        self._follow(tree, anchor, children, seen, because=because)
        self.save(tree, anchor, *children)
        return NoticeOutcome.SYNCED

    def what_if_it_ended(self, tree_id: UUID, *, because: Because) -> tuple[Tree, list[Workspace]]:
        """The tree and its workspaces as they would be if Stripe ended the subscription now; not saved."""
        tree = self.tree(tree_id)
        workspaces = [self.workspace(one) for one in (tree.anchor_id, *tree.children)]
        self._end(tree, workspaces, "canceled", CANCELLATION_REQUESTED, because.at, because=because)
        return tree, workspaces

    def what_if_it_changed(
        self, tree_id: UUID, plan: str, *, because: Because
    ) -> tuple[Tree, list[Workspace]]:
        """The same for another plan."""
        tree = self.tree(tree_id)
        workspaces = [self.workspace(one) for one in (tree.anchor_id, *tree.children)]
        self._change_plan(tree, workspaces, plan, with_its_cycle=True, because=because)
        return tree, workspaces

    def _follow(
        self,
        tree: Tree,
        anchor: Workspace,
        children: list[Workspace],
        seen: SubscriptionSeen,
        *,
        because: Because,
    ) -> None:
        """A new cycle comes first: the plan that comes with it is that cycle's, not the last one's."""
        before = tree.cycle_started_at
        subscription.start_cycle(tree, seen.cycle_started_at, seen.cycle_ends_at, because=because)
        if seen.has_ended:
            at = seen.ended_at or because.at
            self._end(tree, [anchor, *children], seen.status, seen.ended_because, at, because=because)
            return
        fresh = tree.cycle_started_at != before
        self._change_plan(tree, [anchor, *children], seen.plan, with_its_cycle=fresh, because=because)
        subscription.schedule_plan(tree, seen.next_plan, seen.next_plan_at, because=because)
        subscription.note_standing(tree, seen, because=because)
        if seen.ends_at is not None:
            subscription.schedule_cancellation(tree, seen.ends_at, because=because)
        else:
            subscription.reactivate(tree, because=because)

    def _change_plan(
        self,
        tree: Tree,
        workspaces: list[Workspace],
        plan: str | None,
        *,
        with_its_cycle: bool,
        because: Because,
    ) -> None:
        """Whoever has no place in the new plan stands alone from now on."""
        before = tree.version
        subscription.change_plan(tree, plan, with_its_cycle=with_its_cycle, because=because)
        if tree.version == before:
            return
        following = because.following(tree.id, tree.version)
        single_sign_on.end_with_plan(tree, because=following)
        for workspace in workspaces:
            if workspace.id in (tree.anchor_id, *tree.children):
                placement.change_plan(workspace, tree.plan, because=following)
            else:
                placement.downgrade(workspace, FREE.name, FREE.pool_events, because=following)

    def _end(
        self,
        tree: Tree,
        workspaces: list[Workspace],
        status: str,
        reason: str | None,
        ended_at: datetime,
        *,
        because: Because,
    ) -> None:
        """To be saved in one transaction: no reader ever sees half of it."""
        subscription.end(tree, status, reason, ended_at, because=because)
        following = because.following(tree.id, tree.version)
        single_sign_on.end_with_plan(tree, because=following)
        for workspace in workspaces:
            placement.downgrade(workspace, FREE.name, FREE.pool_events, because=following)

    def invoice(self, invoice_id: str) -> Invoice:
        return self._load(Invoice, stream_of_invoice(invoice_id))

    @decided_again
    def note_invoice(self, tree_id: UUID, seen: InvoiceSeen, *, because: Because) -> None:
        try:
            invoice = self.invoice(seen.invoice_id)
        except Unknown:
            invoice = Invoice.open(tree_id, seen, because=because)
        else:
            invoice.change(seen, because=because)
        self.save(invoice)

    @decided_again
    def claim_overage(self, due: OverageDue, *, because: Because) -> None:
        """Claim what a cycle's overage has grown by; nothing if it has not."""
        tree = self.tree(due.tree_id)
        assert tree.customer_id is not None, "a tree with cycles has a customer"
        assert tree.subscription_id is not None
        try:
            overage = self._load(Overage, stream_of_overage(due.tree_id, due.cycle_started_at))
        except Unknown:
            overage = Overage.begin(due, tree.customer_id, tree.subscription_id, because=because)
        overage.claim(due, because=because)
        self.save(overage)

    def overage_of_running_cycle(self, tree_id: UUID) -> UUID | None:
        """Its stream, if the cycle has any."""
        cycle_started_at = self.tree(tree_id).cycle_started_at
        assert cycle_started_at is not None, "only a tree that was paid for has cycles"
        stream = stream_of_overage(tree_id, cycle_started_at)
        return stream if stream in self.repository else None

    def overage(self, stream: UUID) -> Overage:
        """A cycle's overage, as far as the cycle went: it ends with the subscription."""
        overage = self._load(Overage, stream)
        return overage.within(self.tree(overage.tree_id).ended_at)

    @decided_again
    def note_overage_reported(self, stream: UUID, identifier: str, *, because: Because) -> None:
        overage = self.overage(stream)
        overage.note_reported(identifier, because=because)
        self.save(overage)

    @decided_again
    def compare_overage(self, stream: UUID, events_held: int, *, because: Because) -> Overage:
        """Note what Stripe's meter holds for a cycle, and claim once more what it lacks."""
        overage = self.overage(stream)
        overage.note_held(events_held, because=because)
        overage.make_up(because=because)
        self.save(overage)
        return overage

    @decided_again
    def request_credit(self, due: CreditDue, *, because: Because) -> None:
        """Ask for a credit note over what was claimed and is voided; nothing if there is no more of it."""
        overage = self.overage(stream_of_overage(due.tree_id, due.cycle_started_at))
        overage.request_credit(due, because=because)
        self.save(overage)

    # Notices.

    @decided_again
    def receive_notice(self, seen: NoticeSeen, *, because: Because) -> bool:
        """Remember a notice; False if it is known already."""
        if stream_of_notice(seen.notice_id) in self.repository:
            return False
        self.save(StripeNotice.receive(seen, because=because))
        return True

    @decided_again
    def act_on_notice(
        self, notice_id: str, outcome: NoticeOutcome, tree_id: UUID | None, *, because: Because
    ) -> None:
        notice = self._load(StripeNotice, stream_of_notice(notice_id))
        notice.act_on(outcome, tree_id, because=because)
        self.save(notice)

    def tree_for_billing(
        self, tree_id: UUID, person_id: UUID, permission: Permission = Permission.HANDLE_BILLING
    ) -> Tree:
        """The tree, for who may handle its billing, or open what it was billed; anybody else is refused.

        An anchor whose tree has ended may be a child of another one now: that one's people do not
        handle what this one paid for, and its own still do.
        """
        tree = self.tree(tree_id)
        role = self.workspace(tree.anchor_id).members.get(person_id)
        if not may(standings(here=role, in_anchor=None, is_child=False), permission):
            raise Refused(Refusal.ROLE_TOO_LOW)
        return tree
