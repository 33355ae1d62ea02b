"""What is mailed because of a fact: each letter may be asked for twice and is sent once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from adapters.keys import Keys
from adapters.mail import Mailer, invitation_message
from adapters.postgres.outbox import Entry
from adapters.vault import Vault
from domain.agency import Agency
from domain.credits.topping_up import FAILURES_MAX
from domain.mail import MailAway, MailRefused
from domain.metering import Metering
from domain.permissions import Role
from domain.plans import cents_of_micros
from domain.quota import QuotaNotice
from domain.workspace import Workspace
from projections.history import wording

log = logging.getLogger(__name__)

INVITATION = """\
{inviter} invites you to the workspace "{workspace}" as {role}.

Open this link to accept; it works until {expires_at:%d %b %Y, %H:%M} UTC:

{link}
"""

QUOTA_OF_POOL = """\
{used:,} of {pool_events:,} events of the pool of "{workspace}" are used ({percent} % or more) in the cycle
that ends {ends_at:%d %b %Y, %H:%M} UTC.

Tracking goes on. {what_follows}

{link}
"""
QUOTA_ALONE = """\
{used:,} of {pool_events:,} events of "{workspace}" are used ({percent} % or more) this month.

{what_follows}

{link}
"""
QUOTA_RESOLVED = """\
The notice that {percent} % of the events of "{workspace}" were used no longer holds: {used:,} of
{pool_events:,} are used in this cycle.

{link}
"""
TOP_UP_ENDED = """\
The automatic top-up of the credits of "{workspace}" is switched off: {failures} payments in a row failed.

{available} of credits are left. Nothing was charged for the payments that failed. Give Stripe another card in
the customer portal on the billing page, then top up by hand or switch it on again:

{link}
"""

QUOTA_SUBJECTS = {80: "80 % of your events are used", 100: "All of your events are used"}


class Letters:
    def __init__(
        self,
        agency: Agency,
        metering: Metering,
        vault: Vault,
        keys: Keys,
        mail: Mailer,
        clock: Callable[[], datetime],
        url: str,
        *,
        credits_available: Callable[[UUID], int],
    ) -> None:
        self.agency = agency
        self.metering = metering
        self.credits_available = credits_available
        self.vault = vault
        self.keys = keys
        self.mail = mail
        self.clock = clock
        self.url = url

    def invitation(self, entry: Entry) -> None:
        """Errand of an invitation, mailed for the first time or once more; only its newest mail still goes
        out, and only while it is open."""
        invited = self.agency.fact(entry.stream, entry.version)
        workspace = self.agency.workspace(entry.stream)
        person = self.vault.person(invited.person_id)
        found = workspace.invitations.get(invited.invitation_id)
        is_newest = found is not None and found.expires_at == invited.expires_at
        if workspace.deleted or person.erased or not is_newest or invited.expires_at <= self.clock():
            return
        assert found is not None
        mac = self.keys.invitation_mac(entry.stream, invited.invitation_id)
        self.mail.send(
            to=person.email,
            subject="You are invited to a workspace",
            text=INVITATION.format(
                inviter=self._name_of(invited.actor),
                workspace=self.vault.text(entry.stream, workspace.name_digest),
                role=found.role.value,
                expires_at=invited.expires_at,
                link=f"{self.url}/invitations/{entry.stream}/{invited.invitation_id}/{mac}",
            ),
            message_id=invitation_message(invited.invitation_id)
            + (f"-{found.sent}" if found.sent > 1 else ""),
        )

    def quota(self, entry: Entry) -> None:
        """Errand of a notice about a pool, for who leads it; one that is out of date is not mailed."""
        told = self.agency.fact(entry.stream, entry.version)
        notice = self.agency.quota_notice(entry.stream)
        workspace = self._leading(notice.tree_id or notice.pool_id, notice.tree_id is not None)
        given = isinstance(told, QuotaNotice.Raised)
        if workspace.deleted or notice.cycle_ends_at <= self.clock() or (given and not notice.holds):
            return
        subject = (
            QUOTA_SUBJECTS[notice.percent] if given else f"Below {notice.percent} % of your events again"
        )
        text = self._quota_text(told, notice, workspace)
        leading = [one for one, role in workspace.members.items() if role in (Role.OWNER, Role.ADMIN)]
        self.to_each(leading, f"quota-{entry.stream}-{entry.version}", subject, text)

    def top_up_ended(self, entry: Entry) -> None:
        """Errand of automatic top-ups that are switched off, for the owners, if failures did it and if that
        still holds."""
        told = self.metering.fact(entry.stream, entry.version)
        ledger = self.metering.ledger(told.tree_id)
        anchor = self.agency.workspace(told.workspace_id)
        if not told.after_failures or ledger.automatic is not None or ledger.frozen or anchor.deleted:
            return
        available = self.credits_available(told.tree_id)
        text = TOP_UP_ENDED.format(
            workspace=self.vault.text(anchor.id, anchor.name_digest),
            failures=FAILURES_MAX,
            available=wording.cents(cents_of_micros(available)),
            link=f"{self.url}/w/{anchor.id}/credits",
        )
        owners = [one for one, role in anchor.members.items() if role is Role.OWNER]
        subject = "The automatic top-up of your credits is switched off"
        self.to_each(owners, f"top-up-ended-{entry.stream}-{entry.version}", subject, text)

    def to_each(self, people: Sequence[UUID], message_id: str, subject: str, text: str) -> None:
        """Whoever can be reached. It is tried again only if nobody was: the others would get it twice.

        What it says stands on the pages, too.
        """
        reached, fault = 0, None
        for person_id in people:
            person = self.vault.person(person_id)
            if person.erased:
                continue
            try:
                self.mail.send(
                    to=person.email, subject=subject, text=text, message_id=f"{message_id}-{person_id}"
                )
            except (MailAway, MailRefused) as error:
                log.warning("%s: one mail was not sent: %s", message_id, error)
                fault = error
                if not reached and isinstance(error, MailAway):
                    break  # most likely for all of them
            else:
                reached += 1
        if fault is not None and not reached:
            raise fault

    def _leading(self, pool_id: UUID, of_tree: bool) -> Workspace:
        """The anchor of a tree, or the workspace that stands alone."""
        return self.agency.workspace(self.agency.tree(pool_id).anchor_id if of_tree else pool_id)

    def _quota_text(self, told: Any, notice: QuotaNotice, workspace: Workspace) -> str:
        if not isinstance(told, QuotaNotice.Raised):
            words = QUOTA_RESOLVED
        else:
            words = QUOTA_OF_POOL if notice.tree_id else QUOTA_ALONE
        return words.format(
            used=told.used,
            pool_events=told.pool_events,
            percent=notice.percent,
            workspace=self.vault.text(workspace.id, workspace.name_digest),
            ends_at=notice.cycle_ends_at,
            what_follows=_what_follows(notice),
            link=f"{self.url}/w/{workspace.id}/billing",
        )

    def _name_of(self, actor: str) -> str:
        kind, _, identity = actor.partition(":")
        return self.vault.person(UUID(identity)).name if kind == "person" else "Someone"


def _what_follows(notice: QuotaNotice) -> str:
    """A paid pool meters what is above it, a free one stops."""
    if notice.tree_id is not None:
        return "Events above the pool are metered as overage and come with the next invoice."
    until = f"until {notice.cycle_ends_at:%d %b %Y, %H:%M} UTC"
    if notice.percent < 100:
        return f"Once all of them are used, tracking is refused {until}; choosing a plan lifts that limit."
    return f"Tracking is refused {until}. Choosing a plan lifts that at once."
