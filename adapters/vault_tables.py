"""What the vault keeps: wrapped keys, sealed entries, and by which digest an address is found."""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

DIGEST_LENGTH = 32

# The planner keeps samples of what is in a column. Of a sealed one they are of no use, and a sample of what
# was erased would lie in the catalogue until the table is looked at again, which may be never.
UNSAMPLED = (
    "ALTER TABLE vault_keys ALTER COLUMN wrapped_key SET STATISTICS 0",
    "ALTER TABLE vault_entries ALTER COLUMN sealed SET STATISTICS 0",
)
TABLES = (
    "CREATE TABLE vault_keys (subject_id uuid PRIMARY KEY, wrapped_key bytea NOT NULL,"
    " number integer NOT NULL DEFAULT 1)",
    "CREATE TABLE vault_entries (subject_id uuid NOT NULL, entry text NOT NULL,"
    " sealed bytea NOT NULL, PRIMARY KEY (subject_id, entry))",
    "CREATE TABLE vault_addresses (address_mac bytea PRIMARY KEY, person_id uuid NOT NULL,"
    " number integer NOT NULL DEFAULT 1)",
    "CREATE INDEX vault_keys_number ON vault_keys (number)",
    "CREATE INDEX vault_addresses_number ON vault_addresses (number)",
    "CREATE TABLE vault_erased (subject_id uuid PRIMARY KEY)",
    "CREATE INDEX vault_addresses_person ON vault_addresses (person_id)",
    *UNSAMPLED,
)


def digest_of(key: bytes, text: str) -> str:
    """Says nothing of a text to who has not the key."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:DIGEST_LENGTH]


def text_entry(digest: str) -> str:
    return f"text:{digest}"


def place_of(subject_id: UUID, entry: str) -> bytes:
    """What a sealed entry is bound to, so that none can be moved to another subject or name."""
    return subject_id.bytes + entry.encode()
