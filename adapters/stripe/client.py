"""How we reach Stripe: the pinned version, our own deadlines, and no address but the one we were given."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

import requests
import stripe

API_VERSION = "2026-10-28.endive"
RETRIES_MAX = 2  # of the SDK's own, each with the same idempotency key


def client_for(
    secret_key: str,
    *,
    base_url: str | None,
    timeout_seconds: float,
    http_client: stripe.HTTPClient | None = None,
) -> stripe.StripeClient:
    """A client of the SDK. There is no time limit per request, so pages and jobs have a client each."""
    assert stripe.api_version == API_VERSION, "the SDK and our pinned version have parted"
    stripe.enable_telemetry = False  # else the SDK writes a file into the home directory
    logging.getLogger("stripe").setLevel(logging.WARNING)  # it logs each call, in debug with all secrets
    carrier = http_client or _over_the_network(base_url, timeout_seconds)
    if base_url is None:
        return stripe.StripeClient(
            secret_key, stripe_version=API_VERSION, max_network_retries=RETRIES_MAX, http_client=carrier
        )
    base = base_url.rstrip("/")
    return stripe.StripeClient(
        secret_key,
        stripe_version=API_VERSION,
        # All four, or calls about meters go to Stripe while everything else stays here.
        base_addresses={"api": base, "connect": base, "files": base, "meter_events": base},
        max_network_retries=RETRIES_MAX,
        http_client=carrier,
    )


def _over_the_network(base_url: str | None, timeout_seconds: float) -> stripe.HTTPClient:
    session = None
    if base_url is not None and urlsplit(base_url).hostname in {"127.0.0.1", "localhost", "::1"}:
        session = requests.Session()
        session.trust_env = False  # a proxy of the environment cannot reach our own loopback
    return stripe.RequestsClient(timeout=timeout_seconds, session=session)
