"""What Stripe's objects look like when nothing has been said about them, in the pinned version."""

from __future__ import annotations

from copy import deepcopy

from adapters.local_stripe.store import Json

CUSTOMER: Json = {
    "id": "", "object": "customer", "address": None, "balance": 0, "created": 0, "currency": None,
    "default_source": None, "delinquent": False, "description": None, "discount": None, "email": None,
    "invoice_prefix": "",
    "invoice_settings": {
        "custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None,
    },
    "livemode": False, "metadata": {}, "name": None, "next_invoice_sequence": 1, "phone": None,
    "preferred_locales": [], "shipping": None, "tax_exempt": "none", "test_clock": None,
}  # fmt: skip

PRODUCT: Json = {
    "id": "", "object": "product", "active": True, "created": 0, "default_price": None, "description": None,
    "images": [], "livemode": False, "marketing_features": [], "metadata": {}, "name": "",
    "package_dimensions": None, "shippable": None, "statement_descriptor": None, "tax_code": None,
    "type": "service", "unit_label": None, "updated": 0, "url": None,
}  # fmt: skip

PRICE: Json = {
    "id": "", "object": "price", "active": True, "billing_scheme": "per_unit", "created": 0, "currency": "",
    "custom_unit_amount": None, "livemode": False, "lookup_key": None, "metadata": {}, "nickname": None,
    "product": "", "recurring": None, "tax_behavior": "unspecified", "tiers": None, "tiers_mode": None,
    "transform_quantity": None, "type": "recurring", "unit_amount": None, "unit_amount_decimal": None,
}  # fmt: skip

METER: Json = {
    "id": "", "object": "billing.meter", "created": 0,
    "customer_mapping": {"event_payload_key": "stripe_customer_id", "type": "by_id"},
    "default_aggregation": {"formula": "sum"}, "display_name": "", "event_name": "",
    "event_time_window": None, "livemode": False, "status": "active",
    "status_transitions": {"deactivated_at": None}, "updated": 0,
    "value_settings": {"event_payload_key": "value"},
}  # fmt: skip

FEATURES: Json = {
    "customer_update": {"allowed_updates": [], "enabled": False},
    "invoice_history": {"enabled": False},
    "payment_method_update": {"enabled": False},
    "subscription_cancel": {
        "cancellation_reason": {"enabled": False, "options": []}, "enabled": False,
        "mode": "at_period_end", "proration_behavior": "none",
    },
    "subscription_pause": {"enabled": False},
    "subscription_update": {
        "default_allowed_updates": [], "enabled": False, "proration_behavior": "none",
    },
}  # fmt: skip

CONFIGURATION: Json = {
    "id": "", "object": "billing_portal.configuration", "active": True, "application": None,
    "business_profile": {"headline": None, "privacy_policy_url": None, "terms_of_service_url": None},
    "created": 0, "default_return_url": None, "features": FEATURES, "is_default": False, "livemode": False,
    "login_page": {"enabled": False, "url": None}, "metadata": {}, "name": None, "updated": 0,
}  # fmt: skip

PORTAL_SESSION: Json = {
    "id": "", "object": "billing_portal.session", "configuration": "", "created": 0, "customer": "",
    "customer_account": None, "flow": None, "livemode": False, "locale": None, "on_behalf_of": None,
    "return_url": None, "url": "",
}  # fmt: skip

CHECKOUT_SESSION: Json = {
    "id": "", "object": "checkout.session", "adaptive_pricing": None, "after_expiration": None,
    "allow_promotion_codes": None, "amount_subtotal": 0, "amount_total": 0,
    "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
    "billing_address_collection": None, "cancel_url": None, "client_reference_id": None,
    "client_secret": None, "collected_information": None, "consent": None, "consent_collection": None,
    "created": 0, "currency": None, "currency_conversion": None, "custom_fields": [],
    "custom_text": {
        "after_submit": None, "shipping_address": None, "submit": None, "terms_of_service_acceptance": None,
    },
    "customer": None, "customer_creation": "always", "customer_details": None, "customer_email": None,
    "discounts": [], "expires_at": 0, "invoice": None, "invoice_creation": None, "livemode": False,
    "locale": None, "metadata": {}, "mode": "subscription", "payment_intent": None, "payment_link": None,
    "payment_method_collection": "always", "payment_method_configuration_details": None,
    "payment_method_options": None, "payment_method_types": ["card"], "payment_status": "unpaid",
    "permissions": None, "phone_number_collection": {"enabled": False}, "recovered_from": None,
    "saved_payment_method_options": None, "setup_intent": None, "shipping_address_collection": None,
    "shipping_cost": None, "shipping_options": [], "status": "open", "submit_type": None,
    "subscription": None, "success_url": None,
    "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    "ui_mode": "hosted_page", "url": None, "wallet_options": None,
}  # fmt: skip

