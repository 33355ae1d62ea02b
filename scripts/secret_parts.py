"""Which parts of the whole work with the server's own secrets."""

from __future__ import annotations

import base64
import hmac
import time
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from cryptography.fernet import Fernet, MultiFernet
from psycopg.conninfo import conninfo_to_dict

from adapters.attempts import Attempts
from adapters.keys import Keys
from adapters.postgres.database import Database
from adapters.postgres.server import DATABASE
from adapters.proof.signing import Signing
from adapters.rotation import NAMES, PEPPER, PROOF, VAULT, Rotation
from adapters.saved_views import SavedViews
from adapters.secret_marks import SecretMarks
from adapters.sessions import Sessions
from adapters.sign_in_links import SignInLinks
from adapters.vault import Vault
from scripts.data_directory import DataDirectory
from scripts.secret_files import SecretFiles
from scripts.settings import Settings

GOOD_SECONDS = 24 * 3600.0  # for which what an exchanged secret signed or sealed is still taken
PAUSE_SECONDS = 0.1


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

    @cached_property
    def rings(self) -> dict[str, SecretFiles]:
        """Each secret that is exchanged for another from time to time."""
        return {name: SecretFiles(self._directory.secrets, name) for name in NAMES}

    def _secret(self, name: str) -> bytes:
        ring = self.rings[name]
        return ring.of(ring.numbers()[0])

    @cached_property
    def secret_marks(self) -> SecretMarks:
        """Of the secrets without which what is stored is worth nothing."""
        return SecretMarks(
            {name: self.rings[name] for name in (VAULT, PEPPER)},
            lambda name, number: number in self.rings[name].there(),
            opens=lambda db: self.vault.opens(db),  # made late: its secret may not be there yet
        )

    @cached_property
    def keys(self) -> Keys:
        return Keys(self.rings[PEPPER])

    @cached_property
    def signing(self) -> Signing:
        return Signing(self.rings[PROOF], self.proof_folder)

    @cached_property
    def proof_folder(self) -> Path:
        """A directory may be used with several databases; one that was given has a folder of its own."""
        where = conninfo_to_dict(self.settings.database)
        host, name = str(where.get("host", "")), str(where.get("dbname", ""))
        is_embedded = host.startswith("/") and name == DATABASE
        own = quote(f"{host}:{where.get('port', 5432)}:{name}", safe=":")
        return self._directory.proof if is_embedded else self._directory.proof / own

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.database, self.rings[VAULT])

    @cached_property
    def views(self) -> SavedViews:
        return SavedViews(self.database, self.vault)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self.database)

    @cached_property
    def links(self) -> SignInLinks:
        return SignInLinks(self.database, self.links_cipher)

    @cached_property
    def links_cipher(self) -> Sealing:
        """Seals what a sign-in link was made for."""
        return Sealing(self.rings["links"])

    @cached_property
    def attempts(self) -> Attempts:
        """With another secret everybody may try anew, and nothing else happens."""
        return Attempts(self.database, lambda: hmac.digest(self._secret("links"), b"attempts", "sha256"))

    def form_keys(self) -> list[str]:
        """What signs forms and cookies: the newest first, and for a while the one before it."""
        ring = self.rings["forms"]
        return [ring.of(number).hex() for number in ring.young(GOOD_SECONDS)]

    @cached_property
    def rotation(self) -> Rotation:
        return Rotation(
            self.database,
            self.vault,
            self.secret_marks,
            self.rings,
            publish=self.signing.publish,
            pause=lambda: time.sleep(PAUSE_SECONDS),
        )


class Sealing:
    """Seals with the newest secret, and opens for a while what the one before it sealed."""

    def __init__(self, ring: SecretFiles) -> None:
        self.ring = ring

    def encrypt(self, text: bytes) -> bytes:
        return self._fernet().encrypt(text)

    def decrypt(self, sealed: bytes) -> bytes:
        return self._fernet().decrypt(sealed)

    def _fernet(self) -> MultiFernet:
        keys = (self.ring.of(number) for number in self.ring.young(GOOD_SECONDS))
        return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
