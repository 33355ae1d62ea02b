"""What is mailed because of a fact: each letter may be asked for twice and is sent once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from adapters.keys import Keys
from adapters.mail import MailFolder
from adapters.postgres.outbox import Entry
from adapters.vault import Vault
from domain.agency import Agency

INVITATION = """\
{inviter} invites you to the workspace "{workspace}" as {role}.

Open this link to accept; it works until {expires_at:%d %b %Y, %H:%M} UTC:

{link}
"""


class Letters:
    def __init__(
        self,
        agency: Agency,
        vault: Vault,
        keys: Keys,
        mail: MailFolder,
        clock: Callable[[], datetime],
        url: str,
    ) -> None:
        self.agency = agency
        self.vault = vault
        self.keys = keys
        self.mail = mail
        self.clock = clock
        self.url = url

    def invitation(self, entry: Entry) -> None:
        """Errand of an invitation; one that is no longer open is not mailed."""
        invited = self.agency.fact(entry.stream, entry.version)
        workspace = self.agency.workspace(entry.stream)
        person = self.vault.person(invited.person_id)
        is_open = invited.invitation_id in workspace.invitations and invited.expires_at > self.clock()
        if workspace.deleted or person.erased or not is_open:
            return
        mac = self.keys.invitation_mac(entry.stream, invited.invitation_id)
        self.mail.send(
            to=person.email,
            subject="You are invited to a workspace",
            text=INVITATION.format(
                inviter=self._name_of(invited.actor),
                workspace=self.vault.text(entry.stream, workspace.name_digest),
                role=invited.role.value,
                expires_at=invited.expires_at,
                link=f"{self.url}/invitations/{entry.stream}/{invited.invitation_id}/{mac}",
            ),
            message_id=f"invitation-{invited.invitation_id}",
        )

    def _name_of(self, actor: str) -> str:
        kind, _, identity = actor.partition(":")
        return self.vault.person(UUID(identity)).name if kind == "person" else "Someone"
