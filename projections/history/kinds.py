"""Kinds: what a kind of fact is called where people choose or read one."""

from __future__ import annotations

from domain.invoice import Invoice
from domain.notice import StripeNotice
from domain.overage import Overage
from domain.tree import Tree
from domain.usage import Usage
from domain.workspace import Workspace

KINDS: dict[type, str] = {
    Tree.Founded: "Agency founded",
    Tree.SubscriptionStarted: "Subscription began",
    Tree.CycleStarted: "Cycle began",
    Tree.ChildAdded: "Workspace added to the agency",
    Tree.ChildRemoved: "Workspace taken out of the agency",
    Tree.CancellationRequested: "Cancellation asked for",
    Tree.CancellationScheduled: "Cancellation scheduled",
    Tree.ReactivationRequested: "Reactivation asked for",
    Tree.Reactivated: "Subscription reactivated",
    Tree.SubscriptionEnded: "Subscription ended",
    Tree.CheckoutOpened: "Checkout opened",
    Overage.Begun: "Pool used up",
    Overage.Claimed: "Overage claimed",
    Overage.Reported: "Overage reported to Stripe",
    Workspace.Opened: "Workspace opened",
    Workspace.Renamed: "Workspace renamed",
    Workspace.PlanChosen: "Plan chosen",
    Workspace.BecameAnchor: "Workspace became an anchor",
    Workspace.Downgraded: "Workspace downgraded",
    Workspace.MemberInvited: "Member invited",
    Workspace.InvitationRevoked: "Invitation revoked",
    Workspace.MemberJoined: "Member joined",
    Workspace.RoleChanged: "Role changed",
    Workspace.MemberRemoved: "Member removed or left",
    Workspace.KeyIssued: "API key made",
    Workspace.KeyRevoked: "API key revoked",
    Workspace.Deleted: "Workspace deleted",
    StripeNotice.Received: "Stripe’s notice arrived",
    StripeNotice.ActedOn: "Stripe’s notice acted on",
    Invoice.Opened: "Invoice came",
    Invoice.Changed: "Invoice changed",
    Usage.Counted: "Usage counted",
}
BY_NAME = {event_class.__qualname__: words for event_class, words in KINDS.items()}


def kind(name: str) -> str:
    return BY_NAME[name]
