"""What a fact asks the world to do."""

from __future__ import annotations

from domain.budget import BudgetNotice
from domain.correction import Correction
from domain.credits.ledger import CreditLedger
from domain.customer import Customer
from domain.export import Export
from domain.invoice import Invoice
from domain.notice import StripeNotice
from domain.overage import Overage
from domain.person import Person
from domain.quota import QuotaNotice
from domain.tree import Tree
from domain.workspace import Workspace

POLICIES: dict[type, tuple[str, ...]] = {
    StripeNotice.Received: ("act_on_notice",),
    Workspace.MemberInvited: ("mail_invitation",),
    Workspace.InvitationResent: ("mail_invitation",),
    Tree.CancellationRequested: ("carry_out",),
    Tree.ReactivationRequested: ("carry_out",),
    Tree.EndRequested: ("carry_out",),
    Tree.PlanChangeRequested: ("carry_out",),
    Tree.SubscriptionStarted: ("grant_credits",),
    Tree.CycleStarted: ("claim_overage", "grant_credits"),
    Tree.PlanChanged: ("grant_credits",),
    Tree.SubscriptionEnded: ("claim_overage", "close_unpaid", "freeze_credits"),
    Invoice.Opened: ("claim_overage",),
    Overage.Claimed: ("report_overage",),
    Overage.ShortfallFound: ("report_overage",),
    Overage.Reported: ("compare_overage",),
    Person.Erased: ("erase_person",),
    CreditLedger.TopUpAsked: ("top_up",),
    CreditLedger.AutoTopUpEnded: ("mail_top_up_ended",),
    Correction.Voided: ("request_credit",),
    QuotaNotice.Raised: ("mail_quota",),
    QuotaNotice.Resolved: ("mail_quota",),
    Customer.ContactErased: ("erase_contact",),
    BudgetNotice.Raised: ("mail_budget", "mail_budget_to_client"),
    Export.Asked: ("make_export",),
}
