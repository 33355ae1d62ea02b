"""What a fact asks the world to do."""

from __future__ import annotations

from domain.correction import Correction
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
    Tree.CycleStarted: ("claim_overage",),
    Tree.SubscriptionEnded: ("claim_overage", "close_unpaid"),
    Invoice.Opened: ("claim_overage",),
    Overage.Claimed: ("report_overage",),
    Overage.ShortfallFound: ("report_overage",),
    Overage.Reported: ("compare_overage",),
    Person.Erased: ("erase_person",),
    Correction.Voided: ("request_credit",),
    QuotaNotice.Raised: ("mail_quota",),
    QuotaNotice.Resolved: ("mail_quota",),
    Export.Asked: ("make_export",),
}
