"""Why can't I see my client's workspace? The first reason that applies, of a workspace and of a person.

It is asked by those who lead the agency, about what is theirs.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.customer import CustomerStatus
from domain.permissions import REACHES_CHILDREN, Role
from domain.visibility import Area, Level, Visibility


class WhyNotAppearing(StrEnum):
    """In the order in which they are tried."""

    PLAN_HAS_NO_AGENCY = "plan_has_no_agency"
    WORKSPACE_DELETED = "workspace_deleted"
    LEFT_THE_AGENCY = "left_the_agency"
    CUSTOMER_NOT_CREATED = "customer_not_created"
    CUSTOMER_CLOSED = "customer_closed"
    CUSTOMER_SUSPENDED = "customer_suspended"
    NOTHING_SHOWN = "nothing_shown"
    MEMBER_REMOVED = "member_removed"
    INVITATION_REVOKED = "invitation_revoked"
    INVITATION_EXPIRED = "invitation_expired"
    INVITATION_NOT_ACCEPTED = "invitation_not_accepted"
    NOBODY_INVITED = "nobody_invited"
    ROLE_TOO_LOW = "role_too_low"


# Each reason, and what helps.
SAID: dict[WhyNotAppearing, tuple[str, str]] = {
    WhyNotAppearing.PLAN_HAS_NO_AGENCY: (
        "The plan has no agency entitlement.",
        "Choose an agency plan on the billing page; then bring the workspace in, or add the customer anew.",
    ),
    WhyNotAppearing.WORKSPACE_DELETED: (
        "The workspace was deleted.",
        "Its history can still be read. Add the customer with a new workspace.",
    ),
    WhyNotAppearing.LEFT_THE_AGENCY: (
        "The workspace has left the agency.",
        "It stands alone, and its members kept their access. Its owner can bring it back on the page"
        " “Workspaces”.",
    ),
    WhyNotAppearing.CUSTOMER_NOT_CREATED: (
        "The customer has not been created.",
        "Add a customer for this workspace on the page “Customers”.",
    ),
    WhyNotAppearing.CUSTOMER_CLOSED: (
        "The customer is closed.",
        "The workspace can be read, and takes no calls. Add the customer anew to go on.",
    ),
    WhyNotAppearing.CUSTOMER_SUSPENDED: (
        "The customer is suspended.",
        "The workspace can be read, and takes no calls. Resume the customer on their page.",
    ),
    WhyNotAppearing.NOTHING_SHOWN: (
        "The client sees nothing of it: every area is set to “none”.",
        "Choose on the customer’s page what they see.",
    ),
    WhyNotAppearing.MEMBER_REMOVED: (
        "They were a member, and were removed or left.",
        "Invite them again on the page “Members” of the workspace.",
    ),
    WhyNotAppearing.INVITATION_REVOKED: (
        "The invitation was taken back.",
        "Invite them again on the page “Members” of the workspace.",
    ),
    WhyNotAppearing.INVITATION_EXPIRED: (
        "The invitation has expired.",
        "Send it once more on the page “Members” of the workspace.",
    ),
    WhyNotAppearing.INVITATION_NOT_ACCEPTED: (
        "The invitation was not accepted yet.",
        "Ask them to open the link in their mail, or send it once more.",
    ),
    WhyNotAppearing.NOBODY_INVITED: (
        "Nobody of the client was invited.",
        "Invite them on the page “Members” of the workspace.",
    ),
    WhyNotAppearing.ROLE_TOO_LOW: (
        "Their role in the agency does not reach the clients’ workspaces.",
        "Owners, admins and auditors of the agency see them; or invite them to the one workspace.",
    ),
}
SEEN = ("It appears for whoever belongs to it.", "Whoever cannot see it is signed in with another address.")


@dataclass(frozen=True, kw_only=True)
class Invited:
    """What became of somebody's newest invitation to a workspace."""

    accepted: bool
    revoked: bool
    expires_at: datetime
    is_member: bool


@dataclass(frozen=True, kw_only=True)
class Child:
    """A client's workspace, as far as it is asked about."""

    has_agency: bool
    deleted: bool
    left: bool
    customer: CustomerStatus | None  # None: there is none
    shown: Visibility
    clients: Collection[WhyNotAppearing | None]  # of each of the client's people, None for whom it appears


def why_not_for_client(invited: Invited, at: datetime) -> WhyNotAppearing | None:
    if invited.is_member:
        return None
    if invited.accepted:
        return WhyNotAppearing.MEMBER_REMOVED
    if invited.revoked:
        return WhyNotAppearing.INVITATION_REVOKED
    if invited.expires_at <= at:
        return WhyNotAppearing.INVITATION_EXPIRED
    return WhyNotAppearing.INVITATION_NOT_ACCEPTED


def why_not_for_agency(role: Role) -> WhyNotAppearing | None:
    """For a member of the anchor, of all the workspaces below it."""
    return None if role in REACHES_CHILDREN else WhyNotAppearing.ROLE_TOO_LOW


def why_not_appearing(child: Child) -> WhyNotAppearing | None:
    asked: dict[WhyNotAppearing, bool] = {
        WhyNotAppearing.PLAN_HAS_NO_AGENCY: not child.has_agency,
        WhyNotAppearing.WORKSPACE_DELETED: child.deleted,
        WhyNotAppearing.LEFT_THE_AGENCY: child.left,
        WhyNotAppearing.CUSTOMER_NOT_CREATED: child.customer is None,
        WhyNotAppearing.CUSTOMER_CLOSED: child.customer is CustomerStatus.CLOSED,
        WhyNotAppearing.CUSTOMER_SUSPENDED: child.customer is CustomerStatus.SUSPENDED,
        WhyNotAppearing.NOTHING_SHOWN: all(child.shown.of(area) is Level.NONE for area in Area),
        WhyNotAppearing.NOBODY_INVITED: not child.clients,
        **{why: _stops_all(child, why) for why in OF_CLIENTS},
    }
    return next((why for why in WhyNotAppearing if asked.get(why)), None)


OF_CLIENTS = (
    WhyNotAppearing.MEMBER_REMOVED,
    WhyNotAppearing.INVITATION_REVOKED,
    WhyNotAppearing.INVITATION_EXPIRED,
    WhyNotAppearing.INVITATION_NOT_ACCEPTED,
)


def _stops_all(child: Child, why: WhyNotAppearing) -> bool:
    """Where it appears for one of the client's people, what keeps another from it is told of that one."""
    return None not in child.clients and why in child.clients
