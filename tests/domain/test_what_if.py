"""A supposed history knows what to do with every kind of fact."""

from __future__ import annotations

from domain.action import Action
from domain.agent import Agent
from domain.budget import BudgetNotice
from domain.customer import Customer
from domain.deployment import Deployment
from domain.export import Export
from domain.facts import FACTS, METERED, facts_of
from domain.holdings import Holdings
from domain.knowledge import KnowledgeBase
from domain.mail_domain import MailDomain
from domain.notice import StripeNotice
from domain.person import Person
from domain.phone_number import PhoneNumber
from domain.reconciliation import Reconciliation
from domain.support_look import SupportLook
from domain.template import Template
from domain.tree import Tree
from domain.what_if.life import BILLED
from domain.what_if.replayed import REPLAYED
from domain.what_if.said import SAID
from domain.workspace import Workspace

# Decided anew by whatever brings them about: a command that is given once more, or what Stripe says.
COME_WITH_OTHERS = {
    Tree.Founded,
    Tree.CheckoutOpened,
    Tree.ChildAdded,
    Tree.ChildRemoved,
    Workspace.BecameAnchor,
    Workspace.PlanChanged,
    Workspace.Downgraded,
}
COUNTED = {fact for one in METERED for fact in facts_of(one)}
# No screen that is compared shows them, and nothing that it shows came of them.
NOT_TOLD = {
    Tree.SingleSignOnSet,
    Tree.SingleSignOnRemoved,
    StripeNotice.ActedOn,
    Reconciliation.Begun,
    Reconciliation.Ran,
    Person.Erased,
    SupportLook.Begun,
    SupportLook.Ended,
    MailDomain.Claimed,
    MailDomain.ClaimedAnew,
    Export.Asked,
    Export.Made,
    Customer.Added,
    Customer.Changed,
    Customer.ContactErased,
    Customer.MarkupSet,
    Customer.Suspended,
    Customer.Resumed,
    Customer.Closed,
    *facts_of(KnowledgeBase),
    *facts_of(PhoneNumber),
    *facts_of(Holdings),
    *facts_of(Agent),
    *facts_of(Deployment),
    *facts_of(Action),
    *facts_of(Template),
    Workspace.RetentionSet,
    Workspace.CallTextsRetired,
    BudgetNotice.Raised,
}


def test_every_kind_of_fact_is_done_once_more_or_comes_with_others_or_is_not_told():
    kinds = set(FACTS.values())

    billed = {kind for kind in kinds if issubclass(kind, BILLED)} - NOT_TOLD
    those = [set(REPLAYED), set(SAID), billed, COME_WITH_OTHERS, COUNTED, NOT_TOLD]

    assert set().union(*those) == kinds
    assert sum(map(len, those)) == len(kinds), "each of them in one way"
