"""OpenID Connect: the way to a provider and back, with the authorization code and PKCE.

No code, token or secret stands in an error or a log.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from cryptography.fernet import InvalidToken
from joserfc.errors import JoseError

from adapters.oidc_known import KINDS_OF_KEYS, KnownProviders, Metadata, called, object_in
from adapters.outward import Outward, outward
from domain.single_sign_on import Fault, Provider, ProviderFault

SCOPE = "openid email"
ATTEMPT_LIFE = timedelta(minutes=10)
CLOCKS_APART_SECONDS = 60
CODE_MAX = 4_096  # characters


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A sign-in that has begun in one browser, which keeps it sealed until it comes back."""

    tree_id: str
    issuer: str
    state: str
    nonce: str
    verifier: str
    wanted: str  # where the person wanted to go


class OpenIdProviders:
    """`cipher` (Fernet) seals attempts; `returns_to` is our address that providers send browsers back to."""

    def __init__(
        self, cipher: Any, clock: Callable[[], datetime], adapter: Outward, *, returns_to: str
    ) -> None:
        self._cipher = cipher
        self._clock = clock
        self._adapter = adapter
        self._returns_to = returns_to
        self._known = KnownProviders(clock, adapter)

    # Setting one up.

    def look(self, issuer: str) -> str:
        """The provider's issuer in its own spelling, if all is there that we need; ProviderFault."""
        metadata = self._known.discover(issuer)
        keys = self._known.fetch_keys(metadata.jwks_uri)
        if not any(key.key_type in KINDS_OF_KEYS for key in keys.keys):
            raise ProviderFault(Fault.UNSUITABLE, "it publishes no key that we can check its word with")
        return metadata.issuer

    # Signing in.

    def begin(self, provider: Provider, tree_id: Any, email: str, wanted: str) -> tuple[str, str]:
        """Where the browser goes, and what it keeps meanwhile."""
        metadata = self._known.metadata(provider.issuer)
        attempt = Attempt(
            tree_id=str(tree_id),
            issuer=provider.issuer,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            wanted=wanted,
        )
        session = self._session(provider, None, metadata)
        url, _ = session.create_authorization_url(
            metadata.authorization_endpoint,
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
            login_hint=email,
        )
        sealed = self._cipher.encrypt_at_time(json.dumps(asdict(attempt)).encode(), self._seconds())
        return url, sealed.decode()

    def attempt(self, sealed: str, state: str) -> Attempt | None:
        """What was begun in this browser with this state, and not too long ago."""
        life = int(ATTEMPT_LIFE.total_seconds())
        try:
            opened = self._cipher.decrypt_at_time(sealed.encode(), life, self._seconds())
        except (InvalidToken, UnicodeError):
            return None
        attempt = Attempt(**json.loads(opened))
        return attempt if secrets.compare_digest(attempt.state.encode(), state.encode()) else None

    def finish(
        self, provider: Provider, secret: str | None, attempt: Attempt, code: str, issuer: str | None
    ) -> Mapping[str, Any]:
        """What the provider says of the person; `issuer` is what the browser brought along."""
        metadata = self._known.metadata(provider.issuer)
        if issuer not in ((metadata.issuer,) if metadata.says_issuer else (metadata.issuer, None)):
            raise ProviderFault(Fault.UNTRUSTED, "the answer is another provider's")
        if not 0 < len(code) <= CODE_MAX:
            raise ProviderFault(Fault.REFUSED)
        session = self._session(provider, secret, metadata)
        token = self._token(session, metadata, code, attempt.verifier)
        claims = self._verified(metadata, provider, attempt, token)
        if "email" not in claims and metadata.userinfo_endpoint is not None:
            return self._and_of_userinfo(session, metadata.userinfo_endpoint, claims)
        return claims

    def _token(self, session: Any, metadata: Metadata, code: str, verifier: str) -> Mapping[str, Any]:
        def fetch() -> Any:
            return session.fetch_token(
                metadata.token_endpoint,
                code=code,
                code_verifier=verifier,
                grant_type="authorization_code",
                redirect_uri=self._returns_to,
            )

        try:
            token = called(fetch)
        except (AuthlibBaseError, ValueError, TypeError, AttributeError):
            raise ProviderFault(Fault.REFUSED) from None
        if not isinstance(token, Mapping) or not isinstance(token.get("id_token"), str):
            raise ProviderFault(Fault.UNTRUSTED, "it sends no word on who it is")
        return token

    def _verified(
        self, metadata: Metadata, provider: Provider, attempt: Attempt, token: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        options: Any = {
            "iss": {"essential": True, "value": metadata.issuer},
            "aud": {"essential": True, "value": provider.client_id},
        }
        params = {
            "nonce": attempt.nonce,
            "client_id": provider.client_id,
            "access_token": token.get("access_token"),
        }
        try:
            decoded = self._known.decoded(metadata.jwks_uri, token["id_token"])
            claims = CodeIDToken(decoded.claims, decoded.header, options, params)
            claims.validate(now=self._seconds(), leeway=CLOCKS_APART_SECONDS)
        except (JoseError, ValueError, TypeError, AttributeError, KeyError):
            raise ProviderFault(Fault.UNTRUSTED) from None
        return dict(claims)

    def _and_of_userinfo(self, session: Any, url: str, claims: Mapping[str, Any]) -> Mapping[str, Any]:
        """For providers that say there what they leave out of the token; it must be of the same person."""
        more = object_in(called(lambda: session.get(url)))
        if more.get("sub") != claims["sub"]:
            raise ProviderFault(Fault.UNTRUSTED, "it speaks of two people")
        return {**claims, **{name: more[name] for name in ("email", "email_verified") if name in more}}

    def _session(self, provider: Provider, secret: str | None, metadata: Metadata) -> Any:
        session = OAuth2Session(
            client_id=provider.client_id,
            client_secret=secret,
            token_endpoint_auth_method=metadata.tells_secret if secret else "none",
            scope=SCOPE,
            redirect_uri=self._returns_to,
            code_challenge_method="S256",
        )
        return outward(session, self._adapter)

    def _seconds(self) -> int:
        return int(self._clock().timestamp())
