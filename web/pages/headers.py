"""What a browser is told with every answer: run nothing of others, keep nothing, be framed by nobody."""

from __future__ import annotations

from flask import Response, g, request

from web import cookies
from web.pages.blueprint import pages
from web.services import services

SESSION_SECONDS = 30 * 24 * 3600  # as long as a session lives
YEAR_SECONDS = 365 * 24 * 3600
NO_PAGE = "default-src 'none'; frame-ancestors 'none'"  # of what is shown by mistake only
LOOPBACK = "http://127.0.0.1:*"


@pages.after_app_request
def guard(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers["Referrer-Policy"] = "same-origin"
    if cookies.over_https(services().url):
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}"
    if response.mimetype == "text/html":
        response.headers.update(
            {
                "Content-Security-Policy": _content_policy(),
                "Cross-Origin-Opener-Policy": "same-origin",
                "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
                "Cache-Control": "no-store",
            }
        )
    else:
        response.headers["Content-Security-Policy"] = NO_PAGE
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
    return response


@pages.after_app_request
def keep_session(response: Response) -> Response:
    """Give, exchange or take the cookie, also when the page that follows a sign-in fails."""
    token = g.get("session_token")
    if token:
        cookies.give(response, cookies.SESSION, token, seconds=SESSION_SECONDS)
    elif token is not None:
        cookies.take_back(response, cookies.SESSION)
    return response


def _content_policy() -> str:
    """A form may lead to Stripe's pages, which is where subscriptions are paid and cancelled."""
    stripe = "https://*.stripe.com"
    if services().url.startswith("http://"):
        stripe += f" {LOOPBACK}"  # the local Stripe
    return (
        "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none';"
        f" form-action 'self' {stripe}"
    )
