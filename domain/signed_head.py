"""A signed head: what all of a log was at an instant, in 32 bytes, and who vouches for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

PURPOSE = b"heartwood head 1\n"
INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
KEY_ID_LENGTH = 16


def key_id_of(public_key: bytes) -> str:
    """By which heads name the Ed25519 key that signed them."""
    return sha256(public_key).hexdigest()[:KEY_ID_LENGTH]


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedHead:
    """The first `size` leaves of a log have this root."""

    log: str
    size: int
    root: bytes
    at: datetime
    key_id: str
    signature: bytes

    @property
    def said(self) -> bytes:
        """The bytes that are signed."""
        return said(self.log, self.size, self.root, self.at)

    def plain(self) -> dict[str, Any]:
        """As it is published; its form is for ever."""
        return {
            "log": self.log,
            "size": self.size,
            "root": self.root.hex(),
            "at": _instant(self.at),
            "key_id": self.key_id,
            "signature": self.signature.hex(),
        }

    def line(self) -> str:
        return json.dumps(self.plain(), separators=(", ", ": "))

    @classmethod
    def of_line(cls, line: str) -> SignedHead:
        """ValueError if it is none."""
        try:
            found = json.loads(line)
            head = cls(
                log=str(found["log"]),
                size=int(found["size"]),
                root=bytes.fromhex(found["root"]),
                at=datetime.strptime(found["at"], INSTANT).replace(tzinfo=UTC),
                key_id=str(found["key_id"]),
                signature=bytes.fromhex(found["signature"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("no signed head") from error
        if head.line() != line:
            raise ValueError("no signed head as we write it")
        return head


def said(log: str, size: int, root: bytes, at: datetime) -> bytes:
    return PURPOSE + f"{log}\n{size}\n{root.hex()}\n{_instant(at)}\n".encode()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime(INSTANT)
