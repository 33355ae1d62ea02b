"""What is done with credits: topped up by hand or automatically, corrected, given back, and transferred."""

from __future__ import annotations

from uuid import UUID

from flask import abort, request
from flask.typing import ResponseReturnValue

from domain.credits.topping_up import (
    AMOUNT_MAX_MICROS,
    AMOUNT_MIN_MICROS,
    CAP_MAX_MICROS,
    MICROS_PER_EURO,
    THRESHOLD_MAX_MICROS,
)
from domain.permissions import Permission
from domain.refusals import Refusal, Refused
from projections.credit_history import line_of_tree
from web.access import because, db, followed, new_id, person
from web.pages.blueprint import pages
from web.pages.credit_history import LINE, credit_line, ledger_with_line, position_in, refundable_micros
from web.pages.credits import ADDRESS, REASON_MAX, credits, others_of, tree_to_handle
from web.pages.forms import Invalid, choice_of, done, micros_of, name_of, shows_again
from web.pages.here import lead_or_404
from web.services import services

SIGNS = {"add": 1, "take": -1}
MOVED_MAX_MICROS = 1_000_000 * MICROS_PER_EURO  # at once, by a correction or a transfer


@pages.post(f"{ADDRESS}/top-up")
@shows_again(credits)
def top_up(workspace_id: UUID) -> ResponseReturnValue:
    """Recorded at once, and paid for by an errand a moment later."""
    lead_or_404(workspace_id, Permission.HANDLE_CREDITS)
    amount_micros = _top_up_amount("amount")
    tree_id = tree_to_handle(workspace_id, Permission.HANDLE_CREDITS).id

    services().metering.ask_top_up(tree_id, new_id("top-up"), amount_micros, because=because())

    followed()
    text = "The payment is on its way; the credits are there as soon as Stripe has it."
    return done(text, "pages.credits", workspace_id=workspace_id)


@pages.post(f"{ADDRESS}/automatic")
@shows_again(credits)
def set_automatic_top_up(workspace_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.SET_TOP_UP)
    threshold_micros = micros_of("threshold", "the threshold", most=THRESHOLD_MAX_MICROS)
    amount_micros = _top_up_amount("each")
    cap_micros = micros_of("cap", "the most in a cycle", most=CAP_MAX_MICROS)
    if cap_micros < amount_micros:
        raise Invalid("cap", "The most in a cycle has to be enough for one top-up.")
    tree_id = tree_to_handle(workspace_id, Permission.SET_TOP_UP).id

    services().metering.set_automatic_top_up(
        tree_id,
        threshold_micros=threshold_micros,
        amount_micros=amount_micros,
        monthly_cap_micros=cap_micros,
        because=because(),
    )

    followed()
    text = "Credits are topped up automatically from now on."
    return done(text, "pages.credits", workspace_id=workspace_id)


@pages.post(f"{ADDRESS}/automatic/end")
@shows_again(credits)
def end_automatic_top_up(workspace_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.SET_TOP_UP)
    tree_id = tree_to_handle(workspace_id, Permission.SET_TOP_UP).id

    services().metering.end_automatic_top_up(tree_id, because=because())

    followed()
    text = "Nothing is topped up automatically any more."
    return done(text, "pages.credits", workspace_id=workspace_id)


@pages.post(f"{ADDRESS}/correct")
@shows_again(credits)
def correct_credits(workspace_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.HANDLE_CREDITS)
    sign = SIGNS[choice_of("way", list(SIGNS))]
    amount_micros = sign * micros_of("correction", "an amount", most=MOVED_MAX_MICROS)
    reason = name_of("reason", "a reason", longest=REASON_MAX)
    tree = tree_to_handle(workspace_id, Permission.HANDLE_CREDITS)
    digest = services().vault.keep_text(workspace_id, reason)

    services().ledgers.correct(tree, new_id("correction"), amount_micros, digest, because=because())

    followed()
    return done("The credits are corrected.", "pages.credits", workspace_id=workspace_id)


@pages.post(f"{ADDRESS}/transfer")
@shows_again(credits)
def transfer_credits(workspace_id: UUID) -> ResponseReturnValue:
    """Between two agencies of one owner; which others there are is told to nobody else."""
    here = lead_or_404(workspace_id, Permission.SET_TOP_UP)
    amount_micros = micros_of("transfer", "what to transfer", most=MOVED_MAX_MICROS)
    to = next((one for one in others_of(here) if str(one.tree_id) == request.form.get("to")), None)
    if to is None:
        raise Invalid("to", "Please choose another agency that you own, and that has credits.")
    giving = tree_to_handle(workspace_id, Permission.SET_TOP_UP)
    services().agency.tree_for_billing(to.tree_id, person(), Permission.SET_TOP_UP)

    services().ledgers.transfer(giving, to.tree_id, new_id("transfer"), amount_micros, because=because())

    followed()
    return done(f"Transferred to “{to.name}”.", "pages.credits", workspace_id=workspace_id)


@pages.post(f"{LINE}/refund")
@shows_again(credit_line)
def refund_credits(workspace_id: UUID, line: str) -> ResponseReturnValue:
    """Of what a call, messages or a number had cost: all that is left of it, or a part."""
    lead_or_404(workspace_id, Permission.HANDLE_CREDITS)
    position = position_in(line)
    ledger = ledger_with_line(workspace_id, position)
    used = line_of_tree(db(), ledger.tree_id, position)
    if used is None or used.entry != "usage" or used.subject_id is None:
        abort(404)
    amount_micros = _given_back(refundable_micros(ledger.tree_id, used))
    reason = name_of("reason", "a reason", longest=REASON_MAX)
    services().agency.tree_for_billing(ledger.tree_id, person(), Permission.HANDLE_CREDITS)
    digest = services().vault.keep_text(workspace_id, reason)

    services().metering.refund_credits(
        ledger.tree_id, new_id("refund"), used.subject_id, amount_micros, digest, because=because()
    )

    followed()
    return done("It is given back.", "pages.credit_line", workspace_id=workspace_id, line=line)


def _top_up_amount(field: str) -> int:
    micros = micros_of(field, "what to top up by", most=AMOUNT_MAX_MICROS)
    if micros < AMOUNT_MIN_MICROS:
        least, most = AMOUNT_MIN_MICROS // MICROS_PER_EURO, AMOUNT_MAX_MICROS // MICROS_PER_EURO
        raise Invalid(field, f"A top-up is of € {least} at least, and of € {most:,} at most.")
    return micros


def _given_back(most: int) -> int:
    """All that is left to give back, where no amount is written; that may be a part of a cent."""
    if most <= 0:
        raise Refused(Refusal.MORE_THAN_CHARGED)
    if not request.form.get("amount", "").strip():
        return most
    return micros_of("amount", "what to give back", most=MOVED_MAX_MICROS)
