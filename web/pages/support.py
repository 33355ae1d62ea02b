"""What support sees: how Stripe and we agree, and what stands still. It shows ids, and nobody's name."""

from __future__ import annotations

from uuid import UUID

from flask import abort, render_template, request

from domain.support_look import LOOK_MINUTES
from projections.catalogue import ACCESS, CORRECTIONS, RECONCILIATIONS
from web.access import db, is_staff, now, person, read_everybody
from web.pages.blueprint import pages
from web.pages.forms import No
from web.services import services

REASON_MAX = 500  # characters
DOWNGRADE = "downgrade"  # where a look may lead at once: to the report of it

# What a drift is, and what is to be done about it.
DRIFTS = {
    "second_subscription": (
        "A subscription lives at Stripe that is not the one this agency lives on: it pays twice, or for"
        " what is closed",
        "Cancel the one that is too much in Stripe’s dashboard, and pay back what it took.",
    ),
    "subscription_unknown": (
        "Stripe does not know the subscription that this agency lives on, or not as this agency’s",
        "See whether the key of this installation is of the right account and mode, and whether the"
        " subscription’s metadata in Stripe’s dashboard still names the agency as tree_id.",
    ),
    "billed_after_end": (
        "The agency has ended here, and its subscription lives on at Stripe",
        "An ended subscription never comes back here: cancel it in Stripe’s dashboard.",
    ),
    "held_too_much": (
        "Stripe’s meter holds more events of this cycle than we ever claimed",
        "Look in Stripe for who else reports to this meter; give a credit for what is too much.",
    ),
    "held_too_little": (
        "Stripe’s meter holds fewer events of this cycle than we claimed, and its invoice is final",
        "It is not billed any more. Decide whether to invoice it by hand in Stripe.",
    ),
    "not_compared": (
        "Stripe would not tell, or tells what cannot be followed",
        "See the worker’s log for the kind of fault; often a price or a customer was changed in Stripe.",
    ),
}


def staff_or_404() -> None:
    """For who works here; for everybody else there is no such page."""
    if not is_staff():
        abort(404)
    read_everybody()


@pages.get("/support")
def support(no: No | None = None) -> str:
    staff_or_404()
    tree_id = request.args.get("tree", type=UUID)
    if tree_id is None and "tree" in request.args:
        abort(404)
    then = DOWNGRADE if DOWNGRADE in (request.args.get("then"), request.form.get("then")) else ""
    stuck = services().support
    return render_template(
        "support.html",
        tree_id=tree_id,
        now=now(),
        jobs=stuck.jobs(db()),
        runs=RECONCILIATIONS.newest(db()),
        drifts=RECONCILIATIONS.drifts(db(), tree_id),
        words=DRIFTS,
        credits=CORRECTIONS.credits(db(), tree_id),
        errands=stuck.errands(db()),
        waiting=stuck.errands_waiting(db(), tree_id),
        given_up=stuck.errands_given_up(db(), tree_id),
        parked=stuck.parked(db()),
        look_minutes=LOOK_MINUTES,
        reason_max=REASON_MAX,
        then=then,
        reason=reason_again() if then else "",
        no=no,
    )


def reason_again() -> str:
    """Why they look into something already: whoever goes on from there goes on for the same reason."""
    looks = ACCESS.looks_of(db(), person(), now())
    if not looks:
        return ""
    reason: str = services().vault.text(looks[0].look_id, looks[0].reason_digest)
    return reason
