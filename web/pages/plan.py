"""Another plan: what it costs and what it does to each workspace, before the click that asks for it."""

from __future__ import annotations

from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from domain.permissions import Permission
from domain.plans import PLANS, Plan
from domain.proration import Proration, proration
from domain.refusals import Refusal, Refused
from domain.subscription import why_not_change_plan
from domain.tree import TreeStatus
from projections.catalogue import SUBSCRIPTIONS
from projections.history.downgrade.words import pool_before, quota
from projections.history.wording import instant, plan
from projections.subscriptions import SubscriptionRow
from web.access import ask_stripe, because, db, followed, now, person
from web.pages.asked import asks_stripe
from web.pages.billing import SOLD, billing
from web.pages.blueprint import pages
from web.pages.foretold import if_it_changed
from web.pages.forms import choice_of, done, shows_again
from web.pages.here import lead_or_404
from web.pages.trees import paid_in, trees_of
from web.services import services
from web.usage import usage_of_pool

WORDS = {"instant": instant, "plan": plan, "pool_before": pool_before, "quota": quota}
ALREADY = {Refusal.SAME_PLAN: "The plan is so already, and stays so."}


@pages.get("/w/<uuid:workspace_id>/billing/plan")
@shows_again(billing)
def confirm_plan(workspace_id: UUID) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.HANDLE_BILLING)
    asked = PLANS[request.args["to"]] if request.args.get("to") in SOLD else abort(404)
    tree = paid_in(trees_of(workspace_id))
    if asked.name == tree.plan and tree.next_plan:  # billing has the button that takes a change back
        return redirect(url_for("pages.billing", workspace_id=workspace_id))
    if refusal := why_not_change_plan(services().agency.tree(tree.tree_id), asked.name):
        raise Refused(refusal)
    has = PLANS[tree.plan]
    return render_template(
        "plan_change.html",
        here=here,
        tree=tree,
        has=has,
        asked=asked,
        at_once=asked.price_cents > has.price_cents,
        usage=usage_of_pool(tree),
        charged=_charged_now(tree, has, asked),
        foretold=if_it_changed(tree, asked.name),
        words=WORDS,
    )


@pages.post("/w/<uuid:workspace_id>/billing/plan/change")
@shows_again(billing)
@asks_stripe(billing, already=ALREADY)
def change_plan(workspace_id: UUID) -> ResponseReturnValue:
    """Also to the plan that it has, which takes a scheduled change back."""
    lead_or_404(workspace_id, Permission.HANDLE_BILLING)
    asked = choice_of("plan", SOLD)
    tree = paid_in(trees_of(workspace_id))

    ask_stripe().change_plan(tree.tree_id, person(), asked, because=because())

    followed()
    return done(_what_came_of_it(tree.tree_id, asked), "pages.billing", workspace_id=workspace_id)


def _what_came_of_it(tree_id: UUID, asked: str) -> str:
    title = PLANS[asked].title
    tree = SUBSCRIPTIONS.of_tree(db(), tree_id)
    assert tree is not None, "what was changed is shown"
    if tree.next_plan == asked and tree.next_plan_at is not None:
        return f"The plan becomes {title} on {instant(tree.next_plan_at)}. Until then nothing changes."
    if tree.status == TreeStatus.ACTIVE and tree.plan == asked and tree.next_plan is None:
        return f"The plan is {title}."
    return f"Stripe has taken the wish for the {title} plan; it shows here as soon as it is done."


def _charged_now(tree: SubscriptionRow, has: Plan, asked: Plan) -> Proration | None:
    """None where Stripe's clock is in a cycle that ours has not reached: then only Stripe can tell."""
    assert tree.cycle_started_at is not None
    assert tree.cycle_ends_at is not None
    if now() < tree.cycle_started_at:
        return None
    return proration(has, asked, started_at=tree.cycle_started_at, ends_at=tree.cycle_ends_at, at=now())
