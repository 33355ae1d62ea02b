"""Commands on what a tree pays for: its subscription, invoices, overage, and Stripe's notices."""

from __future__ import annotations

from uuid import UUID

from domain.because import Because
from domain.billing import InvoiceSeen, NoticeOutcome, NoticeSeen, SubscriptionSeen
from domain.commands.loading import Loading
from domain.conflicts import decided_again
from domain.ids import stream_of_invoice, stream_of_notice, stream_of_overage
from domain.invoice import Invoice
from domain.notice import StripeNotice
from domain.overage import Overage, OverageDue
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
    def note_checkout(self, tree_id: UUID, checkout_id: str, *, because: Because) -> None:
        """Remember the open checkout, so that there is never a second one beside it."""
        tree = self.tree(tree_id)
        tree.note_checkout(checkout_id, because=because)
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
            if anchor.tree_id is not None:  # it chose another plan meanwhile, and that one was paid first
                return NoticeOutcome.NOT_CURRENT
            tree.start_subscription(seen, because=because)
            anchor.become_anchor(tree_id, tree.plan, seen.customer_id, because=because)
        tree.start_cycle(seen.cycle_started_at, seen.cycle_ends_at, because=because)
        if seen.has_ended:
            self._end(tree, anchor, seen, because=because)
            return NoticeOutcome.SYNCED
        if seen.ends_at is not None:
            tree.schedule_cancellation(seen.ends_at, because=because)
        else:
            tree.reactivate(because=because)
        self.save(tree, anchor)
        return NoticeOutcome.SYNCED

    def _end(self, tree: Tree, anchor: Workspace, seen: SubscriptionSeen, *, because: Because) -> None:
        """One transaction over the tree and all its workspaces: no reader ever sees half of it."""
        children = [self.workspace(child_id) for child_id in tree.children]
        ended_at = seen.ended_at or because.at
        tree.end_subscription(seen.status, seen.ended_because, ended_at, because=because)
        following = because.following(tree.id, tree.version)
        for workspace in (anchor, *children):
            workspace.downgrade(FREE.name, FREE.pool_events, because=following)
        self.save(tree, anchor, *children)

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

    def overage(self, stream: UUID) -> Overage:
        return self._load(Overage, stream)

    @decided_again
    def note_overage_reported(self, stream: UUID, identifier: str, *, because: Because) -> None:
        overage = self.overage(stream)
        overage.note_reported(identifier, because=because)
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

    def tree_for_billing(self, tree_id: UUID, person_id: UUID) -> Tree:
        """The tree, for who may handle its billing; anybody else is refused."""
        tree = self.tree(tree_id)
        anchor = self.workspace(tree.anchor_id)
        if not may(self.standings_in(anchor, person_id), Permission.HANDLE_BILLING):
            raise Refused(Refusal.ROLE_TOO_LOW)
        return tree
