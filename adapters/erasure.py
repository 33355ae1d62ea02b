"""Erasure: what is kept about a person, found before, and destroyed because of a fact.

The fact comes first, and an errand of it destroys; each step of it may be done twice. The vault comes last:
until then the address is known by which everything else is found.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from adapters.mail import MailFolder
from adapters.postgres.database import Database
from adapters.postgres.outbox import Entry
from adapters.saved_views import SavedViews
from adapters.sessions import Sessions
from adapters.vault import Person, Vault
from domain.agency import Agency
from domain.because import Because

Step = Callable[[UUID, str], object]
Places = Callable[[UUID], Iterable[UUID]]
Texts = Callable[[], Iterable[Sequence[tuple[UUID, str]]]]
CloseCheckouts = Callable[[UUID, Because], object]


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What erasing a person would do, and what stands in the way of it."""

    person: Person
    erased: bool  # whether the fact is there already
    member_of: Sequence[UUID]
    invited_to: Sequence[UUID]
    closed: Sequence[UUID]  # of `member_of`: they stand alone, and nobody else belongs to them
    owned_alone: Sequence[UUID]  # they would be left without an owner
    customers: Sequence[str]  # of Stripe, made in checkouts that this person opened

    @property
    def left(self) -> list[UUID]:
        return [one for one in self.member_of if one not in self.closed]


class Erasure:
    """`member_of`, `invited_to`, `paid_for` and `invitations_by` are asked of the screens; `paid_for` answers
    trees, `invitations_by` invitations, and `reasons` why support ever looked in, some at a time.
    `close_checkouts` sees to it that nobody pays for a workspace any more, or refuses."""

    def __init__(
        self,
        agency: Agency,
        vault: Vault,
        sessions: Sessions,
        mails: MailFolder,
        database: Database,
        cipher: Any,
        views: SavedViews,
        *,
        member_of: Places,
        invited_to: Places,
        paid_for: Places,
        invitations_by: Places,
        reasons: Texts,
        close_checkouts: CloseCheckouts,
    ) -> None:
        self.agency = agency
        self.vault = vault
        self.sessions = sessions
        self.mails = mails
        self.database = database
        self.cipher = cipher  # of the sign-in links
        self.views = views
        self.member_of = member_of
        self.invited_to = invited_to
        self.paid_for = paid_for
        self.invitations_by = invitations_by
        self.reasons = reasons
        self.close_checkouts = close_checkouts
        self.steps: dict[str, Step] = {
            "sessions": lambda person_id, _: self.sessions.end_all_of_person(person_id),
            "links": lambda _, email: self._remove_links(email),
            "mails": lambda person_id, email: self._remove_mails(person_id, email),
            "notices": lambda _, email: self._erase_notices(email),
            "views": lambda person_id, _: self.views.remove_all_of(person_id),
            "reasons": lambda person_id, _: self._erase_reasons(person_id),
            "vault": lambda person_id, _: self.vault.erase(person_id),
        }

    def foresee(self, person_id: UUID) -> Foreseen:
        person = self.vault.person(person_id)
        member_of, invited_to = list(self.member_of(person_id)), list(self.invited_to(person_id))
        trees = (self.agency.tree(one) for one in self.paid_for(person_id))
        return Foreseen(
            person=person,
            erased=self.agency.is_erased(person_id),
            member_of=member_of,
            invited_to=invited_to,
            closed=self.agency.closed_with(person_id, member_of),
            owned_alone=self.agency.owned_alone(person_id, member_of),
            customers=sorted({one.customer_id for one in trees if one.customer_id is not None}),
        )

    def look_through(self, person_id: UUID) -> dict[str, int]:
        """How many mails tell of them, and how many texts that others wrote name them; each is opened."""
        person = self.vault.person(person_id)
        mails = set() if person.erased else self._mails_of(person_id, person.email)
        notices = [] if person.erased else list(self.vault.notices_about(person.email))
        reasons = [] if person.erased else list(self._reasons_about(person))
        return {
            "mails_removed": len(mails),
            "notices_closed": len(notices),
            "reasons_closed": len(reasons),
        }

    def record(self, person_id: UUID, *, because: Because) -> None:
        """They leave every workspace, or close it, and the fact asks for the rest; Refused for the last
        owner of others."""
        self._erase(person_id, because)

    def carry_out(self, entry: Entry) -> None:
        """Errand of the fact."""
        fact = self.agency.fact(entry.stream, entry.version)
        self.destroy(fact.person_id)
        because = Because(actor=fact.actor, cause=fact.cause, story=fact.story, at=fact.timestamp)
        again = because.following(entry.stream, entry.version)
        self._erase(fact.person_id, again)

    def destroy(self, person_id: UUID) -> None:
        """All steps, whatever was done before; once the vault is empty there is nothing to find."""
        person = self.vault.person(person_id)
        email = "" if person.erased else person.email
        for name, step in self.steps.items():
            if email or name in ("sessions", "views", "vault"):
                step(person_id, email)
        if email:  # of what was on its way meanwhile
            self._remove_mails(person_id, email)
            self._remove_links(email)

    def _erase(self, person_id: UUID, because: Because) -> None:
        places = self._places_of(person_id)
        if not self.agency.owned_alone(person_id, places):  # else it is refused, and no checkout is closed
            for workspace_id in self.agency.closed_with(person_id, places):
                self.close_checkouts(workspace_id, because)
        self.agency.erase(person_id, places, because=because)

    def _places_of(self, person_id: UUID) -> list[UUID]:
        return sorted({*self.member_of(person_id), *self.invited_to(person_id)})

    def _mails_of(self, person_id: UUID, email: str) -> set[Path]:
        """Those that name their address, and the invitations that say by name who invites."""
        invitations = self.invitations_by(person_id)
        return {
            *self.mails.about(email),
            *(one for of in invitations for one in self.mails.of_invitation(of)),
        }

    def _remove_mails(self, person_id: UUID, email: str) -> None:
        for mail in self._mails_of(person_id, email):
            mail.unlink(missing_ok=True)

    def _erase_notices(self, email: str) -> None:
        """The bodies only: their facts, and the digests that vouch for them, stay."""
        for stream in list(self.vault.notices_about(email)):
            self.vault.erase(stream)

    def _reasons_about(self, person: Person) -> Iterator[UUID]:
        """The looks of support whose reason names them, by address or by their full name."""
        for some in self.reasons():
            texts = self.vault.texts(some)
            yield from (look_id for (look_id, _), text in texts.items() if _names(text, person))

    def _erase_reasons(self, person_id: UUID) -> None:
        """The text only: that support looked in, who and when, stays."""
        for look_id in list(self._reasons_about(self.vault.person(person_id))):
            self.vault.erase(look_id)

    def _remove_links(self, email: str) -> int:
        wanted = email.strip().casefold()
        with self.database.writing() as db:
            rows = db.execute("SELECT token_sha256, sealed FROM sign_in_links").fetchall()
            theirs = [
                row["token_sha256"]
                for row in rows
                if json.loads(self.cipher.decrypt(row["sealed"]))["email"].strip().casefold() == wanted
            ]
            return db.execute("DELETE FROM sign_in_links WHERE token_sha256 = ANY(%s)", (theirs,)).rowcount


def _names(text: str, person: Person) -> bool:
    """A name of one word is many people's, and would be found within other words."""
    told, name = text.casefold(), person.name.strip().casefold()
    return person.email.strip().casefold() in told or (" " in name and name in told)
