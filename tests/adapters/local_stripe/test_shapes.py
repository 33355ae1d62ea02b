"""Do our objects have the fields that the pinned SDK says they have?"""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from adapters.local_stripe import shapes
from adapters.local_stripe.disputes import TEXTS
from adapters.local_stripe.store import Json
from tests.adapters.local_stripe.bright_signal import CANCEL_URL, a_client, a_subscription

OBJECTS = {
    "customer": (shapes.CUSTOMER, stripe.Customer),
    "product": (shapes.PRODUCT, stripe.Product),
    "price": (shapes.PRICE, stripe.Price),
    "meter": (shapes.METER, stripe.billing.Meter),
    "configuration": (shapes.CONFIGURATION, stripe.billing_portal.Configuration),
    "portal session": (shapes.PORTAL_SESSION, stripe.billing_portal.Session),
    "checkout session": (shapes.CHECKOUT_SESSION, stripe.checkout.Session),
    "subscription": (shapes.SUBSCRIPTION, stripe.Subscription),
    "subscription item": (shapes.SUBSCRIPTION_ITEM, stripe.SubscriptionItem),
    "invoice": (shapes.INVOICE, stripe.Invoice),
    "line": (shapes.LINE, stripe.InvoiceLineItem),
    "charge": (shapes.CHARGE, stripe.Charge),
    "invoice payment": (shapes.INVOICE_PAYMENT, stripe.InvoicePayment),
    "dispute": (shapes.DISPUTE, stripe.Dispute),
    "schedule": (shapes.SCHEDULE, stripe.SubscriptionSchedule),
    "invoice item": (shapes.INVOICE_ITEM, stripe.InvoiceItem),
    "webhook endpoint": (shapes.WEBHOOK_ENDPOINT, stripe.WebhookEndpoint),
}


def fields_of(kind: type) -> dict[str, str]:
    """Fields and their types, as the SDK's class writes them down."""
    return {
        name: str(given)
        for name, given in kind.__annotations__.items()
        if not name.startswith("_") and name not in {"OBJECT_NAME", "deleted"}
    }


@pytest.mark.parametrize("name", OBJECTS)
def test_a_blank_object_has_the_fields_of_the_sdk(name: str) -> None:
    shape, kind = OBJECTS[name]

    fields = fields_of(kind)

    assert shape.keys() - fields.keys() == set()
    needed = {field for field, given in fields.items() if "Optional" not in given and "None" not in given}
    assert needed - shape.keys() == set()


PARTS = {
    "phase": (shapes.PHASE, stripe.SubscriptionSchedule.Phase),
    "phase's item": (shapes.PHASE_ITEM, stripe.SubscriptionSchedule.Phase.Item),
    "settings": (shapes.SCHEDULE["default_settings"], stripe.SubscriptionSchedule.DefaultSettings),
    "evidence": ({**dict.fromkeys(TEXTS), "enhanced_evidence": {}}, stripe.Dispute.Evidence),
    "evidence details": (shapes.DISPUTE["evidence_details"], stripe.Dispute.EvidenceDetails),
    "billing details": (shapes.CHARGE["billing_details"], stripe.Charge.BillingDetails),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_an_object_has_the_fields_of_the_sdk(name: str) -> None:
    shape, kind = PARTS[name]

    fields = fields_of(kind)

    assert shape.keys() - fields.keys() == set()
    needed = {field for field, given in fields.items() if "Optional" not in given and "None" not in given}
    assert needed - shape.keys() == set()


def test_what_is_shown_of_a_whole_life_has_no_other_field() -> None:
    world = a_subscription()
    world.gateway.report_overage(
        customer_id="cus_000001", identifier="ov:1", quantity=60_000, at=world.stripe.now()
    )
    world.gateway.open_portal("cus_000001", CANCEL_URL)
    world.stripe.cancel_in_portal("sub_000001")
    world.stripe.advance(world.seen.cycle_ends_at)
    world.stripe.do("dispute", "ch_000001")
    world.stripe.do("set_card", "cus_000001", card="declining")
    world.stripe.do("delete_customer", "cus_000001")

    events = a_client(world.stripe).v1.events.list({"limit": 100}).auto_paging_iter()
    unknown = [found for event in events for found in unknown_fields(event.data.object.to_dict())]

    assert unknown == []


def unknown_fields(body: Json) -> list[Any]:
    kind = next(kind for shape, kind in OBJECTS.values() if shape["object"] == body["object"])
    nested = [*body.get("items", {}).get("data", ()), *body.get("lines", {}).get("data", ())]
    return [
        *(body.keys() - fields_of(kind).keys()),
        *(name for one in nested for name in unknown_fields(one)),
    ]
