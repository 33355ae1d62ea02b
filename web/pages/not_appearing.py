"""Why can't I see my client's workspace? The first reason that applies, workspace by workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template, url_for

from domain.customer import CustomerStatus
from domain.not_appearing import (
    SAID,
    SEEN,
    Child,
    Invited,
    WhyNotAppearing,
    why_not_appearing,
    why_not_for_agency,
    why_not_for_client,
)
from domain.permissions import Permission, Role
from domain.visibility import EVERYTHING
from projections.catalogue import CUSTOMERS, MEMBERS, VISIBILITY
from projections.customers import CustomerRow, Gone
from projections.members import InvitationState
from web.access import db, now
from web.pages.blueprint import pages
from web.pages.here import Here, lead_or_404
from web.pages.overview import Line, lines_of, subscription_of
from web.services import services

Found = Mapping[UUID, WhyNotAppearing | None]  # by person


@dataclass(frozen=True, kw_only=True)
class Told:
    """One workspace, or one of the agency's people: why it does not appear, and where that is mended."""

    name: str
    reason: WhyNotAppearing | None
    message: str
    hint: str
    url: str | None = None
    people: tuple[tuple[str, str], ...] = ()  # of the client, for whom it does not appear, and why


@pages.get("/w/<uuid:workspace_id>/customers/not-appearing")
def not_appearing(workspace_id: UUID) -> str:
    here = lead_or_404(workspace_id, Permission.SEE_CUSTOMERS)
    rows = CUSTOMERS.of_anchor(db(), workspace_id)
    subscription = subscription_of(here)
    lines = [line for line in lines_of(subscription) if line.row.parent_id] if subscription else []
    insiders = {one.person_id: Role(one.role) for one in MEMBERS.in_workspace(db(), workspace_id)}
    return render_template(
        "not_appearing.html",
        here=here,
        workspaces=[
            *(_child(here, line, rows, insiders) for line in lines),
            *(_gone(here, row) for row in rows if row.gone and row.newest),
        ],
        people=_of_agency(here, insiders),
    )


def _child(here: Here, line: Line, rows: list[CustomerRow], insiders: Mapping[UUID, Role]) -> Told:
    child_id = line.row.workspace_id
    row = next((one for one in rows if one.workspace_id == child_id and one.newest), None)
    clients = _clients_of(child_id, insiders)
    reason = why_not_appearing(
        Child(
            has_agency=here.has_agency,
            deleted=False,
            left=False,
            customer=CustomerStatus(row.status) if row else None,
            shown=VISIBILITY.in_workspace(db(), child_id),
            clients=list(clients.values()),
        )
    )
    return _told(line.name, reason, _mended_at(here, child_id, row, reason), clients)


def _gone(here: Here, row: CustomerRow) -> Told:
    reason = why_not_appearing(
        Child(
            has_agency=here.has_agency,
            deleted=row.gone == Gone.DELETED,
            left=row.gone == Gone.LEFT,
            customer=CustomerStatus(row.status),
            shown=EVERYTHING,
            clients=(),
        )
    )
    name = services().vault.text(row.anchor_id, row.name_digest)
    return _told(name, reason, _mended_at(here, row.workspace_id, row, reason), {})


def _clients_of(child_id: UUID, insiders: Mapping[UUID, Role]) -> Found:
    """Whoever is or was of the client; people of the agency are not asked about here."""
    members = {one.person_id for one in MEMBERS.in_workspace(db(), child_id)}
    found: dict[UUID, WhyNotAppearing | None] = dict.fromkeys(members)
    for one in MEMBERS.ever_invited_to(db(), child_id):
        invited = Invited(
            accepted=one.state == InvitationState.ACCEPTED,
            revoked=one.state == InvitationState.REVOKED,
            expires_at=one.expires_at,
            is_member=one.person_id in members,
        )
        found[one.person_id] = why_not_for_client(invited, now())
    return {person_id: why for person_id, why in found.items() if person_id not in insiders}


def _of_agency(here: Here, insiders: Mapping[UUID, Role]) -> list[Told]:
    """Those of the anchor's people to whom no client's workspace appears."""
    those = {one: why for one, role in insiders.items() if (why := why_not_for_agency(role))}
    names = services().vault.people(those)
    url = url_for("pages.members", workspace_id=here.workspace_id)
    return [_told(names[one].name, why, url, {}) for one, why in those.items()]


def _told(name: str, reason: WhyNotAppearing | None, url: str | None, clients: Found) -> Told:
    message, hint = SAID[reason] if reason else SEEN
    stopped = {one: why for one, why in clients.items() if why is not None}
    people: Mapping[UUID, Any] = services().vault.people(stopped)
    return Told(
        name=name,
        reason=reason,
        message=message,
        hint=hint,
        url=url,
        people=tuple((people[one].email, SAID[why][0]) for one, why in stopped.items()),
    )


def _mended_at(
    here: Here, child_id: UUID, row: CustomerRow | None, reason: WhyNotAppearing | None
) -> str | None:
    anchor_id = here.workspace_id
    match reason:
        case None:
            return None
        case WhyNotAppearing.PLAN_HAS_NO_AGENCY:
            return url_for("pages.billing", workspace_id=anchor_id)
        case WhyNotAppearing.LEFT_THE_AGENCY:
            return url_for("pages.workspaces", workspace_id=anchor_id)
        case WhyNotAppearing.CUSTOMER_NOT_CREATED | WhyNotAppearing.WORKSPACE_DELETED:
            return url_for("pages.customers", workspace_id=anchor_id)
        case (
            WhyNotAppearing.CUSTOMER_CLOSED
            | WhyNotAppearing.CUSTOMER_SUSPENDED
            | WhyNotAppearing.NOTHING_SHOWN
        ):
            assert row is not None, "it was asked about their customer"
            return url_for("pages.customer", workspace_id=anchor_id, customer_id=row.customer_id)
        case _:
            return url_for("pages.members", workspace_id=child_id)
