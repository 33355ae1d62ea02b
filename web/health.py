"""Whether we are well, for load balancers and for support; without a word about anybody."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from web.services import services

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> Response:
    state = services().health()
    response = jsonify(state)
    response.status_code = HTTPStatus.OK if state["status"] == "ok" else HTTPStatus.SERVICE_UNAVAILABLE
    return response
