"""The vault: people's names and addresses, and what they wrote, sealed with a key per subject.

Facts name a person by id and a text by digest. Destroying the subject's key erases it for ever;
facts, proof and replay stay as they are and show "erased".
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Connection

from adapters.postgres.database import Database
from adapters.postgres.naming import NOBODY, Named
from adapters.postgres.naming import name as name_in
from adapters.ring import Ring, UnknownSecret
from adapters.vault_tables import TABLES, digest_of, place_of, text_entry

NONCE_BYTES = 12
KEY_BYTES = 32
ERASED = "erased"

MASTERS_LOCK = 7_201_019  # shared by who writes a row; alone has it who brings in a new master key
KEY = "SELECT * FROM vault_keys WHERE subject_id = %s"

BODIES = (
    "SELECT subject_id FROM vault_entries WHERE entry = 'body' AND subject_id > %s"
    " ORDER BY subject_id LIMIT %s"
)
BODIES_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class Person:
    person_id: UUID
    name: str  # as long as it is not known, what stands before the @ of the address
    email: str
    erased: bool = False
    named: bool = True


class Vault:
    """Sealed entries; a master key (32 bytes) wraps the key of each subject, and finds addresses.

    Every row says by the number of which. The database says which is the one for new rows: the last that is
    marked. Whoever writes one holds a lock until then, so that none is written with a key that goes.
    """

    def __init__(self, database: Database, masters: Ring) -> None:
        self.database = database
        self.masters = masters

    def create(self, db: Connection[Any]) -> None:
        for statement in TABLES:
            db.execute(statement)

    def opens(self, db: Connection[Any]) -> bool:
        """Whether ours is the master key of what is sealed there; where nothing is, any key would be."""
        row = db.execute("SELECT * FROM vault_keys LIMIT 1").fetchone()
        try:
            return row is None or bool(self.unwrap(row))
        except (InvalidTag, UnknownSecret):
            return False

    # People.

    def remember(self, name: str, email: str, new_id: UUID) -> UUID:
        """The person of this address; a new one, with this id, if nobody has it. The name is theirs unless
        they have one; an empty one says nothing."""
        with self.database.writing() as db:  # whom it is about is found out on the way
            new_id = _never_erased(db, new_id)
            number = self._number_for_new(db)
            person_id = self._person_of(db, email)
            if person_id is None:
                address_mac = self.address_mac(number, email)
                name_in(db, Named(secret=address_mac))
                db.execute(
                    "INSERT INTO vault_addresses (address_mac, person_id, number) VALUES (%s, %s, %s)"
                    " ON CONFLICT DO NOTHING",
                    (address_mac, new_id, number),
                )
                person_id = self._person_of(db, email)
            assert person_id is not None
            name_in(db, Named(subjects=[person_id]))
            if person_id == new_id:
                self._seal_one(db, person_id, "email", email.strip())
            if name:
                self._name(db, person_id, name)
        return person_id

    def name_person(self, person_id: UUID, name: str) -> None:
        """What somebody is called, unless that is known; whoever was erased stays so."""
        with self.database.writing(Named(subjects=[person_id])) as db:
            self._name(db, person_id, name)

    def _name(self, db: Connection[Any], person_id: UUID, name: str) -> None:
        rows = db.execute(
            "SELECT entry FROM vault_entries WHERE subject_id = %s AND entry IN ('name', 'email')",
            (person_id,),
        ).fetchall()
        if [row["entry"] for row in rows] == ["email"]:
            self._seal_one(db, person_id, "name", name)

    def person_of_email(self, email: str) -> UUID | None:
        with self.database.asking(NOBODY) as db:
            return self._person_of(db, email)

    def _person_of(self, db: Connection[Any], email: str) -> UUID | None:
        """By each master key in turn. While one takes the place of another, an address moves from the one to
        the other, so the newest is asked once more."""
        numbers = self.masters.numbers()
        for number in numbers if len(numbers) == 1 else (*numbers, numbers[0]):
            address_mac = self.address_mac(number, email)
            name_in(db, Named(secret=address_mac))
            row = db.execute(
                "SELECT person_id FROM vault_addresses WHERE address_mac = %s", (address_mac,)
            ).fetchone()
            if row is not None:
                person_id: UUID = row["person_id"]
                return person_id
        return None if self.masters.numbers() == numbers else self._person_of(db, email)

    def person(self, person_id: UUID) -> Person:
        return self.people([person_id])[person_id]

    def people(self, person_ids: Iterable[UUID]) -> dict[UUID, Person]:
        """Each of them; whoever was erased or never was is there as "erased"."""
        wanted = set(person_ids)
        opened = self._open_all([(one, entry) for one in wanted for entry in ("name", "email")])
        return {one: _person(one, opened.get((one, "name")), opened.get((one, "email"))) for one in wanted}

    # Texts.

    def keep_text(self, subject_id: UUID, text: str) -> str:
        """Keep what was written; the digest that facts may hold says nothing without the key."""
        return self.keep_texts(subject_id, [text])[0]

    def keep_texts(self, subject_id: UUID, texts: Sequence[str]) -> list[str]:
        """Many at once, each by its digest, in the order given."""
        with self.database.writing(Named(subjects=[subject_id])) as db:
            key = self._key(db, subject_id)
            digests = [digest_of(key, text) for text in texts]
            self._seal(db, subject_id, key, dict(zip(map(text_entry, digests), texts, strict=True)))
        return digests

    def digests_of(self, subject_id: UUID, texts: Sequence[str]) -> list[str]:
        """The digest that each of them has, whether it is kept or not; none of a subject without a key."""
        with self.database.asking(Named(subjects=[subject_id])) as db:
            row = db.execute(KEY, (subject_id,)).fetchone()
        return [digest_of(self.unwrap(row), text) for text in texts] if row else []

    def text(self, subject_id: UUID, digest: str) -> str:
        return self.texts([(subject_id, digest)])[(subject_id, digest)]

    def texts(self, wanted: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], str]:
        """Each text by subject and digest; an erased one reads "erased"."""
        asked = set(wanted)
        opened = self._open_all([(subject, text_entry(digest)) for subject, digest in asked])
        return {
            (subject, digest): opened.get((subject, text_entry(digest)), ERASED) for subject, digest in asked
        }

    def forget_text(self, subject_id: UUID, digest: str) -> None:
        """For a secret that is used no more; a text of people's own goes with their key."""
        self.forget_texts(subject_id, [digest])

    def forget_texts(self, subject_id: UUID, digests: Sequence[str]) -> None:
        with self.database.writing(Named(subjects=[subject_id])) as db:
            db.execute(
                "DELETE FROM vault_entries WHERE subject_id = %s AND entry = ANY(%s)",
                (subject_id, [text_entry(digest) for digest in digests]),
            )

    # What Stripe wrote.

    def keep_body(self, subject_id: UUID, body: bytes) -> None:
        """A notice as it was received, under the stream that remembers it."""
        with self.database.writing(Named(subjects=[subject_id])) as db:
            self._seal_one(db, subject_id, "body", body.decode())

    def body(self, subject_id: UUID) -> str | None:
        return self._open_all([(subject_id, "body")]).get((subject_id, "body"))

    # Erasing.

    def erase(self, subject_id: UUID) -> None:
        """Destroy the key of a subject and all that it sealed; nothing is ever sealed under it again."""
        with self.database.writing() as db:
            db.execute("INSERT INTO vault_erased VALUES (%s) ON CONFLICT DO NOTHING", (subject_id,))
            db.execute("DELETE FROM vault_keys WHERE subject_id = %s", (subject_id,))
            db.execute("DELETE FROM vault_entries WHERE subject_id = %s", (subject_id,))
            db.execute("DELETE FROM vault_addresses WHERE person_id = %s", (subject_id,))

    def notices_about(self, email: str) -> Iterator[UUID]:
        """The streams of the notices in whose bodies an address stands: Stripe names customers by theirs."""
        wanted, last = email.strip().casefold(), UUID(int=0)
        while True:
            with self.database.connection() as db:
                rows = db.execute(BODIES, (last, BODIES_AT_ONCE)).fetchall()
            found = self._open_all([(row["subject_id"], "body") for row in rows])
            yield from (subject for (subject, _), body in found.items() if wanted in body.casefold())
            if len(rows) < BODIES_AT_ONCE:
                return
            last = rows[-1]["subject_id"]

    # Sealing.

    def _key(self, db: Connection[Any], subject_id: UUID) -> bytes:
        row = db.execute(KEY, (subject_id,)).fetchone()
        if row is None:
            number = self._number_for_new(db)
            fresh = self.wrapped(number, subject_id, AESGCM.generate_key(KEY_BYTES * 8))
            db.execute(
                "INSERT INTO vault_keys (subject_id, wrapped_key, number) VALUES (%s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                (subject_id, fresh, number),
            )
            row = db.execute(KEY, (subject_id,)).fetchone()
        assert row is not None
        return self.unwrap(row)

    def _number_for_new(self, db: Connection[Any]) -> int:
        """The master key for new rows of this transaction; it cannot go before the transaction ends."""
        db.execute("SELECT pg_advisory_xact_lock_shared(%s)", (MASTERS_LOCK,))
        row = db.execute("SELECT max(number) AS number FROM secret_marks WHERE name = 'vault'").fetchone()
        return row["number"] if row and row["number"] else self.masters.numbers()[0]

    def wrapped(self, number: int, subject_id: UUID, key: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.masters.of(number)).encrypt(nonce, key, subject_id.bytes)

    def unwrap(self, row: Mapping[str, Any]) -> bytes:
        master = AESGCM(self.masters.of(row.get("number", 1)))  # an earlier version knew one key only
        wrapped, subject_id = row["wrapped_key"], row["subject_id"]
        return master.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], subject_id.bytes)

    def _seal_one(self, db: Connection[Any], subject_id: UUID, entry: str, text: str) -> None:
        self._seal(db, subject_id, self._key(db, subject_id), {entry: text})

    def _seal(self, db: Connection[Any], subject_id: UUID, key: bytes, texts: Mapping[str, str]) -> None:
        """In one order, so that of two who seal the same texts neither waits for the other in a circle."""
        cipher, sealed = AESGCM(key), []
        for entry in sorted(texts):
            nonce = os.urandom(NONCE_BYTES)
            sealed.append(nonce + cipher.encrypt(nonce, texts[entry].encode(), place_of(subject_id, entry)))
        db.execute(
            "INSERT INTO vault_entries SELECT %s, * FROM unnest(%s::text[], %s::bytea[])"
            " ON CONFLICT (subject_id, entry) DO UPDATE SET sealed = excluded.sealed",
            (subject_id, sorted(texts), sealed),
        )

    def _open_all(self, wanted: list[tuple[UUID, str]]) -> dict[tuple[UUID, str], str]:
        with self.database.asking(Named(subjects={subject for subject, _ in wanted})) as db:
            rows = db.execute(
                "SELECT e.subject_id, e.entry, e.sealed, k.wrapped_key, k.number"
                " FROM unnest(%s::uuid[], %s::text[]) AS w (subject_id, entry)"
                " JOIN vault_entries e USING (subject_id, entry) JOIN vault_keys k USING (subject_id)",
                ([subject for subject, _ in wanted], [entry for _, entry in wanted]),
            ).fetchall()
        opened = {}
        for row in rows:
            cipher = AESGCM(self.unwrap(row))
            sealed, place = row["sealed"], place_of(row["subject_id"], row["entry"])
            text = cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place).decode()
            opened[row["subject_id"], row["entry"]] = text
        return opened

    def address_mac(self, number: int, email: str) -> bytes:
        lookup_key = hmac.digest(self.masters.of(number), b"lookup of addresses", "sha256")
        return hmac.digest(lookup_key, email.strip().casefold().encode(), "sha256")


def _person(person_id: UUID, name: str | None, email: str | None) -> Person:
    if email is None:
        return Person(person_id=person_id, name=name or ERASED, email=ERASED, erased=True)
    called = name or email.partition("@")[0]
    return Person(person_id=person_id, name=called, email=email, named=name is not None)


def _never_erased(db: Connection[Any], new_id: UUID) -> UUID:
    """The id for a newcomer. Whoever was erased does not come back under the old one, not even if the very
    form that had made them is sent once more."""
    while True:
        name_in(db, Named(subjects=[new_id]))
        if db.execute("SELECT FROM vault_erased WHERE subject_id = %s", (new_id,)).fetchone() is None:
            return new_id
        new_id = uuid5(new_id, "after the erasure")
