"""Can an account be set up, looked at and mended as one sets up a real one?"""

from __future__ import annotations

import pytest
import stripe

from tests.adapters.local_stripe.bright_signal import a_client, a_gateway, a_stripe

URL = "https://heartwood.example/webhooks/stripe"


def test_the_secret_of_an_endpoint_is_told_once() -> None:
    client = a_client(a_stripe())

    made = client.v1.webhook_endpoints.create({"url": URL, "enabled_events": ["invoice.paid"]})

    (listed,) = client.v1.webhook_endpoints.list().data
    assert made.secret is not None
    assert made.secret.startswith("whsec_")
    assert (listed.id, listed.url, listed.enabled_events) == (made.id, URL, ["invoice.paid"])
    assert "secret" not in listed.to_dict()
    assert "secret" not in client.v1.webhook_endpoints.retrieve(made.id).to_dict()


def test_an_endpoint_is_changed_and_deleted() -> None:
    client = a_client(a_stripe())
    made = client.v1.webhook_endpoints.create({"url": URL, "enabled_events": ["*"]})

    changed = client.v1.webhook_endpoints.update(
        made.id, {"enabled_events": ["invoice.paid"], "disabled": True, "metadata": {"heartwood": "v1"}}
    )
    client.v1.webhook_endpoints.delete(made.id)

    assert (changed.enabled_events, changed.status) == (["invoice.paid"], "disabled")
    assert changed.metadata.to_dict() == {"heartwood": "v1"}
    assert client.v1.webhook_endpoints.list().data == []


@pytest.mark.parametrize("events", [["invoice.unheard_of"], []])
def test_an_endpoint_for_what_there_is_not_is_refused(events: list[str]) -> None:
    client = a_client(a_stripe())

    with pytest.raises(stripe.InvalidRequestError):
        client.v1.webhook_endpoints.create({"url": URL, "enabled_events": events})


def test_products_are_listed_and_changed() -> None:
    local = a_stripe()
    a_gateway(local).ensure_catalogue()
    client = a_client(local)

    client.v1.products.update("heartwood_pro", {"name": "Pro, later", "active": False})

    assert [one.id for one in client.v1.products.list({"active": False}).data] == ["heartwood_pro"]
    assert [one.id for one in client.v1.products.list({"ids": ["heartwood_agency"]}).data] == [
        "heartwood_agency"
    ]
    assert client.v1.products.retrieve("heartwood_pro").name == "Pro, later"


def test_a_lookup_key_moves_to_another_price_only_if_it_is_asked_to() -> None:
    local = a_stripe()
    a_gateway(local).ensure_catalogue()
    client = a_client(local)
    price = client.v1.prices.create(
        {
            "currency": "eur",
            "product": "heartwood_pro",
            "unit_amount": 5_900,
            "recurring": {"interval": "month"},
        }
    )

    with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
        client.v1.prices.update(price.id, {"lookup_key": "heartwood_pro_v1"})
    client.v1.prices.update(price.id, {"lookup_key": "heartwood_pro_v1", "transfer_lookup_key": True})

    (found,) = client.v1.prices.list({"lookup_keys": ["heartwood_pro_v1"]}).data
    assert found.id == price.id


def test_the_portal_keeps_what_is_not_named() -> None:
    local = a_stripe()
    catalogue = a_gateway(local).ensure_catalogue()
    configurations = a_client(local).v1.billing_portal.configurations

    configurations.update(
        catalogue.portal_configuration_id, {"features": {"invoice_history": {"enabled": False}}}
    )

    features = configurations.retrieve(catalogue.portal_configuration_id).features
    assert (features.invoice_history.enabled, features.subscription_cancel.enabled) == (False, True)


@pytest.mark.parametrize("feature", ["subscription_update", "subscription_pause"])
def test_the_portal_takes_no_switch_of_plan_and_no_pause(feature: str) -> None:
    local = a_stripe()
    catalogue = a_gateway(local).ensure_catalogue()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        a_client(local).v1.billing_portal.configurations.update(
            catalogue.portal_configuration_id,
            {"features": {feature: {"enabled": True}}},  # type: ignore[misc]
        )

    assert refused.value.code == "local_unsupported"


def test_a_meter_that_is_switched_off_takes_nothing() -> None:
    local = a_stripe()
    catalogue = a_gateway(local).ensure_catalogue()
    meters = a_client(local).v1.billing.meters

    meters.update(catalogue.meter_id, {"display_name": "Overage"})
    meters.deactivate(catalogue.meter_id)

    assert meters.list({"status": "active"}).data == []
    assert meters.retrieve(catalogue.meter_id).display_name == "Overage"
