"""API keys and invitation links: how they are made, read and checked."""

from __future__ import annotations

import hmac
import re
import secrets
import string
from dataclasses import dataclass
from uuid import UUID

from adapters.ring import Ring, UnknownSecret

PREFIX = "hh"
ALPHABET = string.ascii_letters + string.digits
KEY_ID_LENGTH = 8
SECRET_LENGTH = 48
FORM = re.compile(rf"{PREFIX}_(live|test)_([A-Za-z0-9]{{{KEY_ID_LENGTH}}})_([A-Za-z0-9]{{{SECRET_LENGTH}}})")


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """A key at the only moment at which its secret is known; `text` is shown once."""

    key_id: str
    mode: str
    secret_mac: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ParsedKey:
    mode: str
    key_id: str
    secret: str


class Keys:
    """`peppers` are the server's own: a stolen database alone checks no key. The newest makes keys and links,
    and every older one still checks those that it made."""

    def __init__(self, peppers: Ring) -> None:
        self.peppers = peppers

    def make(self, mode: str, seed: str | None = None) -> NewKey:
        """A key that nobody can guess; the same one again for the same seed."""
        pepper = self.peppers.of(self.peppers.numbers()[0])
        drawn = hmac.new(pepper, f"new key:{mode}:{seed or secrets.token_hex()}".encode(), "sha512")
        letters = _letters(int.from_bytes(drawn.digest()), KEY_ID_LENGTH + SECRET_LENGTH)
        key_id, secret = letters[:KEY_ID_LENGTH], letters[KEY_ID_LENGTH:]
        text = f"{PREFIX}_{mode}_{key_id}_{secret}"
        return NewKey(key_id=key_id, mode=mode, secret_mac=self._key_mac(secret), text=text)

    def parse(self, text: str) -> ParsedKey | None:
        """The parts of a key; None for what cannot be one."""
        found = FORM.fullmatch(text)
        if found is None:
            return None
        return ParsedKey(mode=found[1], key_id=found[2], secret=found[3])

    def secret_ok(self, secret: str, secret_mac: str) -> bool:
        number, _, mac = secret_mac.partition(":")
        try:
            expected = self._mac(int(number), "key", secret)
        except (ValueError, UnknownSecret):
            return False
        return hmac.compare_digest(expected.encode(), mac.encode())

    def invitation_mac(self, workspace_id: UUID, invitation_id: UUID) -> str:
        """What makes a link to an invitation genuine, without keeping anything."""
        return self._invitation_mac(self.peppers.numbers()[0], workspace_id, invitation_id)

    def invitation_ok(self, workspace_id: UUID, invitation_id: UUID, mac: str) -> bool:
        made = [self._invitation_mac(one, workspace_id, invitation_id) for one in self.peppers.numbers()]
        return any(hmac.compare_digest(one.encode(), mac.encode()) for one in made)

    def _invitation_mac(self, number: int, workspace_id: UUID, invitation_id: UUID) -> str:
        return self._mac(number, "invitation", f"{workspace_id}:{invitation_id}")[:40]

    def _key_mac(self, secret: str) -> str:
        """The number of the pepper, a colon, the MAC: the pepper can change, and old keys still work."""
        number = self.peppers.numbers()[0]
        return f"{number}:{self._mac(number, 'key', secret)}"

    def _mac(self, number: int, purpose: str, text: str) -> str:
        return hmac.new(self.peppers.of(number), f"{purpose}:{text}".encode(), "sha256").hexdigest()


def _letters(number: int, length: int) -> str:
    """Of 512 bits at random: 56 letters take 334 of them, so each letter is as likely as any other."""
    letters = []
    for _ in range(length):
        number, letter = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "".join(letters)
