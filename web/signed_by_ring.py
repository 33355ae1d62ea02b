"""Forms are signed with the newest of our secrets, and read with the one before it for a while."""

from __future__ import annotations

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from web.services import services


class SignedByRing(SecureCookieSessionInterface):
    """Flask's own cookie; its keys are asked for at each request, because they change while we run."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer:
        oldest_first = list(reversed(services().form_keys()))
        return URLSafeTimedSerializer(
            oldest_first,
            salt=self.salt,
            serializer=self.serializer,
            signer_kwargs={"key_derivation": self.key_derivation, "digest_method": self.digest_method},
        )
