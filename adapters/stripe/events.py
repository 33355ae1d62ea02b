"""Which notices we want to hear of, and which of them Stripe could not deliver."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.stripe.account import Account
from adapters.stripe.catalogue import PAGE_MAX
from adapters.stripe.errors import our_faults
from adapters.stripe.notices import Notice, notice_of

if TYPE_CHECKING:
    from stripe.params import WebhookEndpointCreateParams

NOTICES_MAX = 10_000  # that one run looks at; whatever they were about is also looked at every night

# The parameters of an endpoint: where a name is none of Stripe's, the type check says so.
ENDPOINT: WebhookEndpointCreateParams = {
    "url": "",
    "description": "Heartwood",
    "api_version": "2026-10-28.endive",
    "enabled_events": [
        "charge.dispute.closed",
        "charge.dispute.created",
        "charge.dispute.updated",
        "checkout.session.async_payment_failed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.completed",
        "checkout.session.expired",
        "customer.deleted",
        "customer.subscription.created",
        "customer.subscription.deleted",
        "customer.subscription.paused",
        "customer.subscription.resumed",
        "customer.subscription.updated",
        "customer.updated",
        "invoice.created",
        "invoice.finalization_failed",
        "invoice.finalized",
        "invoice.marked_uncollectible",
        "invoice.paid",
        "invoice.payment_action_required",
        "invoice.payment_failed",
        "invoice.updated",
        "invoice.voided",
    ],
}
NOTICES = frozenset(map(str, ENDPOINT["enabled_events"]))


class Events(Account):
    def undelivered(self, since: datetime) -> Iterator[tuple[Notice, bytes]]:
        """Notices made since then that did not arrive, the newest first, with what Stripe wrote."""
        with our_faults():
            found = self._client.v1.events.list(
                {"delivery_success": False, "created": {"gte": int(since.timestamp())}, "limit": PAGE_MAX}
            )
            for number, event in enumerate(found.auto_paging_iter()):
                if number >= NOTICES_MAX:
                    return
                if event.type in NOTICES:
                    written = event.to_dict()
                    body = json.dumps(written, default=str).encode()
                    yield notice_of(written, body), body
