"""What a provider says of itself is believed only where it is all that we need."""

from __future__ import annotations

import base64
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.fernet import Fernet
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey

from adapters.oidc import OpenIdProviders
from adapters.oidc_known import KEYS_AGAIN, KNOWN_FOR, WELL_KNOWN, KnownProviders
from adapters.outward import Outward
from domain.single_sign_on import Fault, ProviderFault
from tests.house import Clock

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


class Site:
    """Serves what it is given, by path, and counts how often it is asked."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.asked: list[str] = []
        site = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                body = site.pages.get(self.path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def says(self, **changed: Any) -> None:
        said = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        self.pages[WELL_KNOWN] = json.dumps(said | changed).encode()

    def publishes(self, *keys: Any) -> None:
        self.pages["/keys"] = json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


def a_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": kid})


ONE, TWO = a_key("one"), a_key("two")


@pytest.fixture
def site() -> Iterator[Site]:
    one = Site()
    one.says()
    one.publishes(ONE)
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


def providers(clock: Clock) -> OpenIdProviders:
    return OpenIdProviders(
        Fernet(Fernet.generate_key()), clock, Outward(loopback_too=True), returns_to="http://localhost/back"
    )


def test_a_provider_that_has_all_that_we_need_is_called_as_it_calls_itself(site: Site, clock: Clock) -> None:
    site.says(issuer=site.url + "/")

    assert providers(clock).look(site.url) == site.url + "/"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"issuer": "https://elsewhere.test"}, "another address"),
        ({"issuer": None}, "another address"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint"),
        ({"authorization_endpoint": "http://elsewhere.test/authorize"}, "authorization_endpoint"),
        ({"token_endpoint": None}, "token_endpoint"),
        ({"token_endpoint": "http://10.0.0.1/token"}, "token_endpoint"),
        ({"jwks_uri": ["a", "b"]}, "jwks_uri"),
        ({"userinfo_endpoint": "ftp://elsewhere.test"}, "userinfo_endpoint"),
        ({"response_types_supported": ["token"]}, "response_types_supported"),
        ({"code_challenge_methods_supported": ["plain"]}, "code_challenge_methods_supported"),
        ({"id_token_signing_alg_values_supported": ["none", "HS256"]}, "id_token_signing_alg"),
        ({"token_endpoint_auth_methods_supported": ["tls_client_auth"]}, "token_endpoint_auth_methods"),
        ({"token_endpoint_auth_methods_supported": 7}, "token_endpoint_auth_methods"),
    ],
)
def test_a_provider_that_lacks_something_is_told_so(
    site: Site, clock: Clock, changed: dict[str, Any], says: str
) -> None:
    site.says(**changed)

    with pytest.raises(ProviderFault, match=says) as fault:
        providers(clock).look(site.url)

    assert fault.value.fault is Fault.UNSUITABLE


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"x"', b"\xff\xfe", b"{" * 60_000])
def test_what_is_no_configuration_is_none(site: Site, clock: Clock, body: bytes) -> None:
    site.pages[WELL_KNOWN] = body

    with pytest.raises(ProviderFault) as fault:
        providers(clock).look(site.url)

    assert fault.value.fault is Fault.UNSUITABLE


@pytest.mark.parametrize(
    "keys",
    [b"{}", b'{"keys": 7}', b'{"keys": [7]}', b'{"keys": []}', b'{"keys": [{"kty": "RSA"}]}', b"nothing"],
)
def test_keys_that_nobody_can_check_with_are_told(site: Site, clock: Clock, keys: bytes) -> None:
    site.pages["/keys"] = keys

    with pytest.raises(ProviderFault) as fault:
        providers(clock).look(site.url)

    assert fault.value.fault is Fault.UNSUITABLE


# Keys.


def signed_by(key: Any, alg: str = "RS256") -> str:
    return jwt.encode({"alg": alg, "kid": key.kid}, {"sub": "ana"}, key, algorithms=[alg])


def test_an_unknown_key_is_looked_for_now_and_then_and_not_each_time(site: Site, clock: Clock) -> None:
    known = KnownProviders(clock, Outward(loopback_too=True))
    uri = f"{site.url}/keys"
    known.decoded(uri, signed_by(ONE))
    clock.at += KEYS_AGAIN

    for _ in range(5):
        with pytest.raises(JoseError):
            known.decoded(uri, signed_by(TWO))
    site.publishes(ONE, TWO)
    clock.at += KEYS_AGAIN

    assert known.decoded(uri, signed_by(TWO)).claims == {"sub": "ana"}
    assert len(site.asked) == 3


def test_a_key_that_was_taken_back_is_not_believed_for_long(site: Site, clock: Clock) -> None:
    known = KnownProviders(clock, Outward(loopback_too=True))
    uri = f"{site.url}/keys"
    known.decoded(uri, signed_by(ONE))
    site.publishes(TWO)

    clock.at += KNOWN_FOR - timedelta(seconds=1)
    known.decoded(uri, signed_by(ONE))
    clock.at += timedelta(seconds=1)

    with pytest.raises(JoseError):
        known.decoded(uri, signed_by(ONE))


def test_nobody_signs_with_what_everybody_knows(site: Site, clock: Clock) -> None:
    """With a published key as if it were a secret, with none at all, or with a secret that is listed."""
    known = KnownProviders(clock, Outward(loopback_too=True))
    secret = OctKey.import_key(b"x" * 32, {"kid": "one"})
    site.pages["/keys"] = json.dumps({"keys": [ONE.as_dict(private=False), secret.as_dict()]}).encode()
    public = ONE.as_pem(private=False)
    header, claims = signed_by(secret, "HS256").rsplit(".", 1)[0].split(".")
    mac = hmac.digest(public, f"{header}.{claims}".encode(), "sha256")
    confused = f"{header}.{claims}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"
    unsigned = "eyJhbGciOiJub25lIiwia2lkIjoib25lIn0.eyJzdWIiOiJhbmEifQ."

    for token in (signed_by(secret, "HS256"), confused, unsigned, "a.b.c", ""):
        with pytest.raises((JoseError, ValueError)):
            known.decoded(f"{site.url}/keys", token)
