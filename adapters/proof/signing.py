"""Who signs: the newest key of a ring; and whom one believes: every key that was ever ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from adapters.proof.lines import Lines
from adapters.ring import Ring
from domain.signed_head import SignedHead, key_id_of

PUBLIC_KEYS = "public_key.hex"


class Signing:
    """Private keys are secrets of the server's; public ones stay listed in a file after theirs are gone."""

    def __init__(self, ring: Ring, folder: Path) -> None:
        self.ring = ring
        self.listed = Lines(folder / PUBLIC_KEYS)

    def sign(self, said: bytes) -> tuple[str, bytes]:
        """The id of the key, and the signature."""
        key = self._newest()
        return key_id_of(key.public_key().public_bytes_raw()), key.sign(said)

    def public_key(self) -> bytes:
        """That of whoever signs now."""
        return self._newest().public_key().public_bytes_raw()

    def public_keys(self) -> dict[str, bytes]:
        """Every key that was ever ours, by id; one that does not have its id is none."""
        words = (line.split() for line in self.listed.read())
        keys = {pair[0]: _bytes_of(pair[1]) for pair in words if len(pair) == 2}
        keys |= {key_id_of(one): one for one in self._ours()}
        return {key_id: key for key_id, key in keys.items() if key_id_of(key) == key_id}

    def publish(self) -> None:
        """List the keys that are not listed yet."""
        there = set(self.listed.read())
        lines = (f"{key_id_of(key)} {key.hex()}" for key in self._ours())
        self.listed.append([line for line in lines if line not in there])

    def believes(self) -> Callable[[SignedHead], bool]:
        """Whether one of ours vouches for a head; of the keys as they are known now."""
        keys = self.public_keys()

        def is_signed(head: SignedHead) -> bool:
            key = keys.get(head.key_id)
            return key is not None and vouches(key, head.said, head.signature)

        return is_signed

    def _ours(self) -> list[bytes]:
        """The oldest first."""
        keys = (self._key(number) for number in reversed(self.ring.numbers()))
        return [key.public_key().public_bytes_raw() for key in keys]

    def _newest(self) -> Ed25519PrivateKey:
        return self._key(self.ring.numbers()[0])

    def _key(self, number: int) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.ring.of(number))


def vouches(public_key: bytes, said: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, said)
    except (InvalidSignature, ValueError):
        return False
    return True


def _bytes_of(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
