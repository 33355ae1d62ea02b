"""One table turns what the domain answers into HTTP, as JSON for programs and as a page for people."""

from __future__ import annotations

import logging
from http import HTTPStatus

from eventsourcing import persistence
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from psycopg import OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from domain.billing import BillingFault
from domain.conflicts import Contended
from domain.refusals import Refusal, Refused, Unknown

log = logging.getLogger(__name__)

STATUS: dict[Refusal, HTTPStatus] = {
    Refusal.WORKSPACE_DELETED: HTTPStatus.NOT_FOUND,
    Refusal.ROLE_TOO_LOW: HTTPStatus.FORBIDDEN,
    Refusal.ROLE_NOT_YOURS_TO_GIVE: HTTPStatus.FORBIDDEN,
}
CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
}
HINTS = {
    404: "Check the address; what you may not see answers the same way.",
    413: "Send at most 2 MiB in one request.",
    415: "Send application/json.",
}


class ApiError(Exception):
    """A clear "no" of the API: `{"error": {code, message, hint, field}}`."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        hint: str = "",
        field: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"code": code, "message": message, "hint": hint, "field": field}
        self.headers = headers or {}


def register(app: Flask) -> None:
    app.register_error_handler(ApiError, _api_error)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Unknown, _unknown)
    app.register_error_handler(Contended, _unavailable)
    app.register_error_handler(persistence.OperationalError, _unavailable)
    app.register_error_handler(persistence.InterfaceError, _unavailable)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(BillingFault, _stripe_away)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _internal)


def _answer(status: int, code: str, message: str, hint: str = "", field: str | None = None) -> Response:
    if request.path.startswith(("/api/", "/webhooks/", "/healthz")):
        response = jsonify(error={"code": code, "message": message, "hint": hint, "field": field})
    else:
        response = make_response(
            render_template("error.html", status=int(status), message=message, hint=hint)
        )
    response.status_code = int(status)
    return response


def _api_error(error: ApiError) -> Response:
    response = jsonify(error=error.body)
    response.status_code = error.status
    response.headers.update(error.headers)
    return response


def _refused(error: Refused) -> Response:
    status = STATUS.get(error.refusal, HTTPStatus.CONFLICT)
    return _answer(status, error.refusal.value, error.message, error.hint)


def _unknown(_: Unknown) -> Response:
    return _answer(404, CODES[404], "There is nothing here.", HINTS[404])


def _unavailable(error: Exception) -> Response:
    log.error("request %s: %s", g.get("request_id"), type(error).__name__)
    return _answer(
        503,
        "try_again",
        "The database did not answer in time.",
        "Try again in a moment; asking twice does nothing twice.",
    )


def _stripe_away(error: BillingFault) -> Response:
    log.error("request %s: %s", g.get("request_id"), type(error).__name__)
    return _answer(
        503,
        "stripe_unavailable",
        "The payment service did not do what we asked.",
        "Your request was noted and nothing else was changed. Try again in a moment.",
    )


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()  # type: ignore[return-value]  # a redirect made by abort()
    message = {404: "There is nothing here."}.get(status, error.description or error.name)
    response = _answer(status, CODES.get(status, "http_error"), message, HINTS.get(status, ""))
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _internal(error: Exception) -> Response:
    log.exception("request %s failed", g.get("request_id"), exc_info=error)
    return _answer(
        500,
        "internal",
        "Something went wrong on our side.",
        f"Tell support the request id {g.get('request_id')}.",
    )
