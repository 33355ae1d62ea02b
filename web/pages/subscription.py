"""The subscription's buttons: choose a plan, cancel, reactivate, Stripe's portal, look at Stripe again."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from domain.permissions import Permission
from domain.plans import AGENCY, PLANS
from domain.refusals import Refusal
from web.access import ask_stripe, because, followed, person
from web.pages.asked import asks_stripe
from web.pages.billing import SOLD, billing, confirm_cancellation
from web.pages.blueprint import pages
from web.pages.checkout import to_checkout
from web.pages.forms import Invalid, choice_of, done, shows_again
from web.pages.here import lead_or_404
from web.pages.trees import current_in, paid_in, trees_of
from web.services import services

ENDS_ALREADY = {Refusal.ALREADY_SCHEDULED: "The plan is cancelled already; nothing was done twice."}
STAYS_ALREADY = {Refusal.NOTHING_SCHEDULED: "The plan goes on already; nothing was done twice."}
ENDED_ALREADY = {Refusal.TREE_ENDED: "The plan has ended already; nothing was done twice."}


@pages.post("/w/<uuid:workspace_id>/billing/plan")
@shows_again(billing)
@asks_stripe(billing)
def choose_plan(workspace_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.HANDLE_BILLING)
    plan = choice_of("plan", SOLD) if "plan" in request.form else AGENCY.name

    return to_checkout(workspace_id, plan)


@pages.post("/w/<uuid:workspace_id>/billing/cancel")
@shows_again(billing)
@asks_stripe(billing, already=ENDS_ALREADY)
def cancel(workspace_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.HANDLE_BILLING)
    tree = paid_in(trees_of(workspace_id))

    ask_stripe().cancel(tree.tree_id, person(), because=because())

    followed()
    title = PLANS[tree.plan].title
    text = f"The {title} plan ends with this cycle. Until then you can reactivate it, and nothing changes."
    return done(text, "pages.billing", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/billing/end")
@shows_again(confirm_cancellation)
@asks_stripe(confirm_cancellation, already=ENDED_ALREADY)
def cancel_at_once(workspace_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.HANDLE_BILLING)
    tree = paid_in(trees_of(workspace_id))
    if request.form.get("sure") != "yes":
        raise Invalid("sure", "Please confirm that the plan shall end now, and cannot be taken back.")

    ask_stripe().cancel_at_once(tree.tree_id, person(), because=because())

    followed()
    text = f"The {PLANS[tree.plan].title} plan has ended. Everybody keeps their workspaces, on the Free plan."
    return done(text, "pages.billing", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/billing/reactivate")
@shows_again(billing)
@asks_stripe(billing, already=STAYS_ALREADY)
def reactivate(workspace_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.HANDLE_BILLING)
    tree = paid_in(trees_of(workspace_id))

    ask_stripe().reactivate(tree.tree_id, person(), because=because())

    followed()
    text = f"The {PLANS[tree.plan].title} plan goes on, and everything stays as it is."
    return done(text, "pages.billing", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/billing/portal")
@shows_again(billing)
@asks_stripe(billing)
def portal(workspace_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.HANDLE_BILLING)
    tree = paid_in(trees_of(workspace_id))

    back = services().url + url_for("pages.billing", workspace_id=workspace_id)
    url = ask_stripe().open_portal(tree.tree_id, person(), return_url=back)

    return redirect(url, code=HTTPStatus.SEE_OTHER)


@pages.post("/w/<uuid:workspace_id>/billing/refresh")
@shows_again(billing)
@asks_stripe(billing)
def refresh(workspace_id: UUID) -> ResponseReturnValue:
    """Also for a tree that waits for its payment, when neither the buyer nor a notice came back."""
    lead_or_404(workspace_id, Permission.HANDLE_BILLING)
    tree = current_in(trees_of(workspace_id), Refusal.NOT_SUBSCRIBED)

    ask_stripe().refresh(tree.tree_id, person(), because=because())

    followed()
    return done("This is what Stripe says now.", "pages.billing", workspace_id=workspace_id)