SUBSCRIPTION: Json = {
    "id": "", "object": "subscription", "application": None, "application_fee_percent": None,
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
    "billing_cycle_anchor": 0, "billing_cycle_anchor_config": None,
    "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible", "updated_at": None},
    "billing_schedules": [], "billing_thresholds": None, "cancel_at": None, "cancel_at_period_end": False,
    "canceled_at": None,
    "cancellation_details": {"comment": None, "feedback": None, "feedback_option": None, "reason": None},
    "collection_method": "charge_automatically", "created": 0, "currency": "", "customer": "",
    "customer_account": None, "days_until_due": None, "default_payment_method": None,
    "default_source": None, "default_tax_rates": [], "description": None, "discounts": [], "ended_at": None,
    "invoice_settings": {
        "account_tax_ids": None, "custom_fields": None, "description": None, "footer": None,
        "issuer": {"type": "self"},
    },
    "items": {"object": "list", "data": [], "has_more": False, "url": ""},
    "latest_invoice": None, "livemode": False, "metadata": {}, "next_pending_invoice_item_invoice": None,
    "on_behalf_of": None, "pause_collection": None,
    "payment_settings": {
        "payment_method_options": None, "payment_method_types": None,
        "save_default_payment_method": "off",
    },
    "pending_invoice_item_interval": None, "pending_setup_intent": None, "pending_update": None,
    "schedule": None, "start_date": 0, "status": "active", "status_details": None, "test_clock": None,
    "transfer_data": None, "trial_end": None,
    "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}}, "trial_start": None,
}  # fmt: skip

SUBSCRIPTION_ITEM: Json = {
    "id": "", "object": "subscription_item", "billed_until": None, "billing_thresholds": None, "created": 0,
    "current_period_end": 0, "current_period_start": 0, "current_trial": None, "discounts": [],
    "metadata": {}, "plan": None, "price": None, "subscription": "", "tax_rates": [],
}  # fmt: skip

INVOICE: Json = {
    "id": "", "object": "invoice", "account_country": "DE", "account_name": "Heartwood",
    "account_tax_ids": None, "amount_due": 0, "amount_overpaid": 0, "amount_paid": 0, "amount_remaining": 0,
    "amount_shipping": 0, "application": None, "attempt_count": 0, "attempted": False, "auto_advance": True,
    "automatic_tax": {
        "disabled_reason": None, "enabled": False, "liability": None, "provider": None, "status": None,
    },
    "automatically_finalizes_at": None, "billing_reason": None, "collection_method": "charge_automatically",
    "created": 0, "currency": "", "custom_fields": None, "customer": "", "customer_address": None,
    "customer_email": None, "customer_name": None, "customer_phone": None, "customer_shipping": None,
    "customer_tax_exempt": "none", "customer_tax_ids": [], "default_payment_method": None,
    "default_source": None, "default_tax_rates": [], "description": None, "discounts": [], "due_date": None,
    "effective_at": None, "ending_balance": None, "footer": None, "from_invoice": None,
    "hosted_invoice_url": None, "invoice_pdf": None, "issuer": {"type": "self"},
    "last_finalization_error": None, "latest_revision": None,
    "lines": {"object": "list", "data": [], "has_more": False, "url": ""},
    "livemode": False, "metadata": {}, "next_payment_attempt": None, "number": None, "on_behalf_of": None,
    "parent": None,
    "payment_settings": {
        "default_mandate": None, "payment_method_options": None, "payment_method_types": None,
    },
    "period_end": 0, "period_start": 0, "post_payment_credit_notes_amount": 0,
    "pre_payment_credit_notes_amount": 0, "receipt_number": None, "rendering": None, "shipping_cost": None,
    "shipping_details": None, "starting_balance": 0, "statement_descriptor": None, "status": "draft",
    "status_details": None,
    "status_transitions": {
        "finalized_at": None, "marked_uncollectible_at": None, "paid_at": None, "voided_at": None,
    },
    "subtotal": 0, "subtotal_excluding_tax": 0, "test_clock": None, "threshold_reason": None, "total": 0,
    "total_discount_amounts": [], "total_excluding_tax": 0, "total_pretax_credit_amounts": [],
    "total_taxes": [], "webhooks_delivered_at": None,
}  # fmt: skip

LINE: Json = {
    "id": "", "object": "line_item", "amount": 0, "currency": "", "description": "", "discount_amounts": [],
    "discountable": True, "discounts": [], "invoice": None, "livemode": False, "metadata": {},
    "parent": None, "period": {"end": 0, "start": 0}, "pretax_credit_amounts": [], "pricing": None,
    "quantity": 0, "quantity_decimal": "0", "subscription": None, "subtotal": 0, "taxes": [],
}  # fmt: skip

