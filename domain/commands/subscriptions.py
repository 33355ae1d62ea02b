"""Commands on what a tree pays for: its subscription, invoices, overage, and Stripe's notices."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.because import Because
from domain.billing import InvoiceSeen, NoticeSeen, SubscriptionSeen
from domain.commands.loading import Loading
from domain.conflicts import decided_again
from domain.ids import stream_of_invoice, stream_of_notice
from domain.invoice import Invoice
from domain.notice import StripeNotice
from domain.permissions import Permission, may
from domain.plans import FREE
from domain.refusals import Refusal, Refused, Unknown
from domain.tree import Tree, TreeStatus
from domain.workspace import Workspace


class Subscriptions(Loading):
    @decided_again
    def request_cancellation(self, tree_id: UUID, person_id: UUID, *, because: Because) -> Tree:
        tree = self.tree_for_billing(tree_id, person_id)
        tree.request_cancellation(because=because)
        self.save(tree)
        return tree

    @decided_again
    def request_reactivation(self, tree_id: UUID, person_id: UUID, *, because: Because) -> Tree:
        tree = self.tree_for_billing(tree_id, person_id)
        tree.request_reactivation(because=because)
        self.save(tree)
        return tree

    @decided_again
    def sync_subscription(self, tree_id: UUID, seen: SubscriptionSeen, *, because: Because) -> bool:
        """Bring a tree to what Stripe says of its subscription; whoever asks, and however often.

        A subscription that is not the tree's current one changes nothing: the answer is False.
        The end of a subscription downgrades the tree and all its workspaces in one transaction.
        """
        tree = self.tree(tree_id)
        if tree.subscription_id not in (None, seen.subscription_id):
            return False
        if not seen.has_started or tree.status is TreeStatus.ENDED:
            return tree.subscription_id is not None
        anchor = self.workspace(tree.anchor_id)
        if tree.status is TreeStatus.AWAITING_PAYMENT:
            tree.start_subscription(seen, because=because)
            anchor.become_anchor(tree_id, tree.plan, seen.customer_id, because=because)
        tree.start_cycle(seen.cycle_started_at, seen.cycle_ends_at, because=because)
        if seen.has_ended:
            self._end(tree, anchor, seen, because=because)
            return True
        if seen.ends_at is not None:
            tree.schedule_cancellation(seen.ends_at, because=because)
        else:
            tree.reactivate(because=because)
        self.save(tree, anchor)
        return True

    def _end(self, tree: Tree, anchor: Workspace, seen: SubscriptionSeen, *, because: Because) -> None:
        """One transaction over the tree and all its workspaces: no reader ever sees half of it."""
        children = [self.workspace(child_id) for child_id in tree.children]
        reason = seen.ended_because or seen.status
        tree.end_subscription(reason, seen.ended_at or because.at, because=because)
        following = because.following(tree.id, tree.version)
        for workspace in (anchor, *children):
            workspace.downgrade(FREE.name, FREE.pool_events, because=following)
        self.save(tree, anchor, *children)

    @decided_again
    def note_invoice(self, tree_id: UUID, seen: InvoiceSeen, *, because: Because) -> None:
        try:
            invoice = self._load(Invoice, stream_of_invoice(seen.invoice_id))
        except Unknown:
            invoice = Invoice.open(tree_id, seen, because=because)
        else:
            invoice.change(seen, because=because)
        self.save(invoice)

    @decided_again
    def claim_overage(
        self,
        tree_id: UUID,
        cycle_started_at: datetime,
        events_total: int,
        *,
        because: Because,
    ) -> None:
        tree = self.tree(tree_id)
        tree.claim_overage(cycle_started_at, events_total, because=because)
        self.save(tree)

    @decided_again
    def note_overage_reported(self, tree_id: UUID, identifier: str, *, because: Because) -> None:
        tree = self.tree(tree_id)
        tree.note_overage_reported(identifier, because=because)
        self.save(tree)

    # Notices.

    @decided_again
    def receive_notice(self, seen: NoticeSeen, *, because: Because) -> bool:
        """Remember a notice; False if it is known already."""
        if stream_of_notice(seen.notice_id) in self.repository:
            return False
        self.save(StripeNotice.receive(seen, because=because))
        return True

    @decided_again
    def act_on_notice(self, notice_id: str, outcome: str, tree_id: UUID | None, *, because: Because) -> None:
        notice = self._load(StripeNotice, stream_of_notice(notice_id))
        notice.act_on(outcome, tree_id, because=because)
        self.save(notice)

    def tree_for_billing(self, tree_id: UUID, person_id: UUID) -> Tree:
        """The tree, for who may handle its billing; anybody else is refused."""
        tree = self.tree(tree_id)
        anchor = self.workspace(tree.anchor_id)
        if not may(self.standings_in(anchor, person_id), Permission.HANDLE_BILLING):
            raise Refused(Refusal.ROLE_TOO_LOW)
        return tree
