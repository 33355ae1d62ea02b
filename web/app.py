"""The web application: pages for people, an API for programs, and Stripe's notices."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from web import access, cookies, errors
from web.api import authorized
from web.api.blueprint import api
from web.api.known_keys import KNOWN_KEYS, KnownKeys
from web.health import health
from web.pages.blueprint import pages
from web.reference import reference
from web.services import HEARTWOOD, Services
from web.signed_by_ring import SignedByRing
from web.webhooks import webhooks
from web.widget import widget

BODY_MAX = 2 * 1024 * 1024  # bytes; a larger request is refused before it is read


def create_app(services: Services) -> Flask:
    """An application on these services; nothing is read from the environment."""
    return with_services(addresses(), services)


def addresses() -> Flask:
    """Every address with what answers there, on nobody's services yet."""
    app = Flask(__name__)
    app.session_interface = SignedByRing()
    app.json.sort_keys = False  # type: ignore[attr-defined]
    access.register(app)
    errors.register(app)
    authorized.register(app)
    for blueprint in (pages, api, reference, webhooks, widget, health):
        app.register_blueprint(blueprint)
    return app


def with_services(app: Flask, services: Services) -> Flask:
    app.secret_key = services.form_keys()[0]  # asked for by Flask; what signs is `SignedByRing`
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_MAX,
        MAX_FORM_MEMORY_SIZE=BODY_MAX,
        SESSION_COOKIE_NAME=cookies.name_for(cookies.FORM, services.url),
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=cookies.over_https(services.url),
        TRAP_HTTP_EXCEPTIONS=False,
    )
    app.extensions[HEARTWOOD] = services
    app.extensions[KNOWN_KEYS] = KnownKeys(services)
    if services.trusted_proxies:
        _believe(app, services.trusted_proxies)
    return app


def _believe(app: Flask, proxies: int) -> None:
    """Where a request came from is what that many proxies say, and what it was asked for is not theirs to
    say: links are made of our own address."""
    app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0, x_port=0, x_prefix=0
    )
