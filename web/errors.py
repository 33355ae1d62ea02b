"""One table turns what the domain answers into HTTP, as JSON for programs and as a page for people."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus

from eventsourcing import persistence
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from psycopg import OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from domain.billing import BillingFault
from domain.conflicts import Contended
from domain.mail import MailAway, MailRefused
from domain.moments import NotTold
from domain.refusals import Refusal, Refused, Unknown

log = logging.getLogger(__name__)

PROGRAMS = ("/api/", "/webhooks/", "/widget/", "/healthz")  # everything else is for people

STATUS: dict[Refusal, HTTPStatus] = {
    Refusal.WORKSPACE_DELETED: HTTPStatus.NOT_FOUND,
    Refusal.ROLE_TOO_LOW: HTTPStatus.FORBIDDEN,
    Refusal.ROLE_NOT_YOURS_TO_GIVE: HTTPStatus.FORBIDDEN,
    Refusal.SCOPES_UNKNOWN: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.CALLS_NOT_IN_PLAN: HTTPStatus.FORBIDDEN,
    Refusal.CUSTOMER_SUSPENDED: HTTPStatus.FORBIDDEN,
    Refusal.CREDITS_FROZEN: HTTPStatus.PAYMENT_REQUIRED,
    Refusal.INSUFFICIENT_CREDITS: HTTPStatus.PAYMENT_REQUIRED,
    Refusal.BUDGET_EXCEEDED: HTTPStatus.TOO_MANY_REQUESTS,
}
CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
    503: "try_again",
}
HINTS = {
    404: "Check the address; what you may not see answers the same way.",
    413: "Send at most 2 MiB in one request.",
    415: "Add the header: curl -H 'Content-Type: application/json'.",
    503: "Try again in a moment.",
}
# What a fault of Stripe means for who asked, by its kind: status, code, message and hint.
STRIPE = {
    "try_again": (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "stripe_unavailable",
        "Stripe did not answer as it should.",
        "What you asked to change is noted; whether Stripe did it is not certain yet. "
        "We look at Stripe again by ourselves: look at the billing page in a moment.",
    ),
    "refused": (
        HTTPStatus.CONFLICT,
        "stripe_refused",
        "Stripe did not accept this.",
        "To ask again gets the same answer. If it should have worked, tell support the request id {id}.",
    ),
    "misconfigured": (
        HTTPStatus.BAD_GATEWAY,
        "stripe_misconfigured",
        "Stripe could not do this, through a fault on our side.",
        "To try again does not help. Tell support the request id {id}.",
    ),
}
# What a card's "no" is for the one who pays, by Stripe's code; all of them leave the plan as it was.
DECLINED = {
    "card_declined": "The card was declined.",
    "expired_card": "The card has expired.",
    "incorrect_cvc": "The card’s security code is wrong.",
    "insufficient_funds": "There is not enough money on the card.",
    "processing_error": "The card could not be charged just now.",
    "authentication_required": "The bank wants the payment confirmed first.",
    "subscription_payment_intent_requires_action": "The bank wants the payment confirmed first.",
}
NOTHING_CHARGED = (
    "Nothing was charged, and the plan stays as it was. "
    "Give Stripe another card in the customer portal, or ask the bank; then try again."
)
COUNTING = "overage_not_counted"  # the end of a plan waits for Stripe's meter
ENDS_THEN = "The plan ends as soon as it has; nothing more to do."
NOTHING_CHANGED = "Nothing was changed. Try again in a moment."
IF_PAID = (
    "If you have paid, nothing is lost: the plan begins by itself as soon as Stripe tells us. "
    "Look at the billing page in a moment."
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What an error is for who asked."""

    status: HTTPStatus
    code: str
    message: str
    hint: str


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


