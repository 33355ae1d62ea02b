"""Sentences: what does a fact say, in words for someone who never saw the code?

A template names fields of the stored fact and how each one reads: `{plan_to:plan}`, `{ends_at:instant}`.
"""

from __future__ import annotations

from uuid import UUID

from domain.correction import Correction
from domain.customer import Customer
from domain.export import Export
from domain.invoice import Invoice
from domain.mail_domain import MailDomain
from domain.notice import StripeNotice
from domain.overage import Overage
from domain.person import Person
from domain.quota import QuotaNotice
from domain.reconciliation import Reconciliation
from domain.request import Request
from domain.support_look import SupportLook
from domain.tree import Tree
from domain.usage import Usage
from domain.visibility import Area
from domain.workspace import Workspace
from projections.history.agent_sentences import AGENT_SENTENCES
from projections.history.budget_sentences import BUDGETS
from projections.history.credit_sentences import CREDIT_SENTENCES
from projections.history.either import Either, Fields, has
from projections.history.held_sentences import HELD_SENTENCES
from projections.history.names import person_in
from projections.history.of_widgets import OF_WIDGETS

__all__ = ["SENTENCES", "Either", "Fields"]


def _by_themselves(fields: Fields) -> bool:
    return person_in(fields["actor"]) == UUID(fields["person_id"])


REQUESTS = {
    Request.CANCEL: "to cancel",
    Request.REACTIVATE: "to keep the subscription",
    Request.END: "to end it at once",
    Request.PLAN: "another plan",
}

LEVELS = ", ".join(f"{area} {{{area}}}" for area in Area)

