"""Agencies as customers of Stripe: what happens to them there, and notices of it in any order we like."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import stripe

from tests.house import WEBHOOK_SECRET, House

CHILDREN = 4
FOUR = (
    "customer.subscription.created",
    "customer.subscription.updated",
    "invoice.paid",
    "customer.subscription.deleted",
)


@dataclass
class Customer:
    """One agency, and the notices about it that nobody has delivered yet."""

    tree_id: UUID
    anchor_id: UUID
    subscription_id: str
    children: list[UUID] = field(default_factory=list)
    notices: dict[str, bytes] = field(default_factory=dict)  # the bodies, by type

    @property
    def workspace_ids(self) -> list[UUID]:
        return [self.anchor_id, *self.children]


class Stripe:
    """Stripe and its notices, which are delivered only when a test says so."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.ana = house.person("Ana")
        self.web = house.app.test_client()
        self.customers: list[Customer] = []
        self.sdk: stripe.StripeClient = house.wiring.gateway._client

    # What happens there.

    def buys(self, *, comes_back: bool = True, children: int = CHILDREN) -> Customer:
        """An agency that is paid for; its buyer comes back from the checkout, and opens its workspaces."""
        house = self.house
        anchor_id, because = house.workspace(self.ana), house.because(f"person:{self.ana}")
        tree = house.agency.choose_plan(anchor_id, self.ana, "agency", uuid4(), because=because)
        customer = Customer(tree.id, anchor_id, self.pays(tree.id, "the first"))
        if comes_back:
            house.wiring.billing.sync(customer.subscription_id, because=because)
            customer.children = [house.child(tree.id, self.ana, f"Client {one}") for one in range(children)]
        self.customers.append(customer)
        self.overhear()
        return customer

    def pays(self, tree_id: UUID, which: str) -> str:
        """A checkout from beginning to end: the subscription that it made."""
        gateway = self.house.wiring.gateway
        checkout = gateway.open_checkout(
            tree_id=tree_id,
            plan="agency",
            customer_id=None,
            email="ana@example.com",
            success_url="http://localhost/",
            cancel_url="http://localhost/",
            idempotency_key=f"{tree_id}:{which}",
        )
        self.house.stripe.pay(checkout.checkout_id)
        paid = gateway.checkout(checkout.checkout_id)
        assert paid is not None
        assert paid.subscription_id is not None
        return paid.subscription_id

    def cancels(self, customer: Customer) -> None:
        self.house.stripe.cancel_in_portal(customer.subscription_id)
        self.overhear()

    def period_ends(self) -> None:
        """For everybody at once."""
        seen = self.house.wiring.gateway.subscription(self.customers[0].subscription_id)
        assert seen is not None
        self.house.clock.at = seen.cycle_ends_at
        self.house.stripe.advance(seen.cycle_ends_at)
        self.overhear()

    def ends_at_once(self, subscription_id: str) -> None:
        self.sdk.v1.subscriptions.cancel(subscription_id)
        self.overhear()

    def overhear(self) -> None:
        """Take what Stripe wants to say, and keep it for later."""
        by_subscription = {customer.subscription_id: customer for customer in self.customers}
        for notice in self.house.stripe.take_notices():
            about = json.loads(notice.body)["data"]["object"]
            details = (about.get("parent") or {}).get("subscription_details") or {}
            customer = by_subscription.get(details.get("subscription") or about["id"])
            if customer is not None:
                customer.notices[notice.type] = notice.body

    # What we hear of it.

    def tells(self, body: bytes, *, times: int = 2) -> None:
        """Deliver a notice, signed now; after each delivery the errands are run."""
        for _ in range(times):
            at = int(self.house.clock().timestamp())
            signature = stripe.WebhookSignature.generate_signature_header(body.decode(), WEBHOOK_SECRET, at)
            answer = self.web.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": signature})
            assert answer.status_code == 200, answer.get_json()
            self.house.wiring.deliver_due()