class TooMany(Exception):
    """Somebody tries too much; after so many seconds they may try again."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.message = message
        self.seconds = seconds


def register(app: Flask) -> None:
    app.register_error_handler(ApiError, _api_error)
    app.register_error_handler(TooMany, _too_many)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Unknown, _unknown)
    app.register_error_handler(Contended, _contended)
    app.register_error_handler(persistence.OperationalError, _unavailable)
    app.register_error_handler(persistence.InterfaceError, _unavailable)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(BillingFault, _fault_of_stripe)
    app.register_error_handler(MailAway, _mail_away)
    app.register_error_handler(MailRefused, _mail_refused)
    app.register_error_handler(NotTold, _not_told)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _internal)


def _answer(status: int, code: str, message: str, hint: str = "", field: str | None = None) -> Response:
    if request.path.startswith(PROGRAMS):
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
    if error.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _too_many(error: TooMany) -> Response:
    minutes = -(-error.seconds // 60)
    wait = "a minute" if minutes == 1 else f"{minutes} minutes"
    response = _answer(429, "rate_limited", error.message, f"Try again in {wait}.")
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _refused(error: Refused) -> Response:
    status = STATUS.get(error.refusal, HTTPStatus.CONFLICT)
    return _answer(status, error.refusal.value, error.message, error.hint)


def _unknown(_: Unknown) -> Response:
    return _answer(404, CODES[404], "There is nothing here.", HINTS[404])


def _unavailable(error: Exception) -> Response:
    log.error("request %s: %s", g.get("request_id"), type(error).__name__)
    return _answer(503, CODES[503], "The database did not answer in time.", _how_to_try_again())


def _contended(error: Contended) -> Response:
    log.error("request %s: %s", g.get("request_id"), type(error).__name__)
    message = "Somebody else is changing the same thing just now, and that takes longer than usual."
    return _answer(503, CODES[503], message, _how_to_try_again())


def _how_to_try_again() -> str:
    if request.path.startswith(PROGRAMS):
        return "Try again in a moment. An event with the same Idempotency-Key counts once."
    if request.method == "POST":
        return "Go back and send the same form again in a moment. Nothing is made twice."
    return "Reload the page in a moment."


def told_of_stripe(error: BillingFault) -> Told:
    """A fault of Stripe in words; in the log it stands under the id of the request."""
    log.error("request %s: %s", g.get("request_id"), type(error).__name__)
    status, code, message, hint = STRIPE[error.kind]
    reason = getattr(error, "code", None) or ""
    declined = DECLINED.get(reason)
    if reason == COUNTING:
        code, message, hint = COUNTING, "Stripe is still counting the events above the pool.", ENDS_THEN
    if error.kind == "refused" and declined is not None:
        code, message, hint = "card_declined", declined, NOTHING_CHARGED
    return Told(status=status, code=code, message=message, hint=hint.format(id=g.get("request_id")))


def _fault_of_stripe(error: BillingFault) -> Response:
    told = told_of_stripe(error)
    hint = told.hint
    if error.kind == "try_again" and request.method == "GET":
        hint = IF_PAID if request.endpoint == "pages.checkout_returned" else NOTHING_CHANGED
    return _answer(told.status, told.code, told.message, hint)


def _mail_away(error: MailAway) -> Response:
    log.error("request %s: %s", g.get("request_id"), error)
    return _answer(503, CODES[503], "The mail could not be sent just now.", _how_to_try_again())


def _mail_refused(error: MailRefused) -> Response:
    log.error("request %s: %s", g.get("request_id"), error)
    message = "The mail server does not take mail for this address."
    return _answer(
        HTTPStatus.UNPROCESSABLE_ENTITY, "mail_refused", message, "Check the address, and try again."
    )


def _not_told(error: NotTold) -> Response:
    log.error("request %s: %s", g.get("request_id"), error)
    g.pop("looking_back", None)
    hint = f"{error}. The present is not affected."
    return _answer(503, CODES[503], "This cannot be shown as it was.", hint)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()  # type: ignore[return-value]  # a redirect made by abort()
    message = {404: "There is nothing here."}.get(status, error.description or error.name)
    hint, allowed = HINTS.get(status, ""), ""
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        hint = f"This address takes {allowed}."
    response = _answer(status, CODES.get(status, "http_error"), message, hint)
    if allowed:
        response.headers["Allow"] = allowed
    return response


def _internal(error: Exception) -> Response:
    log.exception("request %s failed", g.get("request_id"), exc_info=error)
    return _answer(
        500,
        "internal",
        "Something went wrong on our side.",
        f"Tell support the request id {g.get('request_id')}.",
    )
