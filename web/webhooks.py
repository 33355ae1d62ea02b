"""Stripe's notices, as they arrive: verified, remembered once, answered at once; acted on by the worker."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from web.bodies import whole_body
from web.errors import ApiError
from web.services import services

webhooks = Blueprint("webhooks", __name__)

NOTICE_BYTES_MAX = 512 * 1024


@webhooks.post("/webhooks/stripe")
def stripe() -> Response:
    """200 for a notice that is kept (also one that was kept before), 400 for one that is not Stripe's."""
    request.max_content_length = NOTICE_BYTES_MAX
    body = whole_body()
    refusal = services().receive_notice(body, request.headers.get("Stripe-Signature", ""))
    if refusal is not None:
        raise ApiError(
            400,
            refusal,
            "This notice was not kept.",
            "Check the endpoint's secret, its API version and its mode in Stripe.",
        )
    return jsonify(received=True)
