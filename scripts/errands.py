"""What is done in the world because of a fact: each errand may run twice and does its work once."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from adapters.keys import Keys
from adapters.mail import MailFolder
from adapters.postgres.outbox import Entry, Errand
from adapters.stripe.billing import Billing
from adapters.vault import Vault
from domain.agency import Agency

INVITATION = """\
{inviter} invites you to the workspace "{workspace}" as {role}.

Open this link to accept; it works until {expires_at:%d %b %Y, %H:%M} UTC:

{link}
"""


class Errands:
    """By the names that the policies use."""

    def __init__(
        self, agency: Agency, billing: Billing, vault: Vault, keys: Keys, mail: MailFolder, url: str
    ) -> None:
        self.agency = agency
        self.vault = vault
        self.keys = keys
        self.mail = mail
        self.url = url
        self.by_name: Mapping[str, Errand] = {
            "act_on_notice": billing.act_on_notice,
            "report_overage": billing.report_overage,
            "mail_invitation": self.mail_invitation,
        }

    def mail_invitation(self, entry: Entry) -> None:
        invited = self.agency.fact(entry.stream, entry.version)
        person = self.vault.person(invited.person_id)
        if person.erased:
            return
        workspace = self.agency.workspace(entry.stream)
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
        if kind != "person":
            return "Someone"
        return self.vault.person(UUID(identity)).name
