"""Why can't I see Agency? The first reason that applies, for whoever asks, whatever they may pay for.

It follows from the plan and from what somebody is to the workspace above, and from nothing that they do not
know of themselves: whether there are children is asked of those only who would see them.
"""

from __future__ import annotations

from enum import StrEnum

from domain.permissions import Permission, Standing, may
from domain.plans import Plan


class WhyNoAgency(StrEnum):
    """In the order in which they are tried."""

    PLAN_HAS_NO_AGENCY = "plan_has_no_agency"
    ROLE_TOO_LOW = "role_too_low"
    CUSTOMER_NOT_CREATED = "customer_not_created"


# Each reason, and what helps.
SAID: dict[WhyNoAgency, tuple[str, str]] = {
    WhyNoAgency.PLAN_HAS_NO_AGENCY: (
        "The plan of this workspace has no agency entitlement.",
        "An owner or admin can choose the Agency plan on the billing page.",
    ),
    WhyNoAgency.ROLE_TOO_LOW: (
        "Your role does not include the agency.",
        "Its pages are for the agency’s own owner, admins and auditors. Ask whoever invited you.",
    ),
    WhyNoAgency.CUSTOMER_NOT_CREATED: (
        "The customer has not been created.",
        "Add your first customer, with a workspace of their own, on the page “Customers”.",
    ),
}
SEEN = ("You can see the agency.", "It is on the overview and the page “Workspaces” of its anchor.")


def why_no_agency(plan: Plan, above: frozenset[Standing], *, has_children: bool) -> WhyNoAgency | None:
    """`above` is what somebody is to the anchor, or to a workspace that stands alone."""
    if not plan.may_be_agency:
        return WhyNoAgency.PLAN_HAS_NO_AGENCY
    if not may(above, Permission.SEE_TREE):
        return WhyNoAgency.ROLE_TOO_LOW
    return None if has_children else WhyNoAgency.CUSTOMER_NOT_CREATED
