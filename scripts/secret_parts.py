"""Which parts of the whole work with the server's own secrets."""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import cached_property

from cryptography.fernet import Fernet

from adapters.attempts import Attempts
from adapters.keys import Keys
from adapters.postgres.database import Database
from adapters.secret_marks import SecretMarks
from adapters.sessions import Sessions
from adapters.sign_in_links import SignInLinks
from adapters.vault import Vault
from scripts.data_directory import DataDirectory
from scripts.settings import Settings


class SecretParts:
    """The wiring brings the settings."""

    settings: Settings

    @cached_property
    def database(self) -> Database:
        return Database(self.settings.database)

    @cached_property
    def _directory(self) -> DataDirectory:
        directory = DataDirectory(self.settings.data)
        directory.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
        return directory

    def _secret(self, name: str) -> bytes:
        return hashlib.sha256(self._directory.secret(name).encode()).digest()

    @cached_property
    def secret_marks(self) -> SecretMarks:
        """Of the secrets without which what is stored is worth nothing."""
        return SecretMarks(
            ("vault", "pepper"),
            self._directory.has_secret,
            self._secret,
            opens=lambda db: self.vault.opens(db),  # made late: its secret may not be there yet
        )

    @cached_property
    def keys(self) -> Keys:
        return Keys(self._secret("pepper"))

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.database, self._secret("vault"))

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self.database)

    @cached_property
    def links(self) -> SignInLinks:
        return SignInLinks(self.database, self.links_cipher)

    @cached_property
    def links_cipher(self) -> Fernet:
        """Seals what a sign-in link was made for."""
        return Fernet(base64.urlsafe_b64encode(self._secret("links")))

    @cached_property
    def attempts(self) -> Attempts:
        """With another secret everybody may try anew, and nothing else happens."""
        return Attempts(self.database, hmac.digest(self._secret("links"), b"attempts", "sha256"))
