"""How a buyer comes to pay and to manage what they pay for: checkout, the portal, and the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import stripe

from adapters.stripe.account import Account, is_id
from adapters.stripe.errors import StripeMisconfigured, none_if_missing, our_faults
from adapters.stripe.reading import checkout_seen
from domain.billing import CheckoutSeen

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams


class Checkouts(Account):
    def open_checkout(
        self,
        *,
        tree_id: UUID,
        plan: str,
        customer_id: str | None,
        email: str | None,
        success_url: str,
        cancel_url: str,
        idempotency_key: str,
    ) -> CheckoutSeen:
        catalogue = self.catalogue()
        if plan not in catalogue.plan_price_ids:
            raise StripeMisconfigured(f"the plan {plan} is not sold", code="plan_unknown")
        metadata = {"tree_id": str(tree_id)}
        params: SessionCreateParams = {
            "mode": "subscription",
            "client_reference_id": str(tree_id),
            "metadata": metadata,
            "subscription_data": {"metadata": metadata},
            "line_items": [
                {"price": catalogue.plan_price_ids[plan], "quantity": 1},
                {"price": catalogue.overage_price_id},  # a metered price takes no quantity
            ],
            "success_url": success_url,
            "cancel_url": cancel_url,
        }
        if customer_id is not None:
            params["customer"] = customer_id
        elif email is not None:
            params["customer_email"] = email
        with our_faults():
            session = self._client.v1.checkout.sessions.create(params, {"idempotency_key": idempotency_key})
            return checkout_seen(session)

    def checkout(self, checkout_id: str) -> CheckoutSeen | None:
        if not is_id(checkout_id):
            return None
        return none_if_missing(lambda: checkout_seen(self._client.v1.checkout.sessions.retrieve(checkout_id)))

    def expire_checkout(self, checkout_id: str) -> CheckoutSeen | None:
        """As it then is: what was paid meanwhile is complete, and cannot be taken back here."""
        seen = self.checkout(checkout_id)
        if seen is None or seen.status != "open":
            return seen
        with our_faults():
            try:
                return checkout_seen(self._client.v1.checkout.sessions.expire(checkout_id))
            except stripe.InvalidRequestError:
                return self.checkout(checkout_id)  # somebody was faster: paid it, or let it expire

    def has_customer(self, customer_id: str) -> bool:
        """False once somebody has deleted it at Stripe; it never comes back."""
        if not is_id(customer_id):
            return False
        found = none_if_missing(lambda: self._client.v1.customers.retrieve(customer_id))
        return found is not None and not getattr(found, "deleted", False)

    def open_portal(self, customer_id: str, return_url: str) -> str:
        """Whoever holds this URL is the customer: make it on the click, never store or log it."""
        configuration = self.catalogue().portal_configuration_id
        with our_faults():
            session = self._client.v1.billing_portal.sessions.create(
                {"customer": customer_id, "configuration": configuration, "return_url": return_url}
            )
            return session.url
