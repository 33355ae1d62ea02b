"""Kinds: what a kind of fact is called where people choose or read one."""

from __future__ import annotations

from domain.action import Action
from domain.agent import Agent
from domain.budget import BudgetNotice
from domain.calls.call import Call
from domain.calls.charge import Charge
from domain.correction import Correction
from domain.credits.ledger import CreditLedger
from domain.customer import Customer
from domain.deployment import Deployment
from domain.export import Export
from domain.holdings import Holdings
from domain.invoice import Invoice
from domain.knowledge import KnowledgeBase
from domain.mail_domain import MailDomain
from domain.notice import StripeNotice
from domain.overage import Overage
from domain.person import Person
from domain.phone_number import PhoneNumber
from domain.quota import QuotaNotice
from domain.reconciliation import Reconciliation
from domain.support_look import SupportLook
from domain.template import Template
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
    Workspace.BudgetSet: "Budget set",
    Workspace.BudgetRaised: "Budget raised",
    Workspace.BudgetRemoved: "Budget removed",
    BudgetNotice.Raised: "Budget partly or wholly used",
    Workspace.MemberRemoved: "Member removed or left",
    Workspace.KeyIssued: "API key made",
    Workspace.KeyReplaced: "API key replaced",
    Workspace.KeyRevoked: "API key revoked",
    Workspace.RetentionSet: "How long call texts are kept was set",
    Workspace.CallTextsRetired: "Call texts deleted as they were due",
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
    CreditLedger.Opened: "Ledger of credits opened",
    CreditLedger.Granted: "Credits granted",
    CreditLedger.Frozen: "Credits frozen",
    CreditLedger.Thawed: "Credits thawed",
    CreditLedger.MovedOut: "Frozen credits moved on",
    CreditLedger.TopUpAsked: "Top-up asked for",
    CreditLedger.ToppedUp: "Credits topped up",
    CreditLedger.TopUpFailed: "Top-up failed",
    CreditLedger.AutoTopUpSet: "Automatic top-ups set up",
    CreditLedger.AutoTopUpEnded: "Automatic top-ups ended",
    CreditLedger.Corrected: "Credits corrected",
    CreditLedger.Refunded: "Credits given back",
    CreditLedger.TransferredOut: "Credits transferred away",
    CreditLedger.TransferredIn: "Credits transferred here",
    Call.Begun: "Call began",
    Call.Told: "Call recorded",
    Call.Ended: "Call ended",
    Call.Abandoned: "Call given up",
    Charge.Made: "Credits charged",
    KnowledgeBase.Made: "Knowledge base made",
    KnowledgeBase.Renamed: "Knowledge base renamed",
    KnowledgeBase.DocumentAdded: "Document added",
    KnowledgeBase.DocumentRemoved: "Document removed",
    KnowledgeBase.Deleted: "Knowledge base deleted",
    PhoneNumber.Bought: "Phone number bought",
    PhoneNumber.BoughtAgain: "Phone number bought again",
    PhoneNumber.Assigned: "Phone number assigned",
    PhoneNumber.Unassigned: "Phone number unassigned",
    PhoneNumber.GraceBegan: "Phone number not charged",
    PhoneNumber.Released: "Phone number released",
    Holdings.Begun: "Holdings begun",
    Holdings.Changed: "Holdings changed",
    Customer.Added: "Customer added",
    Customer.Changed: "Customer changed",
    Customer.ContactErased: "Contact of a customer erased",
    Customer.MarkupSet: "Markup of a customer set",
    Customer.Suspended: "Customer suspended",
    Customer.Resumed: "Customer resumed",
    Customer.Closed: "Customer closed",
    Agent.Created: "Agent made",
    Agent.Renamed: "Agent renamed",
    Agent.PromptWritten: "Prompt written",
    Agent.Configured: "Agent configured",
    Agent.Activated: "Agent activated",
    Agent.Paused: "Agent paused",
    Agent.KnowledgeAttached: "Agent given a knowledge base",
    Agent.KnowledgeDetached: "Knowledge base taken from an agent",
    Agent.ActionAttached: "Agent given an action",
    Agent.ActionDetached: "Action taken from an agent",
    Agent.Deleted: "Agent deleted",
    Deployment.Begun: "First widget of a workspace",
    Deployment.Created: "Widget deployed",
    Deployment.Renamed: "Widget renamed",
    Deployment.OriginsSet: "Origins of a widget set",
    Deployment.Enabled: "Widget enabled",
    Deployment.Disabled: "Widget disabled",
    Deployment.Removed: "Widget removed",
    Action.Begun: "First action of a workspace",
    Action.Created: "Action added",
    Action.Changed: "Action changed",
    Action.Ordered: "Actions put in order",
    Action.Enabled: "Action enabled",
    Action.Disabled: "Action disabled",
    Action.Deleted: "Action deleted",
    Template.Begun: "First template of the agency",
    Template.Saved: "Template saved",
    Template.Started: "Workspace started from a template",
    Template.Deleted: "Template deleted",
}
BY_NAME = {event_class.__qualname__: words for event_class, words in KINDS.items()}


def kind(name: str) -> str:
    return BY_NAME[name]
