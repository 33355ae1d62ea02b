"""A payment for credits at Stripe: one invoice for each top-up, paid at once or void.

Whoever carries a top-up out looks first and does what is missing, so it may die anywhere and be run again:
an invoice is found by the id of its top-up, and it is paid once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import stripe

from adapters.stripe.account import Account, is_id
from adapters.stripe.catalogue import CREDITS_PRODUCT, PAGE_MAX
from adapters.stripe.errors import StripeMisconfigured, kind_of, none_if_missing, our_faults
from adapters.stripe.reading import id_of, invoice_seen, uuid_or_none
from domain.billing import InvoiceSeen
from domain.plans import CURRENCY

if TYPE_CHECKING:
    from stripe.params import ChargeListParams, InvoiceListParams, InvoicePaymentListParams

CLOCKS_APART = timedelta(days=2)  # ours and Stripe's, at the very most
NOT_PAID = "payment_failed"  # where Stripe gives no reason
VOIDED = "invoice_voided"  # by somebody, before it was paid
DECLINED = (stripe.CardError, stripe.InvalidRequestError)


@dataclass(frozen=True, kw_only=True)
class TopUp:
    """What is to be charged, once."""

    top_up_id: UUID
    tree_id: UUID
    customer_id: str
    amount_cents: int
    asked_at: datetime
    at: datetime

    def key(self, step: str) -> str:
        """For what is made: for ever the same."""
        return f"top-up:{self.top_up_id}:{step}"

    def key_within_hour(self, step: str) -> str:
        """For what only moves on: Stripe repeats a stored failure for a day."""
        return f"{self.key(step)}:{self.at:%Y%m%dT%H}"


@dataclass(frozen=True, kw_only=True)
class TopUpSeen:
    """How the payment of a top-up stands; `code` says why it was not paid, once that is certain."""

    top_up_id: UUID
    tree_id: UUID
    invoice: InvoiceSeen
    code: str | None

    @property
    def is_paid(self) -> bool:
        return self.invoice.status == "paid"


class TopUpInvoices(Account):
    def charge_top_up(self, asked: TopUp) -> TopUpSeen:
        """Paid afterwards, or void: an invoice for credits is never left open, and nobody is dunned for it.

        To be paid and void are for ever, so whatever this answers stays true.
        """
        self.catalogue()  # the product is there
        with our_faults():
            invoice = self._invoice_of(asked) or self._draft(asked)
            if invoice.status == "draft":
                invoice = self._finalized(invoice, asked)
            code = None
            if invoice.status == "open":
                invoice, code = self._paid(invoice, asked)
            if invoice.status == "open":
                invoice = self._voided(invoice, asked)
            if invoice.status != "paid":
                code = code or self._why_not_paid(invoice)
            return _seen(asked.top_up_id, asked.tree_id, invoice, code)

    def withdraw_top_up(self, asked: TopUp) -> TopUpSeen | None:
        """Nothing is charged any more: what was paid for before stays paid, and the rest is void.

        A draft that was left behind moves on by itself never. None where nothing was begun.
        """
        with our_faults():
            invoice = self._invoice_of(asked)
            if invoice is not None and invoice.status == "open":
                invoice = self._voided(invoice, asked)
            return None if invoice is None else _seen(asked.top_up_id, asked.tree_id, invoice, None)

    def top_up_on(self, invoice_id: str) -> TopUpSeen | None:
        """The top-up that an invoice is for; None of an invoice for anything else."""
        if not is_id(invoice_id):
            return None
        found = none_if_missing(lambda: self._client.v1.invoices.retrieve(invoice_id))
        named = found.metadata.to_dict() if found is not None and found.metadata is not None else {}
        top_up_id, tree_id = (uuid_or_none(named.get(name)) for name in ("top_up_id", "tree_id"))
        if found is None or top_up_id is None or tree_id is None:
            return None
        with our_faults():
            return _seen(top_up_id, tree_id, found, None)

    # The steps.

    def _invoice_of(self, asked: TopUp) -> stripe.Invoice | None:
        params: InvoiceListParams = {
            "customer": asked.customer_id,
            "created": {"gte": int((asked.asked_at - CLOCKS_APART).timestamp())},
            "limit": PAGE_MAX,
        }
        for invoice in self._client.v1.invoices.list(params).auto_paging_iter():
            if invoice.metadata is not None and invoice.metadata.to_dict().get("top_up_id") == str(
                asked.top_up_id
            ):
                return invoice
        return None

    def _draft(self, asked: TopUp) -> stripe.Invoice:
        return self._client.v1.invoices.create(
            {
                "customer": asked.customer_id,
                "collection_method": "charge_automatically",
                "auto_advance": False,  # Stripe would try again for days, and tell the customer
                "currency": CURRENCY,
                "description": "Credits",
                "metadata": _marks(asked),
                "pending_invoice_items_behavior": "exclude",
            },
            {"idempotency_key": asked.key("invoice")},
        )

    def _finalized(self, invoice: stripe.Invoice, asked: TopUp) -> stripe.Invoice:
        if not invoice.lines.data:
            self._client.v1.invoice_items.create(
                {
                    "customer": asked.customer_id,
                    "invoice": invoice.id,
                    "description": "Credits",
                    "metadata": _marks(asked),
                    "price_data": {
                        "currency": CURRENCY,
                        "product": CREDITS_PRODUCT,
                        "unit_amount": asked.amount_cents,
                    },
                    "quantity": 1,
                },
                {"idempotency_key": asked.key("item")},
            )
        return self._client.v1.invoices.finalize_invoice(
            invoice.id, {"auto_advance": False}, {"idempotency_key": asked.key_within_hour("finalize")}
        )

    def _paid(self, invoice: stripe.Invoice, asked: TopUp) -> tuple[stripe.Invoice, str | None]:
        """Charged, and Stripe's reason if it was not; what was paid meanwhile needs none."""
        try:
            paid = self._client.v1.invoices.pay(
                invoice.id, {"off_session": True}, {"idempotency_key": asked.key_within_hour("pay")}
            )
        except DECLINED as error:
            if kind_of(error) is StripeMisconfigured:
                raise
            return self._client.v1.invoices.retrieve(invoice.id), error.code or NOT_PAID
        return paid, None

    def _voided(self, invoice: stripe.Invoice, asked: TopUp) -> stripe.Invoice:
        return self._client.v1.invoices.void_invoice(
            invoice.id, {}, {"idempotency_key": asked.key_within_hour("void")}
        )

    def _why_not_paid(self, invoice: stripe.Invoice) -> str:
        """Of one that was void already: whoever made it so died before it could say why."""
        params: InvoicePaymentListParams = {"invoice": invoice.id}
        for payment in self._client.v1.invoice_payments.list(params).data:
            if payment.payment.payment_intent is None:
                continue
            of_payment: ChargeListParams = {"payment_intent": id_of(payment.payment.payment_intent)}
            for charge in self._client.v1.charges.list(of_payment).data:
                if charge.failure_code is not None:
                    return charge.failure_code
        return VOIDED


def _marks(asked: TopUp) -> dict[str, str]:
    return {"top_up_id": str(asked.top_up_id), "tree_id": str(asked.tree_id)}


def _seen(top_up_id: UUID, tree_id: UUID, invoice: stripe.Invoice, code: str | None) -> TopUpSeen:
    return TopUpSeen(top_up_id=top_up_id, tree_id=tree_id, invoice=invoice_seen(invoice), code=code)
