"""An OpenID provider of somebody else's making (canaille), as a process of its own on this machine.

`python -m tests.openid.provider PORT` serves until its standard input ends. A line says what to change:
`rotate` signs with new keys from then on and forgets the old ones.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from canaille.backends.memory.backend import MemoryBackend
from canaille.oidc.jose import make_default_okp_jwk, make_default_rsa_jwk
from flask import Flask
from werkzeug.serving import make_server

PASSWORD = "correct horse battery staple"
SECRET = "the secret of Heartwood at this provider"
RETURN_URL = "http://localhost/sign-in/provider/returned"

# Who works there, by user name, and whether the provider vouches for the address.
PEOPLE = {
    "ana": ("ana@example.com", "true"),
    "adam": ("Adam@Example.com", "true"),
    "olga": ("olga@example.com", "true"),
    "eve": ("eve@example.com", "true"),
    "nobody": ("nobody@example.com", "true"),
    "elsewhere": ("ben@elsewhere.test", "true"),
    "declining": ("adam@example.com", "true"),
    "doubted": ("ben@example.com", "false"),
    "unsaid": ("vera@example.com", ""),
}
# The clients: one with a secret, and one without, of which the provider demands PKCE.
CLIENTS = {
    "heartwood": ("client_secret_basic", SECRET),
    "heartwood-public": ("none", None),
    "heartwood-misled": ("client_secret_basic", SECRET),
}
AUDIENCES = {"heartwood-misled": "heartwood"}  # whose tokens are for another client than the one that asks


class Memory(MemoryBackend):
    """Its own answers with what fits any of the filters; a database would answer with what fits all."""

    __module__ = MemoryBackend.__module__  # beside which it looks for its models

    def do_query(self, model: Any, *args: Any, **filters: Any) -> list[Any]:
        if len(filters) < 2:
            return list(super().do_query(model, *args, **filters))
        found = [self.do_query(model, **{name: value}) for name, value in filters.items()]
        in_all = set.intersection(*({one.id for one in some} for some in found))
        return [one for one in found[0] if one.id in in_all]


def fresh_keys(app: Flask) -> None:
    keys = [make_default_okp_jwk().as_dict(private=True), make_default_rsa_jwk().as_dict(private=True)]
    app.config["CANAILLE_OIDC"]["ACTIVE_JWKS"] = keys


def an_app(port: int) -> Flask:
    app = create_app(
        {
            "SECRET_KEY": "of one run",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "CANAILLE": {"DATABASE": "memory", "SMTP": None, "JAVASCRIPT": False},
            "CANAILLE_OIDC": {"TRUSTED_DOMAINS": [".nobody.test"]},
        },
        backend=Memory({"CANAILLE": {"DATABASE": "memory"}}),
    )
    app.config["CANAILLE_OIDC"]["USERINFO_MAPPING"]["EMAIL_VERIFIED"] = "{{ user.title }}"
    fresh_keys(app)
    with app.app_context(), Backend.instance.session():
        _let_in_people()
        _let_in_clients()
    return app


def _let_in_people() -> None:
    for name, (email, verified) in PEOPLE.items():
        person = models.User(
            user_name=name,
            given_name=name.title(),
            family_name="Tester",
            formatted_name=name.title(),
            emails=[email],
            title=verified or None,
            password=PASSWORD,
        )
        Backend.instance.save(person)


def _let_in_clients() -> None:
    clients = {}
    for client_id, (method, secret) in CLIENTS.items():
        clients[client_id] = models.Client(
            client_id=client_id,
            client_secret=secret,
            client_name="Heartwood",
            client_uri="https://heartwood.example",
            redirect_uris=[RETURN_URL],
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid", "email", "profile"],
            token_endpoint_auth_method=method,
        )
        Backend.instance.save(clients[client_id])
    for client_id, client in clients.items():
        client.audience = [clients[AUDIENCES.get(client_id, client_id)]]
        Backend.instance.save(client)


def serve(port: int) -> None:
    app = an_app(port)
    server = make_server("127.0.0.1", port, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "rotate":
            with app.app_context():
                fresh_keys(app)
        print("done", flush=True)
    server.shutdown()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
