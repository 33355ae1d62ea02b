"""Rotation: the server's own secrets are exchanged for new ones while Heartwood runs.

Killed at any point, it goes on where it stopped when it is asked again: what is done stands in the database
and in the folder of secrets, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from adapters.postgres.database import Database
from adapters.postgres.locks import held
from adapters.ring import Ring
from adapters.secret_marks import SecretMarks
from adapters.vault import MASTERS_LOCK, Vault

ROWS_AT_ONCE = 200
ROUNDS_IDLE_MAX = 200  # in which others held what was left
OTHERS = "WHERE number < %s LIMIT %s FOR UPDATE SKIP LOCKED"  # what somebody holds comes with a later round
VAULT, PEPPER, PROOF = "vault", "pepper", "proof"
SIGNING = ("forms", "links")  # what they made is short-lived, and kept nowhere
NAMES = (VAULT, PEPPER, *SIGNING, PROOF)


class Secrets(Ring, Protocol):
    """The files of one secret."""

    def add(self) -> int: ...
    def remove(self, number: int) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """What became of one secret. `resumed` if it had been begun before; `kept` are older ones that stay."""

    name: str
    number: int
    resumed: bool
    rewrapped: int
    kept: Sequence[int]
    remains: str


class NotRotated(Exception):
    """It is not done yet; nothing is lost, and asked again it goes on."""


class Rotation:
    def __init__(
        self,
        database: Database,
        vault: Vault,
        marks: SecretMarks,
        rings: Mapping[str, Secrets],
        *,
        publish: Callable[[], None],
        pause: Callable[[], None],
    ) -> None:
        self.database = database
        self.vault = vault
        self.marks = marks
        self.rings = rings
        self.publish = publish  # the public keys of those that sign heads
        self.pause = pause  # between rounds in which others held what was left

    def rotate(self, name: str, *, keep_old: bool = False) -> Rotated:
        with held(self.database, "rotation of secrets"):
            if name == VAULT:
                return self._vault(keep_old=keep_old)
            if name == PROOF:
                return self._proof()
            return self._pepper() if name == PEPPER else self._signing(name)

    # The vault: every key of a subject is wrapped anew, and every address found by another digest.

    def _vault(self, *, keep_old: bool) -> Rotated:
        ring = self.rings[VAULT]
        with self.database.connection() as db:
            marked = self.marks.marked(db, VAULT)
        newest = ring.numbers()[0]
        resumed = len(marked) > 1 or newest > marked[0]
        number = newest if resumed else ring.add()
        with self.database.writing() as db:  # from here on no row is written by an older one
            db.execute("SELECT pg_advisory_xact_lock(%s)", (MASTERS_LOCK,))
            self.marks.add(db, VAULT, number)
        rewrapped = self._rewrap_all(number)
        with self.database.writing() as db:
            self.marks.retire(db, VAULT, below=number)
        older = [one for one in ring.numbers() if one < number]
        if not keep_old:
            for one in older:
                ring.remove(one)
        remains = "the old one was kept" if keep_old else "nothing: the old one is destroyed"
        return Rotated(
            name=VAULT,
            number=number,
            resumed=resumed,
            rewrapped=rewrapped,
            kept=older if keep_old else [],
            remains=remains,
        )

    def _rewrap_all(self, number: int) -> int:
        done = idle = 0
        while self._left(number):
            some = self._rewrap_keys(number) + self._rewrite_addresses(number)
            done, idle = done + some, 0 if some else idle + 1
            if idle > ROUNDS_IDLE_MAX:
                raise NotRotated("others held the last rows of the vault for too long; ask again")
            if not some:
                self.pause()
        return done

    def _left(self, number: int) -> bool:
        with self.database.connection() as db:
            row = db.execute(
                "SELECT EXISTS (SELECT FROM vault_keys WHERE number < %(number)s)"
                " OR EXISTS (SELECT FROM vault_addresses WHERE number < %(number)s) AS some",
                {"number": number},
            ).fetchone()
        return bool(row and row["some"])

    def _rewrap_keys(self, number: int) -> int:
        with self.database.writing() as db:
            rows = db.execute(f"SELECT * FROM vault_keys {OTHERS}", (number, ROWS_AT_ONCE)).fetchall()
            for row in rows:
                wrapped = self.vault.wrapped(number, row["subject_id"], self.vault.unwrap(row))
                db.execute(
                    "UPDATE vault_keys SET wrapped_key = %s, number = %s WHERE subject_id = %s",
                    (wrapped, number, row["subject_id"]),
                )
        return len(rows)

    def _rewrite_addresses(self, number: int) -> int:
        """The address itself lies in the vault; one whose person is not there finds nobody, and goes."""
        with self.database.writing() as db:
            rows = db.execute(f"SELECT * FROM vault_addresses {OTHERS}", (number, ROWS_AT_ONCE)).fetchall()
            people = self.vault.people([row["person_id"] for row in rows])
            for row in rows:
                person, mac = people[row["person_id"]], row["address_mac"]
                if person.erased:
                    db.execute("DELETE FROM vault_addresses WHERE address_mac = %s", (mac,))
                    continue
                db.execute(
                    "UPDATE vault_addresses SET address_mac = %s, number = %s WHERE address_mac = %s",
                    (self.vault.address_mac(number, person.email), number, mac),
                )
        return len(rows)

    # The pepper: keys that were made with an older one go on being checked with it.

    def _pepper(self) -> Rotated:
        ring = self.rings[PEPPER]
        with self.database.connection() as db:
            marked = self.marks.marked(db, PEPPER)
        newest = ring.numbers()[0]
        resumed = newest > marked[0]
        number = newest if resumed else ring.add()
        with self.database.writing() as db:
            self.marks.add(db, PEPPER, number)
            row = db.execute(
                "SELECT count(*) AS keys FROM access_keys WHERE NOT revoked AND secret_mac NOT LIKE %s",
                (f"{number}:%",),
            ).fetchone()
        return Rotated(
            name=PEPPER,
            number=number,
            resumed=resumed,
            rewrapped=0,
            kept=[one for one in ring.numbers() if one != number],
            remains=f"{row['keys'] if row else 0} API keys that are in use are checked with an older one;"
            " replace them to be rid of it",
        )

    # What signs heads: the public keys of older ones are kept, and nothing is signed by them any more.

    def _proof(self) -> Rotated:
        ring = self.rings[PROOF]
        resumed = len(ring.numbers()) > 1
        number = ring.numbers()[0] if resumed else ring.add()
        self.publish()
        for one in ring.numbers()[1:]:
            ring.remove(one)
        return Rotated(
            name=PROOF,
            number=number,
            resumed=resumed,
            rewrapped=0,
            kept=[],
            remains="its public key, by which what it signed is checked; auditors need the new one, too",
        )

    # What signs forms and seals links: the newest and the one before it, which is good for a while.

    def _signing(self, name: str) -> Rotated:
        ring = self.rings[name]
        number = ring.add()
        for one in ring.numbers()[2:]:
            ring.remove(one)
        return Rotated(
            name=name,
            number=number,
            resumed=False,
            rewrapped=0,
            kept=ring.numbers()[1:],
            remains="what the one before it made is good for one more day",
        )
