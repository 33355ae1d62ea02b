"""Charges, and what happens when somebody's bank takes one back."""

from __future__ import annotations

from adapters.local_stripe import payments, standing
from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import Refusal
from adapters.local_stripe.shapes import DISPUTE, blank
from adapters.local_stripe.store import Json

ANSWER_SECONDS = 7 * 86_400
FRAUDULENT = "fraudulent"
REASONS = (FRAUDULENT, "duplicate", "general", "product_not_received", "subscription_canceled")
OUTCOMES = frozenset({"won", "lost"})
WITH_CHARGE = "AND json_extract(body, '$._charge') = ?"
TEXTS = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
    "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
    "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation",
    "duplicate_charge_explanation", "duplicate_charge_id", "product_description", "receipt",
    "refund_policy", "refund_policy_disclosure", "refund_refusal_explanation", "service_date",
    "service_documentation", "shipping_address", "shipping_carrier", "shipping_date",
    "shipping_documentation", "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
)  # fmt: skip


def open_dispute(account: Account, paid_by: str, reason: str = FRAUDULENT) -> Json:
    """Of a charge, or of the invoice that was paid with it."""
    if reason not in REASONS:
        raise Refusal(f"A dispute's reason is one of {', '.join(REASONS)}", param="reason")
    charge_id = payments.last_charge(account, paid_by) if paid_by.startswith("in_") else paid_by
    charge = account.find("charge", charge_id or paid_by)
    if not charge["paid"] or charge["disputed"]:
        raise Refusal("Only a charge that succeeded can be disputed, and only once")
    account.save({**charge, "disputed": True})
    now = account.now()
    dispute = account.save(
        blank(
            DISPUTE,
            id=account.new_id("du"),
            amount=charge["amount"],
            charge=charge["id"],
            created=now,
            currency=charge["currency"],
            evidence={**dict.fromkeys(TEXTS), "enhanced_evidence": {}},
            evidence_details={**DISPUTE["evidence_details"], "due_by": now + ANSWER_SECONDS},
            payment_intent=charge["payment_intent"],
            reason=reason,
        )
    )
    account.tell("charge.dispute.created", dispute)
    if account.knob("dispute_cancels"):
        _end_of(account, charge["id"])
    return dispute


def settle(account: Account, dispute_id: str, outcome: str) -> Json:
    dispute = account.find("dispute", dispute_id)
    if outcome not in OUTCOMES or dispute["status"] in OUTCOMES:
        raise Refusal("A dispute is won or lost, and only once", param="outcome")
    settled = account.save({**dispute, "status": outcome})
    account.tell("charge.dispute.closed", settled)
    return settled


def concede(account: Account, params: Json, dispute_id: str) -> Json:
    """Closing a dispute is losing it."""
    return settle(account, dispute_id, "lost")


def _end_of(account: Account, charge_id: str) -> None:
    (payment,) = account.store.newest_first("invoice_payment", WITH_CHARGE, charge_id)
    invoice = account.find("invoice", payment["invoice"])
    subscription_id = payments.subscription_id_of(invoice)
    subscription = account.find("subscription", subscription_id) if subscription_id else None
    if subscription is not None and subscription["status"] != "canceled":
        standing.end(account, subscription, "payment_disputed")
