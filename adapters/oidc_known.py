"""What OpenID providers say of themselves: where they are asked, and with which keys they sign.

Whatever one answers is checked and told in words of ours; nothing that it says is repeated.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from adapters.outward import Away, NotAllowed, Outward
from domain.single_sign_on import Fault, ProviderFault

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
KINDS_OF_KEYS = ("RSA", "EC", "OKP")  # that anybody may know, and nobody can sign with
WAYS_TO_TELL_THE_SECRET = ("client_secret_basic", "client_secret_post")
KNOWN_FOR = timedelta(minutes=10)
FAILED_FOR = timedelta(seconds=5)  # so that those who wait for one that is away keep few of us waiting
KEYS_AGAIN = timedelta(seconds=30)  # at the soonest, when a token names a key that we have not seen
PROVIDERS_KNOWN_MAX = 500
WELL_KNOWN = "/.well-known/openid-configuration"

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What a provider says of itself, as far as we use it."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str | None
    jwks_uri: str
    says_issuer: bool  # in the answer that the browser brings (RFC 9207)
    tells_secret: str


class KnownProviders:
    """Asked again after a while, so that what a provider takes back is not believed for long."""

    def __init__(self, clock: Callable[[], datetime], adapter: Outward) -> None:
        self._clock = clock
        self._adapter = adapter
        self._known: dict[str, tuple[datetime, Metadata]] = {}
        self._failed: dict[str, tuple[datetime, ProviderFault]] = {}
        self._keys: dict[str, tuple[datetime, KeySet]] = {}

    def metadata(self, issuer: str) -> Metadata:
        known = self._known.get(issuer)
        if known is not None and self._clock() < known[0] + KNOWN_FOR:
            return known[1]
        failed = self._failed.get(issuer)
        if failed is not None and self._clock() < failed[0] + FAILED_FOR:
            raise ProviderFault(failed[1].fault, failed[1].says)
        try:
            return self.discover(issuer)
        except ProviderFault as fault:
            _remember(self._failed, issuer, (self._clock(), fault))
            raise

    def discover(self, issuer: str) -> Metadata:
        if not self._adapter.may_call(issuer) or urlsplit(issuer).query:
            raise ProviderFault(Fault.NOT_ALLOWED, "the address has to begin with https://")
        said = object_in(called(lambda: self._adapter.session().get(issuer.rstrip("/") + WELL_KNOWN)))
        theirs = said.get("issuer")
        if not isinstance(theirs, str) or theirs.rstrip("/") != issuer.rstrip("/"):
            raise ProviderFault(Fault.UNSUITABLE, "it calls itself by another address")
        metadata = self._read(said, theirs)
        _remember(self._known, theirs, (self._clock(), metadata))
        return metadata

    def _read(self, said: Mapping[str, Any], issuer: str) -> Metadata:
        def address(name: str) -> str:
            found = said.get(name)
            if not isinstance(found, str) or not self._adapter.may_call(found):
                raise ProviderFault(Fault.UNSUITABLE, f"its {name} is missing, or not https")
            return found

        def takes(name: str, wanted: tuple[str, ...], otherwise: tuple[str, ...]) -> str:
            listed = said.get(name)
            listed = otherwise if listed is None else listed
            found = next((one for one in wanted if isinstance(listed, list | tuple) and one in listed), None)
            if found is None:
                raise ProviderFault(Fault.UNSUITABLE, f"its {name} has none of {', '.join(wanted)}")
            return found

        takes("response_types_supported", ("code",), ("code",))
        takes("code_challenge_methods_supported", ("S256",), ("S256",))
        takes("id_token_signing_alg_values_supported", ALGORITHMS, ("RS256",))
        ways = (*WAYS_TO_TELL_THE_SECRET, "none")
        return Metadata(
            issuer=issuer,
            authorization_endpoint=address("authorization_endpoint"),
            token_endpoint=address("token_endpoint"),
            userinfo_endpoint=address("userinfo_endpoint") if said.get("userinfo_endpoint") else None,
            jwks_uri=address("jwks_uri"),
            says_issuer=said.get("authorization_response_iss_parameter_supported") is True,
            tells_secret=takes("token_endpoint_auth_methods_supported", ways, WAYS_TO_TELL_THE_SECRET),
        )

    def decoded(self, jwks_uri: str, id_token: str) -> Any:
        """A key that we have not seen may be new: then the keys are fetched once more, now and then."""
        fetched_at, keys = self._keys.get(jwks_uri) or (None, None)
        if fetched_at is None or keys is None or self._clock() >= fetched_at + KNOWN_FOR:
            return jwt.decode(id_token, self.fetch_keys(jwks_uri), algorithms=ALGORITHMS)
        try:
            return jwt.decode(id_token, keys, algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            if self._clock() < fetched_at + KEYS_AGAIN:
                raise
        return jwt.decode(id_token, self.fetch_keys(jwks_uri), algorithms=ALGORITHMS)

    def fetch_keys(self, jwks_uri: str) -> KeySet:
        said = object_in(called(lambda: self._adapter.session().get(jwks_uri)))
        try:
            listed = [one for one in said["keys"] if one.get("kty") in KINDS_OF_KEYS]
            keys = KeySet.import_key_set({"keys": listed})
        except (JoseError, ValueError, TypeError, AttributeError, KeyError):
            raise ProviderFault(Fault.UNSUITABLE, "its keys cannot be read") from None
        _remember(self._keys, jwks_uri, (self._clock(), keys))
        return keys


def called(call: Callable[[], T]) -> T:
    try:
        return call()
    except NotAllowed as error:
        raise ProviderFault(Fault.NOT_ALLOWED, str(error)) from None
    except Away as error:
        raise ProviderFault(Fault.AWAY, str(error)) from None
    except RequestException:
        raise ProviderFault(Fault.NOT_ALLOWED, "its address cannot be read") from None


def object_in(response: Any) -> Mapping[str, Any]:
    """What an answer says, if it is one."""
    if response.status_code >= 500:
        raise ProviderFault(Fault.AWAY, f"it answers {response.status_code}")
    try:
        said = json.loads(response.content) if response.status_code == 200 else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise ProviderFault(
            Fault.UNSUITABLE, f"it answers {response.status_code}, and not with what we asked"
        )
    return said


def _remember(known: dict[str, tuple[datetime, T]], name: str, found: tuple[datetime, T]) -> None:
    known[name] = found
    while len(known) > PROVIDERS_KNOWN_MAX:
        known.pop(next(iter(known)), None)
