"""Buying a plan: the way to Stripe's checkout, and the way back."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from domain.permissions import Permission
from web.access import anchor_or_404, ask_stripe, because, followed, new_id, person
from web.pages.blueprint import pages
from web.pages.forms import done
from web.services import services

CHECKOUT_ID_MAX = 255
ITS_ID = "{CHECKOUT_SESSION_ID}"  # Stripe writes the id of the checkout here


def to_checkout(workspace_id: UUID, plan: str) -> Response:
    """Found the tree that waits for payment, and send the buyer to where it is paid."""
    tree = services().agency.choose_plan(workspace_id, person(), plan, new_id("tree"), because=because())
    home = services().url
    url = ask_stripe().open_checkout(
        tree.id,
        person(),
        email=services().vault.person(person()).email,
        success_url=f"{home}{url_for('pages.checkout_returned')}?checkout_id={ITS_ID}",
        cancel_url=f"{home}{url_for('pages.billing', workspace_id=workspace_id)}",
        because=because(),
    )
    return redirect(url, code=HTTPStatus.SEE_OTHER)


@pages.get("/billing/returned")
def checkout_returned() -> ResponseReturnValue:
    buyer = person()
    checkout_id = request.args.get("checkout_id", "")
    if not 0 < len(checkout_id) <= CHECKOUT_ID_MAX:
        abort(404)

    tree_id = ask_stripe().returned(checkout_id, buyer, because=because())

    followed()
    if tree_id is None:
        abort(404)
    anchor = anchor_or_404(tree_id, Permission.SEE_BILLING)
    return done("Thank you. The plan is paid for.", "pages.billing", workspace_id=anchor.workspace_id)