CHARGE: Json = {
    "id": "", "object": "charge", "amount": 0, "amount_captured": 0, "amount_refunded": 0,
    "application": None, "application_fee": None, "application_fee_amount": None,
    "balance_transaction": None,
    "billing_details": {"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
    "calculated_statement_descriptor": None, "captured": False, "created": 0, "currency": "",
    "customer": None, "description": None, "disputed": False, "failure_balance_transaction": None,
    "failure_code": None, "failure_message": None, "fraud_details": None, "livemode": False, "metadata": {},
    "on_behalf_of": None, "outcome": None, "paid": False, "payment_intent": None, "payment_method": None,
    "payment_method_details": {"type": "card"}, "receipt_email": None, "receipt_number": None,
    "receipt_url": None, "refunded": False, "review": None, "shipping": None, "source": None,
    "source_transfer": None, "statement_descriptor": None, "statement_descriptor_suffix": None,
    "status": "succeeded", "transfer_data": None, "transfer_group": None,
}  # fmt: skip

INVOICE_ITEM: Json = {
    "id": "", "object": "invoiceitem", "amount": 0, "currency": "", "customer": "", "customer_account": None,
    "date": 0, "description": None, "discountable": True, "discounts": [], "invoice": None, "livemode": False,
    "metadata": {}, "net_amount": 0, "parent": None, "period": {"end": 0, "start": 0}, "pricing": None,
    "proration": False, "proration_details": None, "quantity": 0, "quantity_decimal": "0", "tax_rates": [],
    "test_clock": None,
}  # fmt: skip

INVOICE_PAYMENT: Json = {
    "id": "", "object": "invoice_payment", "amount_paid": None, "amount_requested": 0, "created": 0,
    "currency": "", "invoice": "", "is_default": True, "livemode": False, "payment": {}, "status": "open",
    "status_transitions": {"canceled_at": None, "paid_at": None},
}  # fmt: skip

DISPUTE: Json = {
    "id": "", "object": "dispute", "amount": 0, "balance_transactions": [], "charge": "", "created": 0,
    "currency": "", "enhanced_eligibility_types": [], "evidence": {},
    "evidence_details": {
        "due_by": None, "enhanced_eligibility": {}, "has_evidence": False, "past_due": False,
        "submission_count": 0, "submission_method": "not_submitted",
    },
    "is_charge_refundable": True, "livemode": False, "metadata": {}, "payment_intent": None,
    "payment_method_details": {"type": "card"}, "reason": "", "status": "needs_response",
}  # fmt: skip

SCHEDULE: Json = {
    "id": "", "object": "subscription_schedule", "application": None, "billing_mode": {}, "canceled_at": None,
    "completed_at": None, "created": 0, "current_phase": None, "customer": "", "customer_account": None,
    "default_settings": {
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": "automatic", "billing_thresholds": None,
        "collection_method": "charge_automatically", "default_payment_method": None, "description": None,
        "invoice_settings": {
            "account_tax_ids": None, "custom_fields": None, "days_until_due": None, "description": None,
            "footer": None, "issuer": {"type": "self"},
        },
        "on_behalf_of": None, "transfer_data": None,
    },
    "end_behavior": "release", "livemode": False, "metadata": {}, "pause_schedules": [], "phases": [],
    "released_at": None, "released_subscription": None, "status": "active", "subscription": None,
    "test_clock": None,
}  # fmt: skip

PHASE: Json = {
    "add_invoice_items": [], "application_fee_percent": None, "billing_cycle_anchor": None,
    "billing_thresholds": None, "collection_method": None, "currency": "", "default_payment_method": None,
    "default_tax_rates": [], "description": None, "discounts": [], "end_date": 0, "invoice_settings": None,
    "items": [], "metadata": {}, "on_behalf_of": None, "proration_behavior": "create_prorations",
    "start_date": 0, "transfer_data": None, "trial_end": None,
}  # fmt: skip

PHASE_ITEM: Json = {
    "billing_thresholds": None, "discounts": [], "metadata": {}, "plan": "", "price": "", "tax_rates": [],
}  # fmt: skip

WEBHOOK_ENDPOINT: Json = {
    "id": "", "object": "webhook_endpoint", "api_version": None, "application": None, "created": 0,
    "description": None, "enabled_events": [], "livemode": False, "metadata": {}, "status": "enabled",
    "url": "",
}  # fmt: skip


def blank(shape: Json, **known: object) -> Json:
    """A fresh object of this shape. A field that the shape does not have is a mistake of ours."""
    assert known.keys() <= shape.keys(), known.keys() - shape.keys()
    return {**deepcopy(shape), **known}
