"""Which parts look after what is kept about people."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from uuid import UUID

from adapters.contacts import Contacts
from adapters.erasure import Erasure
from adapters.export.exports import Exports
from adapters.mail import MailFolder
from adapters.postgres.naming import Named
from projections.catalogue import ACCESS, MEMBERS, TIMELINE
from scripts.pool_parts import PoolParts

REASONS = "SELECT look_id, reason_digest FROM access_looks WHERE look_id > %s ORDER BY look_id LIMIT %s"
REASONS_AT_ONCE = 200


class PersonParts(PoolParts):
    """Each part is made when first asked for."""

    @cached_property
    def mail_folder(self) -> MailFolder:
        """It may hold mails of a time before a mail server was named, too."""
        return MailFolder(self.settings.data / "mail", self.settings.mail_from, self.clock)

    @cached_property
    def exports(self) -> Exports:
        return Exports(self.agency, self.database, self.signing, self.heads, self.clock)

    @cached_property
    def contacts(self) -> Contacts:
        return Contacts(self.agency, self.vault)

    @cached_property
    def erasure(self) -> Erasure:
        return Erasure(
            self.agency,
            self.vault,
            self.sessions,
            self.mail_folder,
            self.database,
            self.links_cipher,
            self.views,
            member_of=self._member_of,
            invited_to=self._invited_to,
            paid_for=self._paid_for,
            invitations_by=self._invitations_by,
            reasons=self._reasons,
            close_checkouts=lambda *asked: self.billing.close_checkouts_of(*asked),  # most need no Stripe
        )

    def _member_of(self, person_id: UUID) -> list[UUID]:
        with self.database.reading(Named(person=person_id)) as db:
            return ACCESS.memberships_of(db, person_id)

    def _invited_to(self, person_id: UUID) -> list[UUID]:
        with self.database.reading(Named(person=person_id)) as db:
            return [one.workspace_id for one in MEMBERS.invitations_of(db, person_id)]

    def _invitations_by(self, person_id: UUID) -> list[UUID]:
        with self.database.reading(Named(person=person_id)) as db:
            return TIMELINE.invitations_by(db, person_id)

    def _paid_for(self, person_id: UUID) -> list[UUID]:
        with self.database.reading(Named(person=person_id)) as db:
            return TIMELINE.trees_paid_by(db, person_id)

    def _reasons(self) -> Iterator[list[tuple[UUID, str]]]:
        """Why support ever looked in, of all tenants: for who destroys what names somebody."""
        last = UUID(int=0)
        while True:
            with self.database.connection() as db:
                rows = db.execute(REASONS, (last, REASONS_AT_ONCE)).fetchall()
            yield [(row["look_id"], row["reason_digest"]) for row in rows]
            if len(rows) < REASONS_AT_ONCE:
                return
            last = rows[-1]["look_id"]
