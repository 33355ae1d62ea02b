"""What does one need to read a fact of a workspace: which permissions, and so which of the five areas?"""

from __future__ import annotations

from collections.abc import Callable

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
from domain.facts import FACTS
from domain.holdings import Holdings
from domain.knowledge import KnowledgeBase
from domain.permissions import Permission
from domain.phone_number import PhoneNumber
from domain.quota import QuotaNotice
from domain.recorded import Recorded
from domain.support_look import SupportLook
from domain.template import Template
from domain.usage import Usage
from domain.workspace import Workspace

Needs = tuple[frozenset[Permission], ...]  # of each set, one at least


def _needs(*permissions: Permission) -> Needs:
    return tuple(frozenset({one}) for one in permissions)


NOTHING_MORE: Needs = ()  # than to read the timeline at all
LEADING = _needs(Permission.SEE_TREE)  # the agency that the fact belongs to
AN_AGENT: Needs = (frozenset({Permission.SEE_PROMPTS, Permission.SEE_CONFIGURATION}),)
A_SETTING = _needs(Permission.SEE_CONFIGURATION)
WHAT_WAS_TRACKED = _needs(Permission.SEE_EVENTS)
WHAT_WAS_CALLED = _needs(Permission.SEE_CALLS)

# Where all facts of an aggregate need the same. They tell of holdings of any kind, so these need two areas.
OF_AGGREGATE: dict[type[Recorded], Needs] = {
    QuotaNotice: WHAT_WAS_TRACKED,
    Usage: WHAT_WAS_TRACKED,
    Correction: WHAT_WAS_TRACKED,
    BudgetNotice: WHAT_WAS_CALLED,
    Call: WHAT_WAS_CALLED,
    Charge: WHAT_WAS_CALLED,
    KnowledgeBase: A_SETTING,
    Holdings: _needs(Permission.SEE_CONFIGURATION, Permission.SEE_DEPLOYMENT),
    PhoneNumber: _needs(Permission.SEE_DEPLOYMENT),
    Deployment: _needs(Permission.SEE_DEPLOYMENT),
    Action: _needs(Permission.SEE_ACTIONS),
    SupportLook: NOTHING_MORE,
    Export: NOTHING_MORE,
    Customer: LEADING,
    CreditLedger: LEADING,
    Template: LEADING,
}

# Why a budget was raised is in no sentence; who leads the agency reads it on the page of budgets.
OF_FACT: dict[type[Recorded.Event], Needs] = {
    Agent.Created: AN_AGENT,
    Agent.Renamed: AN_AGENT,
    Agent.Activated: AN_AGENT,
    Agent.Paused: AN_AGENT,
    Agent.Deleted: AN_AGENT,
    Agent.PromptWritten: _needs(Permission.SEE_PROMPTS),
    Agent.Configured: A_SETTING,
    Agent.KnowledgeAttached: A_SETTING,
    Agent.KnowledgeDetached: A_SETTING,
    Agent.ActionAttached: _needs(Permission.SEE_CONFIGURATION, Permission.SEE_ACTIONS),
    Agent.ActionDetached: _needs(Permission.SEE_CONFIGURATION, Permission.SEE_ACTIONS),
    Workspace.Opened: NOTHING_MORE,
    Workspace.Renamed: NOTHING_MORE,
    Workspace.HourlyRateSet: A_SETTING,
    Workspace.PlanChosen: NOTHING_MORE,
    Workspace.BecameAnchor: NOTHING_MORE,
    Workspace.PlanChanged: NOTHING_MORE,
    Workspace.Adopted: NOTHING_MORE,
    Workspace.Downgraded: NOTHING_MORE,
    Workspace.MemberInvited: NOTHING_MORE,
    Workspace.InvitationResent: NOTHING_MORE,
    Workspace.InvitationRevoked: NOTHING_MORE,
    Workspace.MemberJoined: NOTHING_MORE,
    Workspace.RoleChanged: NOTHING_MORE,
    Workspace.OwnershipTransferred: NOTHING_MORE,
    Workspace.MemberRemoved: NOTHING_MORE,
    Workspace.KeyIssued: NOTHING_MORE,
    Workspace.KeyReplaced: NOTHING_MORE,
    Workspace.KeyRevoked: NOTHING_MORE,
    Workspace.VisibilitySet: NOTHING_MORE,
    Workspace.RetentionSet: A_SETTING,
    Workspace.CallTextsRetired: WHAT_WAS_CALLED,
    Workspace.BudgetSet: WHAT_WAS_CALLED,
    Workspace.BudgetRaised: WHAT_WAS_CALLED,
    Workspace.BudgetRemoved: WHAT_WAS_CALLED,
    Workspace.Deleted: NOTHING_MORE,
    Workspace.Closed: NOTHING_MORE,
}

_BY_AGGREGATE = {aggregate.__name__: needs for aggregate, needs in OF_AGGREGATE.items()}
_BY_FACT = {fact.__qualname__: needs for fact, needs in OF_FACT.items()}


def is_of_a_workspace(name: str) -> bool:
    fields = {field for one in FACTS[name].__mro__ for field in vars(one).get("__annotations__", ())}
    return "workspace_id" in fields or name.startswith(f"{Workspace.__name__}.")


def row_of(name: str) -> Needs | None:
    """What the table says of a fact; None of one that it has no row for."""
    return _BY_FACT.get(name, _BY_AGGREGATE.get(name.partition(".")[0]))


# Without a row nobody reads a fact but those who lead, until somebody has thought about it.
NEEDED: dict[str, Needs] = {
    name: LEADING if (row := row_of(name)) is None else row for name in FACTS if is_of_a_workspace(name)
}
OF_THE_AGENCY = frozenset(name for name, needs in NEEDED.items() if needs == LEADING)


def hidden_names(may_read: Callable[[Permission], bool]) -> frozenset[str]:
    """Which facts of a workspace somebody does not read there, given what they may do."""
    return frozenset(
        name for name, needs in NEEDED.items() if not all(any(map(may_read, one)) for one in needs)
    )
