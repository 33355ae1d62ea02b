"""Kinds: what a kind of fact is called where people choose or read one."""

from __future__ import annotations

from domain.correction import Correction
from domain.export import Export
from domain.invoice import Invoice
from domain.mail_domain import MailDomain
from domain.notice import StripeNotice
from domain.overage import Overage
from domain.person import Person
from domain.quota import QuotaNotice
from domain.reconciliation import Reconciliation
from domain.support_look import SupportLook
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
    Tree.EndRequested: "End at once asked for",
    Tree.PlanChangeRequested: "Plan change asked for",
    Tree.RequestRefused: "Request refused by Stripe",
    Tree.PlanChangeScheduled: "Plan change scheduled",
    Tree.PlanChangeWithdrawn: "Plan change taken back",
    Tree.PlanChanged: "Plan changed",
    Tree.PaymentStandingChanged: "Payments came to stand otherwise",
    Tree.PaymentDisputed: "Payment disputed",
    Tree.SingleSignOnSet: "Single sign-on set up",
    Tree.SingleSignOnRemoved: "Single sign-on ended",
    Tree.CheckoutOpened: "Checkout opened",
    Overage.Begun: "Pool used up",
    Overage.Claimed: "Overage claimed",
    Overage.HeldByStripe: "Stripe’s meter read",
    Overage.ShortfallFound: "Overage missing at Stripe",
    Overage.Reported: "Overage reported to Stripe",
    Overage.CreditRequested: "Credit note asked for",
    QuotaNotice.Raised: "Pool nearly or wholly used",
    QuotaNotice.Resolved: "Pool has room again",
    Workspace.Opened: "Workspace opened",
    Workspace.Renamed: "Workspace renamed",
    Workspace.HourlyRateSet: "Hourly rate set",
    Workspace.PlanChosen: "Plan chosen",
    Workspace.BecameAnchor: "Workspace became an anchor",
    Workspace.PlanChanged: "Workspace changed its plan",
    Workspace.Adopted: "Workspace adopted",
    Workspace.Downgraded: "Workspace downgraded",
    Workspace.MemberInvited: "Member invited",
    Workspace.InvitationRevoked: "Invitation revoked",
    Workspace.MemberJoined: "Member joined",
    Workspace.InvitationResent: "Invitation sent again",
    Workspace.RoleChanged: "Role changed",
    Workspace.OwnershipTransferred: "Ownership handed on",
    Workspace.VisibilitySet: "What clients see was set",
    Tree.VisibilityDefaultsSet: "What new clients see was set",
    Workspace.MemberRemoved: "Member removed or left",
    Workspace.KeyIssued: "API key made",
    Workspace.KeyReplaced: "API key replaced",
    Workspace.KeyRevoked: "API key revoked",
    Workspace.Deleted: "Workspace deleted",
    Workspace.Closed: "Workspace closed",
    StripeNotice.Received: "Stripe’s notice arrived",
    StripeNotice.ActedOn: "Stripe’s notice acted on",
    Invoice.Opened: "Invoice came",
    Invoice.Changed: "Invoice changed",
    Reconciliation.Begun: "Comparing with Stripe began",
    Reconciliation.Ran: "Compared with Stripe",
    MailDomain.Claimed: "Mail domain claimed",
    MailDomain.ClaimedAnew: "Mail domain claimed anew",
    Usage.Counted: "Usage counted",
    Person.Erased: "Person erased",
    Correction.Voided: "Event voided",
    SupportLook.Begun: "Support began to look",
    SupportLook.Ended: "Support stopped looking",
    Export.Asked: "Export of the history asked for",
    Export.Made: "History exported",
}
BY_NAME = {event_class.__qualname__: words for event_class, words in KINDS.items()}


def kind(name: str) -> str:
    return BY_NAME[name]
