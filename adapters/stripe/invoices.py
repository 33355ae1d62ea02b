"""What Stripe invoiced, and which payments are in dispute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import stripe

from adapters.stripe.account import Account, is_id
from adapters.stripe.catalogue import PAGE_MAX
from adapters.stripe.errors import none_if_missing, our_faults
from adapters.stripe.reading import dispute_seen, id_of, invoice_seen
from domain.billing import DisputeSeen, InvoiceSeen

if TYPE_CHECKING:
    from stripe.params import InvoicePaymentListParamsPayment


@dataclass(frozen=True, kw_only=True)
class InvoiceLinks:
    """Secrets for whoever may see the invoice; made on click, kept nowhere."""

    page_url: str
    pdf_url: str


class Invoices(Account):
    def invoices(self, subscription_id: str, limit: int = 12) -> list[InvoiceSeen]:
        """The newest first."""
        with our_faults():
            found = self._client.v1.invoices.list(
                {"subscription": subscription_id, "limit": min(limit, PAGE_MAX)}
            )
            return [invoice_seen(invoice) for invoice in found.data]

    def invoice_links(self, invoice_id: str) -> InvoiceLinks | None:
        """Where the invoice can be read, from now on for a while; a draft can be read nowhere."""
        if not is_id(invoice_id):
            return None
        found = none_if_missing(lambda: self._client.v1.invoices.retrieve(invoice_id))
        if found is None or found.hosted_invoice_url is None or found.invoice_pdf is None:
            return None
        return InvoiceLinks(page_url=found.hosted_invoice_url, pdf_url=found.invoice_pdf)

    def dispute(self, dispute_id: str) -> DisputeSeen | None:
        if not is_id(dispute_id):
            return None
        found = none_if_missing(lambda: self._client.v1.disputes.retrieve(dispute_id, {"expand": ["charge"]}))
        if found is None:
            return None
        with our_faults():
            return dispute_seen(found, self._subscription_paid_by(found))

    def _subscription_paid_by(self, dispute: stripe.Dispute) -> str | None:
        """Through the invoice of the payment: a charge names neither, and a customer may have had several."""
        if dispute.payment_intent is None:
            return None
        payment: InvoicePaymentListParamsPayment = {
            "type": "payment_intent",
            "payment_intent": id_of(dispute.payment_intent),
        }
        for paid in self._client.v1.invoice_payments.list({"payment": payment}).data:
            invoice = invoice_seen(self._client.v1.invoices.retrieve(id_of(paid.invoice)))
            return invoice.subscription_id
        return None
