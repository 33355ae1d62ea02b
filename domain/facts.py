"""Every kind of fact there is, by the name under which it is stored for ever."""

from __future__ import annotations

from eventsourcing.utils import get_topic

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
from domain.recorded import Recorded
from domain.support_look import SupportLook
from domain.template import Template
from domain.tree import Tree
from domain.usage import Usage
from domain.workspace import Workspace

BASE = "Event"  # of ours, made anew in each aggregate
BEGINNING = "Created"  # made anew by the library, too, unless an aggregate has one that says something

AGGREGATES: tuple[type[Recorded], ...] = (
    Tree,
    Workspace,
    Invoice,
    Overage,
    QuotaNotice,
    BudgetNotice,
    StripeNotice,
    Reconciliation,
    Usage,
    Correction,
    Person,
    SupportLook,
    MailDomain,
    Export,
    CreditLedger,
    Call,
    Charge,
    KnowledgeBase,
    PhoneNumber,
    Holdings,
    Customer,
    Agent,
    Deployment,
    Action,
    Template,
)
# Whose facts are in the log of usage.
METERED: frozenset[type[Recorded]] = frozenset({Usage, Correction, CreditLedger, Call, Charge})


def facts_of(aggregate: type[Recorded]) -> list[type[Recorded.Event]]:
    """The facts of an aggregate, in the order in which its file lists them."""
    return [
        member
        for name, member in vars(aggregate).items()
        if isinstance(member, type)
        and issubclass(member, Recorded.Event)
        and name != BASE
        and (name != BEGINNING or vars(member).get("__annotations__"))
        and member.__qualname__ == f"{aggregate.__name__}.{name}"
    ]


# ``Tree.ChildAdded`` and not the path of a module: files may move, what is stored may not.
FACTS: dict[str, type[Recorded.Event]] = {
    fact.__qualname__: fact for aggregate in AGGREGATES for fact in facts_of(aggregate)
}

# Where the library looks for the class of an aggregate when it meets the first fact of a stream.
ORIGINATOR_TOPICS: dict[str, str] = {aggregate.__name__: get_topic(aggregate) for aggregate in AGGREGATES}
