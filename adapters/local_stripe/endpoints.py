"""Which requests the local Stripe answers, with which types of the pinned SDK, and by what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from stripe import params as v1
from stripe.params import billing, billing_portal
from stripe.params import checkout as checkout_params

from adapters.local_stripe import (
    catalogue,
    checkout,
    customers,
    disputes,
    invoices,
    lists,
    metering,
    one_off,
    pausing,
    phases,
    portal,
    preview,
    subscriptions,
    webhook_endpoints,
)
from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import unsupported
from adapters.local_stripe.store import Json

Answer = Callable[..., Json]


@dataclass(frozen=True)
class Endpoint:
    """One request that may be made. Names in the path become arguments of the answer."""

    method: str
    path: str
    shape: type
    answer: Answer


def _retrieve(kind: str, account: Account, params: Json, object_id: str) -> Json:
    return account.find(kind, object_id)


def _prices(account: Account, params: Json) -> Json:
    filters = {"active": "active", "lookup_keys": "lookup_key", "product": "product", "type": "type"}
    return lists.listed(account, "price", "/v1/prices", params, filters)


def _subscriptions(account: Account, params: Json) -> Json:
    """All that are not cancelled, unless a status is asked for."""
    status = params.pop("status", None)
    found = lists.filtered(account, "subscription", params, {"customer": "customer"})
    if status not in {None, "all"}:
        found = [body for body in found if body["status"] == status]
    elif status is None:
        found = [body for body in found if body["status"] != "canceled"]
    return lists.paged(account, "subscription", "/v1/subscriptions", found, params)


def _invoices(account: Account, params: Json) -> Json:
    filters = {
        "customer": "customer",
        "status": "status",
        "subscription": "parent.subscription_details.subscription",
    }
    return lists.listed(account, "invoice", "/v1/invoices", params, filters)


def _invoice_lines(account: Account, params: Json, object_id: str) -> Json:
    data = account.find("invoice", object_id)["lines"]["data"]
    return lists.paged(account, "line_item", f"/v1/invoices/{object_id}/lines", data, params)


def _events(account: Account, params: Json) -> Json:
    """`delivery_success` tells what arrived from what did not, as far as anyone knows by now."""
    success = params.pop("delivery_success", None)
    if "types" in params:
        params["type"] = params.pop("types")
    found = lists.filtered(account, "event", params, {"type": "type"})
    if success is not None:
        found = [event for event in found if (event["pending_webhooks"] == 0) is success]
    return lists.paged(account, "event", "/v1/events", found, params)


def _charges(account: Account, params: Json) -> Json:
    filters = {"customer": "customer", "payment_intent": "payment_intent"}
    return lists.listed(account, "charge", "/v1/charges", params, filters)


def _disputes(account: Account, params: Json) -> Json:
    filters = {"charge": "charge", "payment_intent": "payment_intent"}
    return lists.listed(account, "dispute", "/v1/disputes", params, filters)


def _invoice_payments(account: Account, params: Json) -> Json:
    filters = {"invoice": "invoice", "status": "status", "payment_intent": "payment.payment_intent"}
    payment = params.pop("payment", {})
    if payment.get("type", "payment_intent") != "payment_intent":
        raise unsupported("payment[type]")
    params |= {name: value for name, value in payment.items() if name != "type"}
    return lists.listed(account, "invoice_payment", "/v1/invoice_payments", params, filters)


def _products(account: Account, params: Json) -> Json:
    if "ids" in params:
        params["id"] = params.pop("ids")
    return lists.listed(account, "product", "/v1/products", params, {"active": "active", "id": "id"})


def _webhook_endpoints(account: Account, params: Json) -> Json:
    return lists.listed(account, "webhook_endpoint", "/v1/webhook_endpoints", params, {})


def _meters(account: Account, params: Json) -> Json:
    return lists.listed(account, "billing.meter", "/v1/billing/meters", params, {"status": "status"})


def _configurations(account: Account, params: Json) -> Json:
    return lists.listed(
        account,
        "billing_portal.configuration",
        "/v1/billing_portal/configurations",
        params,
        {"active": "active", "is_default": "is_default"},
    )


def _meter_event(account: Account, params: Json) -> Json:
    event = metering.record_usage(account, params)
    customer = params["payload"]["stripe_customer_id"]
    invoices.usage_arrived(account, customer, event["timestamp"])
    return event


def _customers(account: Account, params: Json) -> Json:
    return lists.listed(account, "customer", "/v1/customers", params, {"email": "email"})


def _of(kind: str) -> Answer:
    return partial(_retrieve, kind)


ENDPOINTS = (
    Endpoint("GET", "/v1/products", v1.ProductListParams, _products),
    Endpoint("POST", "/v1/products", v1.ProductCreateParams, catalogue.create_product),
    Endpoint("GET", "/v1/products/<object_id>", v1.ProductRetrieveParams, _of("product")),
    Endpoint("POST", "/v1/products/<product_id>", v1.ProductUpdateParams, catalogue.update_product),
    Endpoint("GET", "/v1/prices", v1.PriceListParams, _prices),
    Endpoint("POST", "/v1/prices", v1.PriceCreateParams, catalogue.create_price),
    Endpoint("GET", "/v1/prices/<object_id>", v1.PriceRetrieveParams, _of("price")),
    Endpoint("POST", "/v1/prices/<price_id>", v1.PriceUpdateParams, catalogue.update_price),
    Endpoint("GET", "/v1/billing/meters", billing.MeterListParams, _meters),
    Endpoint("POST", "/v1/billing/meters", billing.MeterCreateParams, catalogue.create_meter),
    Endpoint("GET", "/v1/billing/meters/<object_id>", billing.MeterRetrieveParams, _of("billing.meter")),
    Endpoint("POST", "/v1/billing/meters/<meter_id>", billing.MeterUpdateParams, catalogue.update_meter),
    Endpoint(
        "POST",
        "/v1/billing/meters/<meter_id>/deactivate",
        billing.MeterDeactivateParams,
        catalogue.deactivate_meter,
    ),
    Endpoint(
        "GET",
        "/v1/billing/meters/<meter_id>/event_summaries",
        billing.MeterEventSummaryListParams,
        metering.summaries,
    ),
    Endpoint("POST", "/v1/billing/meter_events", billing.MeterEventCreateParams, _meter_event),
    Endpoint("GET", "/v1/customers", v1.CustomerListParams, _customers),
    Endpoint("POST", "/v1/customers", v1.CustomerCreateParams, customers.create),
    Endpoint("GET", "/v1/customers/<customer_id>", v1.CustomerRetrieveParams, customers.retrieve),
    Endpoint("POST", "/v1/customers/<customer_id>", v1.CustomerUpdateParams, customers.update),
    Endpoint("DELETE", "/v1/customers/<customer_id>", v1.CustomerDeleteParams, customers.delete),
    Endpoint("POST", "/v1/checkout/sessions", checkout_params.SessionCreateParams, checkout.open_session),
    Endpoint(
        "GET",
        "/v1/checkout/sessions/<object_id>",
        checkout_params.SessionRetrieveParams,
        _of("checkout.session"),
    ),
    Endpoint(
        "POST",
        "/v1/checkout/sessions/<checkout_id>/expire",
        checkout_params.SessionExpireParams,
        checkout.expire,
    ),
    Endpoint("GET", "/v1/subscriptions", v1.SubscriptionListParams, _subscriptions),
    Endpoint("GET", "/v1/subscriptions/<object_id>", v1.SubscriptionRetrieveParams, _of("subscription")),
    Endpoint(
        "POST", "/v1/subscriptions/<subscription_id>", v1.SubscriptionUpdateParams, subscriptions.update
    ),
    Endpoint(
        "DELETE", "/v1/subscriptions/<subscription_id>", v1.SubscriptionCancelParams, subscriptions.cancel
    ),
    Endpoint("POST", "/v1/subscriptions/<subscription_id>/pause", v1.SubscriptionPauseParams, pausing.pause),
    Endpoint(
        "POST", "/v1/subscriptions/<subscription_id>/resume", v1.SubscriptionResumeParams, pausing.resume
    ),
    Endpoint("POST", "/v1/subscription_schedules", v1.SubscriptionScheduleCreateParams, phases.create),
    Endpoint(
        "GET",
        "/v1/subscription_schedules/<object_id>",
        v1.SubscriptionScheduleRetrieveParams,
        _of("subscription_schedule"),
    ),
    Endpoint(
        "POST",
        "/v1/subscription_schedules/<schedule_id>",
        v1.SubscriptionScheduleUpdateParams,
        phases.update,
    ),
    Endpoint(
        "POST",
        "/v1/subscription_schedules/<schedule_id>/release",
        v1.SubscriptionScheduleReleaseParams,
        phases.release,
    ),
    Endpoint("GET", "/v1/invoices", v1.InvoiceListParams, _invoices),
    Endpoint("POST", "/v1/invoices", v1.InvoiceCreateParams, one_off.create_invoice),
    Endpoint("POST", "/v1/invoiceitems", v1.InvoiceItemCreateParams, one_off.add_item),
    Endpoint("GET", "/v1/invoices/<object_id>", v1.InvoiceRetrieveParams, _of("invoice")),
    Endpoint("GET", "/v1/invoices/<object_id>/lines", v1.InvoiceLineItemListParams, _invoice_lines),
    Endpoint("POST", "/v1/invoices/create_preview", v1.InvoiceCreatePreviewParams, preview.preview),
    Endpoint(
        "POST",
        "/v1/invoices/<invoice_id>/finalize",
        v1.InvoiceFinalizeInvoiceParams,
        invoices.finalize_asked,
    ),
    Endpoint("POST", "/v1/invoices/<invoice_id>/pay", v1.InvoicePayParams, invoices.pay_asked),
    Endpoint("POST", "/v1/invoices/<invoice_id>/void", v1.InvoiceVoidInvoiceParams, invoices.void_asked),
    Endpoint(
        "POST",
        "/v1/invoices/<invoice_id>/mark_uncollectible",
        v1.InvoiceMarkUncollectibleParams,
        invoices.give_up_asked,
    ),
    Endpoint("GET", "/v1/invoice_payments", v1.InvoicePaymentListParams, _invoice_payments),
    Endpoint("GET", "/v1/charges", v1.ChargeListParams, _charges),
    Endpoint("GET", "/v1/charges/<object_id>", v1.ChargeRetrieveParams, _of("charge")),
    Endpoint("GET", "/v1/disputes", v1.DisputeListParams, _disputes),
    Endpoint("GET", "/v1/disputes/<object_id>", v1.DisputeRetrieveParams, _of("dispute")),
    Endpoint("POST", "/v1/disputes/<dispute_id>/close", v1.DisputeCloseParams, disputes.concede),
    Endpoint(
        "GET",
        "/v1/billing_portal/configurations",
        billing_portal.ConfigurationListParams,
        _configurations,
    ),
    Endpoint(
        "POST",
        "/v1/billing_portal/configurations",
        billing_portal.ConfigurationCreateParams,
        catalogue.create_configuration,
    ),
    Endpoint(
        "GET",
        "/v1/billing_portal/configurations/<object_id>",
        billing_portal.ConfigurationRetrieveParams,
        _of("billing_portal.configuration"),
    ),
    Endpoint(
        "POST",
        "/v1/billing_portal/configurations/<configuration_id>",
        billing_portal.ConfigurationUpdateParams,
        catalogue.update_configuration,
    ),
    Endpoint("POST", "/v1/billing_portal/sessions", billing_portal.SessionCreateParams, portal.open_session),
    Endpoint("GET", "/v1/webhook_endpoints", v1.WebhookEndpointListParams, _webhook_endpoints),
    Endpoint("POST", "/v1/webhook_endpoints", v1.WebhookEndpointCreateParams, webhook_endpoints.create),
    Endpoint(
        "GET",
        "/v1/webhook_endpoints/<object_id>",
        v1.WebhookEndpointRetrieveParams,
        _of("webhook_endpoint"),
    ),
    Endpoint(
        "POST",
        "/v1/webhook_endpoints/<endpoint_id>",
        v1.WebhookEndpointUpdateParams,
        webhook_endpoints.update,
    ),
    Endpoint(
        "DELETE",
        "/v1/webhook_endpoints/<endpoint_id>",
        v1.WebhookEndpointDeleteParams,
        webhook_endpoints.delete,
    ),
    Endpoint("GET", "/v1/events", v1.EventListParams, _events),
    Endpoint("GET", "/v1/events/<object_id>", v1.EventRetrieveParams, _of("event")),
)
