"""Billing: what is asked of Stripe on behalf of a tree, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from adapters.postgres.locks import held
from adapters.postgres.outbox import Entry
from adapters.stripe.errors import StripeRefused, StripeTryAgain
from adapters.stripe.gateway import InvoiceLinks
from adapters.stripe.sync import Sync
from domain.because import Because
from domain.billing import UNPAID
from domain.permissions import Permission
from domain.plans import PLANS
from domain.refusals import Refusal, Refused, Unknown
from domain.request import Request
from domain.tree import Tree, TreeStatus

COUNTING = "overage_not_counted"
OVERTAKEN = "overtaken"
END_WAITS = timedelta(minutes=15)  # for Stripe to count; what it has not counted by then is not billed


class Billing(Sync):
    """What may be asked for a tree, by whom, and how it is carried out exactly once."""

    # What people ask for. Each of these refuses who may not handle the tree's billing.

    def open_checkout(
        self,
        tree_id: UUID,
        person_id: UUID,
        *,
        email: str,
        success_url: str,
        cancel_url: str,
        because: Because,
    ) -> str:
        """Where the buyer pays for the tree that waits for it: one open checkout per anchor, whoever asks."""
        anchor_id = self.agency.tree_for_billing(tree_id, person_id).anchor_id
        with held(self.database, f"checkout:{anchor_id}"):
            tree = self.agency.tree_for_billing(tree_id, person_id)
            customer_id = self._customer_of(tree)
            self._refuse_if_paid_for(tree, customer_id, because)
            known = self.gateway.checkout(tree.checkout_id) if tree.checkout_id else None
            if known is not None and known.status == "complete":
                raise Refused(Refusal.ALREADY_SUBSCRIBED)
            if known is not None and known.url is not None:
                return known.url
            checkout = self.gateway.open_checkout(
                tree_id=tree_id,
                plan=tree.plan,
                customer_id=customer_id,
                email=None if customer_id else email,
                success_url=success_url,
                cancel_url=cancel_url,
                idempotency_key=f"checkout:{tree_id}:{tree.version}:{person_id}",
            )
            self.agency.note_checkout(tree_id, checkout.checkout_id, because=because)
        if checkout.url is None:
            raise Refused(Refusal.ALREADY_SUBSCRIBED)
        return checkout.url

    def _customer_of(self, tree: Tree) -> str | None:
        """The customer of an earlier tree, unless somebody has deleted it at Stripe."""
        kept = tree.customer_id
        return kept if kept is not None and self.gateway.has_customer(kept) else None

    def _refuse_if_paid_for(self, tree: Tree, customer_id: str | None, because: Because) -> None:
        """Fail closed where anything says that there is a subscription, or that there may soon be one."""
        anchor = self.agency.workspace(tree.anchor_id)
        if tree.status is not TreeStatus.AWAITING_PAYMENT or anchor.tree_id is not None:
            raise Refused(Refusal.ALREADY_SUBSCRIBED)
        if anchor.awaiting_tree_id != tree.id:
            raise Unknown(f"tree {tree.id} is not waited for any more")
        if customer_id is not None and self.gateway.live_subscriptions(customer_id):
            raise Refused(Refusal.ALREADY_SUBSCRIBED)
        self._close_checkouts(anchor.replaced_tree_ids, because)

    def _close_checkouts(self, tree_ids: Iterable[UUID], because: Because) -> None:
        """Nobody shall pay for these trees any more; refuses if somebody has, in another tab."""
        for tree_id in tree_ids:
            checkout_id = self.agency.tree(tree_id).checkout_id
            before = self.gateway.expire_checkout(checkout_id) if checkout_id else None
            if before is not None and before.subscription_id is not None:
                self.sync(before.subscription_id, because=because)
                raise Refused(Refusal.ALREADY_SUBSCRIBED)

    def adopt(self, tree_id: UUID, person_id: UUID, workspace_id: UUID, *, because: Because) -> None:
        """Bring a workspace into a tree; a checkout of its own that is still open is closed first."""
        if workspace_id in self.agency.tree(tree_id).children:
            return
        if refusal := self.agency.why_not_adopt(tree_id, person_id, workspace_id):
            raise Refused(refusal)
        with held(self.database, f"checkout:{workspace_id}"):
            self._close_own_checkouts(workspace_id, because)
            self.agency.adopt(tree_id, person_id, workspace_id, because=because)

    def close_workspace(self, workspace_id: UUID, person_id: UUID, *, because: Because) -> None:
        """End a workspace that stands alone; a checkout of its own that is still open is closed first."""
        if refusal := self.agency.why_not_close(workspace_id, person_id):
            raise Refused(refusal)
        with held(self.database, f"checkout:{workspace_id}"):
            self._close_own_checkouts(workspace_id, because)
            self.agency.close_workspace(workspace_id, person_id, because=because)

    def close_checkouts_of(self, workspace_id: UUID, because: Because) -> None:
        """Before a workspace comes to its end otherwise; refuses if somebody has paid meanwhile."""
        with held(self.database, f"checkout:{workspace_id}"):
            self._close_own_checkouts(workspace_id, because)

    def _close_own_checkouts(self, workspace_id: UUID, because: Because) -> None:
        workspace = self.agency.workspace(workspace_id)
        chosen = [workspace.awaiting_tree_id] if workspace.awaiting_tree_id is not None else []
        self._close_checkouts([*workspace.replaced_tree_ids, *chosen], because)

    def returned(self, checkout_id: str, person_id: UUID, *, because: Because) -> UUID | None:
        """The buyer is back: the tree that was paid for, if it was and if it is theirs to pay for."""
        checkout = self.gateway.checkout(checkout_id)
        if checkout is None or checkout.tree_id is None or checkout.subscription_id is None:
            return None
        try:
            self.agency.tree_for_billing(checkout.tree_id, person_id)
        except (Unknown, Refused):
            return None
        return self.sync(checkout.subscription_id, because=because).tree_id

    def cancel(self, tree_id: UUID, person_id: UUID, *, because: Because) -> None:
        """Schedule the end of the subscription for the end of its cycle."""
        self._ask(self.agency.request_cancellation(tree_id, person_id, because=because), because)

    def cancel_at_once(self, tree_id: UUID, person_id: UUID, *, because: Because) -> None:
        """End the subscription now; what is above the pool until now is invoiced with it."""
        self._ask(self.agency.request_end(tree_id, person_id, because=because), because)

    def reactivate(self, tree_id: UUID, person_id: UUID, *, because: Because) -> None:
        """Take a scheduled end back."""
        self._ask(self.agency.request_reactivation(tree_id, person_id, because=because), because)

    def change_plan(self, tree_id: UUID, person_id: UUID, plan: str, *, because: Because) -> None:
        """To a dearer plan at once, to a cheaper one with the next cycle; to the same one: stay."""
        self._ask(self.agency.request_plan(tree_id, person_id, plan, because=because), because)

    def open_portal(self, tree_id: UUID, person_id: UUID, *, return_url: str) -> str:
        """The customer portal; the address is a secret, made on click and kept nowhere."""
        tree = self.agency.tree_for_billing(tree_id, person_id)
        if tree.customer_id is None:
            raise Refused(Refusal.NOT_SUBSCRIBED)
        return self.gateway.open_portal(tree.customer_id, return_url)

    def invoice_links(self, tree_id: UUID, person_id: UUID, invoice_id: str) -> InvoiceLinks | None:
        """Where an invoice of this tree can be read just now."""
        self.agency.tree_for_billing(tree_id, person_id, Permission.OPEN_INVOICE)
        if self.agency.invoice(invoice_id).tree_id != tree_id:
            return None
        return self.gateway.invoice_links(invoice_id)

    def refresh(self, tree_id: UUID, person_id: UUID, *, because: Because) -> None:
        """Look at Stripe again: also for a payment whose notice and whose way back were lost."""
        tree = self.agency.tree_for_billing(tree_id, person_id)
        if tree.subscription_id is not None:
            self.sync(tree.subscription_id, because=because)
        elif tree.checkout_id is not None:
            self.returned(tree.checkout_id, person_id, because=because)

    # What was asked for and recorded is done at Stripe, by the page or, if that died, by an errand.

    def carry_out(self, entry: Entry) -> None:
        """Errand of a request; a newer request takes its place."""
        request = self.agency.fact(entry.stream, entry.version)
        tree = self.agency.tree(entry.stream)
        if tree.asked_at_version != entry.version or tree.status is not TreeStatus.ACTIVE:
            return
        because = Because(actor=request.actor, cause=request.cause, story=request.story, at=self.clock())
        self._ask(tree, because)

    def _ask(self, tree: Tree, because: Because) -> None:
        """Carry out the tree's newest request, then look at what Stripe made of it."""
        assert tree.subscription_id is not None, "only who has a subscription can ask for a change of it"
        following = because.following(tree.id, tree.asked_at_version)
        try:
            self._carry_out(tree, tree.subscription_id, following)
        except StripeRefused as no:
            self.agency.refuse_request(tree.id, tree.asked_at_version, no.code, because=following)
            self.sync(tree.subscription_id, because=following)
            raise
        self.sync(tree.subscription_id, because=following)
        # If nothing came of it, somebody undid it at Stripe in the same moment.
        self.agency.refuse_request(tree.id, tree.asked_at_version, OVERTAKEN, because=following)

    def _carry_out(self, tree: Tree, subscription_id: str, because: Because) -> None:
        assert tree.asked is not None
        # Stripe repeats a stored failure for a day; each of these looks first and then does what is missing.
        key = f"{tree.asked[0]}:{tree.id}:{tree.asked_at_version}:{self.clock():%Y%m%dT%H}"
        match tree.asked:
            case (Request.CANCEL, _):
                self.gateway.schedule_cancellation(subscription_id, idempotency_key=key)
            case (Request.REACTIVATE, _):
                self.gateway.clear_cancellation(subscription_id, idempotency_key=key)
            case (Request.END, _):
                self._end(tree, subscription_id, key, because)
            case (Request.PLAN, str(plan)):
                self._ask_for_plan(tree, subscription_id, plan, key)

    def _end(self, tree: Tree, subscription_id: str, key: str, because: Because) -> None:
        """What Stripe has not counted yet would be missing on its last invoice: wait for it, for a while."""
        asked_at = self.agency.fact(tree.id, tree.asked_at_version).timestamp
        self.sync(subscription_id, because=because)  # a cycle that nobody told us of has overage too
        if not self.overages.flush(tree.id, because) and self.clock() < asked_at + END_WAITS:
            raise StripeTryAgain("Stripe has not counted all events above the pool yet", code=COUNTING)
        self.gateway.end(subscription_id, idempotency_key=key)

    def _ask_for_plan(self, tree: Tree, subscription_id: str, plan: str, key: str) -> None:
        asked, has = PLANS[plan], PLANS[tree.plan]
        if asked == has:
            self.gateway.keep_plan(subscription_id, idempotency_key=key)
        elif asked.price_cents > has.price_cents:
            self.gateway.change_plan(subscription_id, plan, idempotency_key=key)
        else:
            self.gateway.schedule_plan(subscription_id, plan, idempotency_key=key)

    def close_unpaid(self, entry: Entry) -> None:
        """Errand of an end: what ended for want of payment shall not come back there, nor be billed on."""
        ended = self.agency.fact(entry.stream, entry.version)
        if ended.status == UNPAID:
            key = f"close:{entry.stream}:{entry.version}"
            self.gateway.end(ended.subscription_id, idempotency_key=key, invoice_now=False)
