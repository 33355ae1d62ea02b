"""The subscription's buttons: choose a plan, cancel, reactivate, Stripe's portal, look at Stripe again."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from domain.permissions import Permission
from domain.plans import AGENCY
from domain.refusals import Refusal, Refused
from projections.catalogue import SUBSCRIPTIONS
from projections.subscriptions import SubscriptionRow
from web.access import ask_stripe, because, db, followed, person
from web.pages.billing import billing
from web.pages.blueprint import pages
from web.pages.checkout import to_checkout
from web.pages.forms import done, shows_again
from web.pages.here import lead_or_404
from web.services import services


@pages.post("/w/<uuid:workspace_id>/billing/plan")
@shows_again(billing)
def choose_plan(workspace_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.HANDLE_BILLING)

    return to_checkout(workspace_id, AGENCY.name)


@pages.post("/w/<uuid:workspace_id>/billing/cancel")
@shows_again(billing)
def cancel(workspace_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.HANDLE_BILLING)
    tree = _newest_tree(workspace_id, paid=True)

    ask_stripe().cancel(tree.tree_id, person(), because=because())

    followed()
    text = "The agency plan ends with this cycle. Until then you can reactivate it, and nothing changes."
    return done(text, "pages.billing", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/billing/reactivate")
@shows_again(billing)
def reactivate(workspace_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.HANDLE_BILLING)
    tree = _newest_tree(workspace_id, paid=True)

    ask_stripe().reactivate(tree.tree_id, person(), because=because())

    followed()
    return done(
        "The agency plan goes on; the tree stays as it is.", "pages.billing", workspace_id=workspace_id
    )


@pages.post("/w/<uuid:workspace_id>/billing/portal")
@shows_again(billing)
def portal(workspace_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.HANDLE_BILLING)
    tree = _newest_tree(workspace_id, paid=True)

    back = services().url + url_for("pages.billing", workspace_id=workspace_id)
    url = ask_stripe().open_portal(tree.tree_id, person(), return_url=back)

    return redirect(url, code=HTTPStatus.SEE_OTHER)


@pages.post("/w/<uuid:workspace_id>/billing/refresh")
@shows_again(billing)
def refresh(workspace_id: UUID) -> ResponseReturnValue:
    """Also for a tree that waits for its payment, when neither the buyer nor a notice came back."""
    lead_or_404(workspace_id, Permission.HANDLE_BILLING)
    tree = _newest_tree(workspace_id)

    ask_stripe().refresh(tree.tree_id, person(), because=because())

    followed()
    return done("This is what Stripe says now.", "pages.billing", workspace_id=workspace_id)


def _newest_tree(workspace_id: UUID, *, paid: bool = False) -> SubscriptionRow:
    """The newest tree of this anchor, or the newest one that was ever paid for."""
    trees = SUBSCRIPTIONS.of_anchor(db(), workspace_id)
    for tree in trees:
        if tree.subscription_id or not paid:
            return tree
    raise Refused(Refusal.NOT_SUBSCRIBED)
