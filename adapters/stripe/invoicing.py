"""What Stripe invoiced, what it would invoice next, and which payments are in dispute."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.stripe.asking import PAGE_MAX, Asking, is_id
from adapters.stripe.errors import none_if_missing, our_faults
from adapters.stripe.reading import dispute_seen, invoice_seen
from domain.billing import DisputeSeen, InvoiceSeen


@dataclass(frozen=True, kw_only=True)
class InvoiceLinks:
    """Secrets for whoever may see the invoice; made on click, kept nowhere."""

    page_url: str
    pdf_url: str


class Invoicing(Asking):
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
        return none_if_missing(
            lambda: dispute_seen(self._client.v1.disputes.retrieve(dispute_id, {"expand": ["charge"]}))
        )
