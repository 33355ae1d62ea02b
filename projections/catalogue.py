"""Which projections there are."""

from __future__ import annotations

from projections.access import Access
from projections.actions import Actions
from projections.agents import Agents
from projections.budget_notices import BudgetNotices
from projections.budgets import Budgets
from projections.call_days import CallDays
from projections.calls import Calls
from projections.corrections import Corrections
from projections.credits import Credits
from projections.customers import Customers
from projections.daily_usage import DailyUsage
from projections.dashboard import Dashboard
from projections.deployments import Deployments
from projections.event_index import EventIndex
from projections.invoice_history import InvoiceHistory
from projections.knowledge import Knowledge
from projections.members import Members
from projections.phone_numbers import PhoneNumbers
from projections.pooled_usage import PooledUsage
from projections.pools import Pools
from projections.projection import Projection
from projections.quotas import Quotas
from projections.reconciliations import Reconciliations
from projections.single_sign_on import SingleSignOn
from projections.subscriptions import Subscriptions
from projections.templates import Templates
from projections.timeline import Timeline
from projections.top_ups import TopUps
from projections.visibility import Visibilities

ACCESS = Access()
POOLS = Pools()
EVENT_INDEX = EventIndex()
VISIBILITY = Visibilities()
SIGN_ON = SingleSignOn()
CREDITS = Credits()
CUSTOMERS = Customers()
BUDGETS = Budgets()
DASHBOARD = Dashboard()
MEMBERS = Members()
SUBSCRIPTIONS = Subscriptions()
POOLED_USAGE = PooledUsage()
DAILY_USAGE = DailyUsage()
INVOICE_HISTORY = InvoiceHistory()
QUOTAS = Quotas()
BUDGET_NOTICES = BudgetNotices()
CALL_DAYS = CallDays()
CORRECTIONS = Corrections()
TIMELINE = Timeline()
AGENTS = Agents()
CALLS = Calls()
RECONCILIATIONS = Reconciliations()
TOP_UPS = TopUps()
KNOWLEDGE = Knowledge()
PHONE_NUMBERS = PhoneNumbers()
DEPLOYMENTS = Deployments()
ACTIONS = Actions()
TEMPLATES = Templates()

INLINE: tuple[Projection, ...] = (
    ACCESS, POOLS, EVENT_INDEX, VISIBILITY, SIGN_ON, CREDITS, CUSTOMERS, BUDGETS,
)  # fmt: skip
FOLLOWED: tuple[Projection, ...] = (
    DASHBOARD,
    MEMBERS,
    SUBSCRIPTIONS,
    POOLED_USAGE,
    DAILY_USAGE,
    INVOICE_HISTORY,
    RECONCILIATIONS,
    QUOTAS,
    BUDGET_NOTICES,
    CALL_DAYS,
    CORRECTIONS,
    KNOWLEDGE,
    PHONE_NUMBERS,
    CALLS,
    TIMELINE,
    TOP_UPS,
    AGENTS,
    DEPLOYMENTS,
    ACTIONS,
    TEMPLATES,
)
ALL: dict[str, Projection] = {projection.name: projection for projection in (*INLINE, *FOLLOWED)}

# What the screens show of a tenant, and so what is made anew of one to show them as of a moment; and what of
# it somebody is told of a tree that they draw from, but do not lead.
SHOWN: tuple[Projection, ...] = (
    DASHBOARD,
    MEMBERS,
    SUBSCRIPTIONS,
    POOLED_USAGE,
    DAILY_USAGE,
    INVOICE_HISTORY,
    QUOTAS,
    CORRECTIONS,
    TIMELINE,
    VISIBILITY,
    CREDITS,
    CALLS,
    TOP_UPS,
    KNOWLEDGE,
    PHONE_NUMBERS,
    CUSTOMERS,
    AGENTS,
    DEPLOYMENTS,
    ACTIONS,
    BUDGETS,
    BUDGET_NOTICES,
    CALL_DAYS,
)
COMPARED: tuple[Projection, ...] = (
    DASHBOARD, MEMBERS, SUBSCRIPTIONS, POOLED_USAGE, DAILY_USAGE, INVOICE_HISTORY, QUOTAS, CORRECTIONS,
    VISIBILITY,
)  # fmt: skip
TERMS: tuple[Projection, ...] = (SUBSCRIPTIONS, POOLED_USAGE)