SENTENCES: dict[type, str | Either] = {
    Tree.Founded: "{actor:actor} chose the {plan:plan} plan for {anchor_id:workspace}; it begins once paid",
    Tree.SubscriptionStarted: (
        "The {plan:plan} subscription {subscription_id} began: a pool of {pool_events:count} events a cycle,"
        " up to {workspaces_max:count} workspaces, first cycle until {cycle_ends_at:instant}"
    ),
    Tree.CycleStarted: (
        "A new cycle began: {pool_events:count} events from {cycle_started_at:instant}"
        " until {cycle_ends_at:instant}"
    ),
    Tree.ChildAdded: "{actor:actor} added {child_id:workspace} to the agency",
    Tree.ChildRemoved: "{actor:actor} took {child_id:workspace} out of the agency",
    Tree.CancellationRequested: "{actor:actor} asked on the billing page to cancel the subscription",
    Tree.CancellationScheduled: "The subscription was set to end on {ends_at:instant}",
    Tree.ReactivationRequested: (
        "{actor:actor} asked on the billing page to keep the subscription,"
        " which was to end on {ends_at:instant}"
    ),
    Tree.Reactivated: "The subscription was reactivated; it no longer ends on {ends_at:instant}",
    Tree.SubscriptionEnded: Either(
        has("reason"),
        "Stripe’s subscription {subscription_id} ended on {ended_at:instant}: {reason:reason};"
        " the agency went from {plan_from:plan} to {plan_to:plan}",
        "Stripe’s subscription {subscription_id} ended on {ended_at:instant}: {status:reason};"
        " the agency went from {plan_from:plan} to {plan_to:plan}",
    ),
    Tree.EndRequested: "{actor:actor} asked on the billing page to end the subscription at once",
    Tree.PlanChangeRequested: "{actor:actor} asked on the billing page for the {plan:plan} plan",
    Tree.RequestRefused: Either(
        has("code"),
        "Stripe refused what was asked for ({request:request}): {code:dispute}",
        "Stripe refused what was asked for ({request:request})",
    ),
    Tree.PlanChangeScheduled: "The plan was set to become {plan:plan} on {at:instant}",
    Tree.PlanChangeWithdrawn: "The change to the {plan:plan} plan was taken back",
    Tree.PlanChanged: (
        "The plan went from {plan_from:plan} to {plan_to:plan}: a pool of {pool_events:count} events a cycle,"
        " up to {workspaces_max:count} workspaces"
    ),
    Tree.PaymentStandingChanged: "Payments went from {standing_from:standing} to {standing_to:standing}",
    Tree.PaymentDisputed: (
        "A payment over {:disputed} is disputed ({reason:dispute});"
        " the dispute {dispute_id} is at {status:dispute}"
    ),
    Tree.VisibilityDefaultsSet: f"{{actor:actor}} set what clients see in a new workspace: {LEVELS}",
    Tree.SingleSignOnSet: Either(
        has("required"),
        "{actor:actor} let {issuer} sign in the people of {domains:listed}, and no link in a mail",
        "{actor:actor} let {issuer} sign in the people of {domains:listed}",
    ),
    Tree.SingleSignOnRemoved: "{actor:actor} ended single sign-on; links in mails sign everybody in",
    Tree.CheckoutOpened: "{actor:actor} opened the checkout {checkout_id}",
    Overage.Begun: (
        "The cycle of {cycle_started_at:instant} went above its pool of {pool_events:count} events"
    ),
    Overage.Claimed: (
        "{events_added:count} events above the pool were claimed for the invoice,"
        " {events_total:count} in this cycle"
    ),
    Overage.Reported: "{events:count} events above the pool were reported to Stripe",
    Overage.CreditRequested: (
        "{events:count} events were voided that had been invoiced; a credit note over {amount_micros:micros}"
        " is asked for"
    ),
    Overage.HeldByStripe: (
        "Stripe’s meter showed {events:count} events above the pool for the cycle of"
        " {cycle_started_at:instant}"
    ),
    Overage.ShortfallFound: (
        "Stripe’s meter lacked {events:count} of the {events_reported:count} events that Stripe had"
        " confirmed; they are reported once more"
    ),
    QuotaNotice.Raised: Either(
        has("tree_id"),
        "The pool of {pool_events:count} events was {percent} % used: {used:count} events in the cycle"
        " until {cycle_ends_at:instant}",
        "The quota of {pool_events:count} events was {percent} % used: {used:count} events in the month"
        " until {cycle_ends_at:instant}",
    ),
    QuotaNotice.Resolved: Either(
        has("tree_id"),
        "The pool is no longer {percent} % used: {used:count} of {pool_events:count} events",
        "The notice that {percent} % of the quota was used no longer holds",
    ),
    Workspace.Opened: Either(
        has("tree_id"),
        "{actor:actor} opened {:here} for a client of the agency, with {owner_id:person} as its owner",
        "{actor:actor} opened {:here} on the {plan:plan} plan",
    ),
    Workspace.Renamed: "{actor:actor} renamed a workspace to {name_digest:text}",
    Workspace.HourlyRateSet: Either(
        has("hourly_rate_cents"),
        "{actor:actor} set the hourly rate of {:here} to {hourly_rate_cents:cents}",
        "{actor:actor} put the hourly rate of {:here} back to the default",
    ),
    Workspace.PlanChosen: "{actor:actor} chose the {plan:plan} plan in {:here} and went to pay",
    Workspace.BecameAnchor: "{:here} became the anchor of an agency: {plan_from:plan} to {plan_to:plan}",
    Workspace.PlanChanged: "{:here} went from {plan_from:plan} to {plan_to:plan} with its agency",
    Workspace.Adopted: (
        "{actor:actor} brought {:here} into the agency of {parent_id:workspace}:"
        " {plan_from:plan} to {plan_to:plan}"
    ),
    Workspace.Downgraded: Either(
        has("was_anchor"),
        "{:here} went from {plan_from:plan} to {plan_to:plan}: {quota_events:count} events a month,"
        " {members_kept:members} kept; Stripe still knows it as a customer",
        "{:here} went from {plan_from:plan} to {plan_to:plan} and stands alone: {quota_events:count} events"
        " a month, {members_kept:members} kept",
    ),
    Workspace.MemberInvited: (
        "{actor:actor} invited {person_id:person} to {:here} as {role}, until {expires_at:instant}"
    ),
    Workspace.InvitationResent: (
        "{actor:actor} sent the invitation of {person_id:person} to {:here} once more;"
        " it works until {expires_at:instant}"
    ),
    Workspace.InvitationRevoked: "{actor:actor} took back the invitation of {person_id:person} to {:here}",
    Workspace.MemberJoined: "{person_id:person} joined {:here} as {role}",
    Workspace.RoleChanged: (
        "{actor:actor} changed the role of {person_id:person} in {:here} from {role_from} to {role_to}"
    ),
    Workspace.OwnershipTransferred: (
        "{actor:actor} handed {:here} from {person_id:person}, now {role_to}, to {successor_id:person},"
        " {successor_role_from} before, as its owner"
    ),
    Workspace.MemberRemoved: Either(
        _by_themselves,
        "{person_id:person} left {:here}, where they were {role}",
        "{actor:actor} removed {person_id:person} from {:here}, where they were {role}",
    ),
    Workspace.KeyIssued: "{actor:actor} made the {mode} API key {key_id} for {:here}",
    Workspace.KeyReplaced: (
        "{actor:actor} replaced the API key {key_id} of {:here} by {successor_id};"
        " the old one works until {expires_at:instant}"
    ),
    Workspace.KeyRevoked: "{actor:actor} revoked the API key {key_id} of {:here}",
    Workspace.VisibilitySet: f"{{actor:actor}} set what clients see of {{:here}}: {LEVELS}",
    Workspace.RetentionSet: (
        "{actor:actor} set how long what was said on calls in {:here} is kept: {days:count} days"
    ),
    Workspace.CallTextsRetired: (
        "What was said on calls in {:here} that began before {until:instant} was deleted, as it was due"
    ),
    Workspace.Deleted: "{actor:actor} deleted {:here}",
    Workspace.Closed: "{actor:actor} closed {:here}, which stood alone",
    StripeNotice.Received: Either(
        has("object_id"),
        "Stripe’s notice {notice_id} arrived: {type}, about {object_id}, sent {stripe_created_at:instant}",
        "Stripe’s notice {notice_id} arrived: {type}, sent {stripe_created_at:instant}",
    ),
    StripeNotice.ActedOn: "Stripe’s {cause:cause} was acted on: {outcome:outcome}",
    Invoice.Opened: Either(
        has("number"),
        "Invoice {number} over {:total} came ({status}), for the time until {period_ends_at:instant}",
        "A draft of an invoice over {:total} came, for the time until {period_ends_at:instant}",
    ),
    Invoice.Changed: Either(
        has("number"),
        "Invoice {number} over {:total} is now {status}",
        "The draft of an invoice is now over {:total}",
    ),
    Reconciliation.Begun: "For the first time, comparing the {job} with Stripe brought something to light",
    Reconciliation.Ran: (
        "The {job} were compared with Stripe: {checked:count} checked, {repaired:count} mended,"
        " {drifts:number} left to look into"
    ),
    MailDomain.Claimed: "{actor:actor} claimed the mail domain {domain} for single sign-on",
    MailDomain.ClaimedAnew: "{actor:actor} claimed the mail domain {domain} for single sign-on anew",
    Usage.Counted: "{quantity:count} {meter} were counted in {workspace_id:workspace}",
    Person.Erased: Either(
        _by_themselves,
        "{person_id:person} left {workspace_ids:workspaces} and had everything erased that was kept about"
        " them",
        "{actor:actor} erased everything that was kept about {person_id:person}, who left"
        " {workspace_ids:workspaces}",
    ),
    Correction.Voided: "{actor:actor} voided an event that was counted on {counted_at:instant}",
    SupportLook.Begun: (
        "{person_id:person} of Heartwood’s support began to look into {workspace_id:workspace},"
        " until {ends_at:instant}, because: “{:why}”"
    ),
    SupportLook.Ended: (
        "{person_id:person} of Heartwood’s support stopped looking into {workspace_id:workspace}"
    ),
    Export.Asked: "{actor:actor} asked for an export of the history of {workspace_id:workspace}",
    # Of the customer's name and contact nothing is told here: their workspace's own people read this, too.
    Customer.Added: "{actor:actor} added a customer, who lives in {workspace_id:workspace}",
    Customer.Changed: "{actor:actor} changed what is kept about the customer of {workspace_id:workspace}",
    Customer.ContactErased: "{actor:actor} erased the contact of the customer of {workspace_id:workspace}",
    Customer.MarkupSet: "{actor:actor} set what the customer of {workspace_id:workspace} pays for calls",
    Customer.Suspended: (
        "{actor:actor} suspended the customer of {workspace_id:workspace}: {agents:number} active agents and"
        " {deployments:number} enabled widgets went off, and no calls are taken"
    ),
    Customer.Resumed: (
        "{actor:actor} resumed the customer of {workspace_id:workspace}: {agents:number} agents and"
        " {deployments:number} widgets came back"
    ),
    Customer.Closed: "{actor:actor} closed the customer of {workspace_id:workspace}; no calls are taken",
    Export.Made: "{actor:actor} exported the history of {workspace_id:workspace}: {events:count} events",
    **CREDIT_SENTENCES,
    **HELD_SENTENCES,
    **AGENT_SENTENCES,
    **OF_WIDGETS,
    **BUDGETS,
}
