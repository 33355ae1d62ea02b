"""Which projections there are."""

from __future__ import annotations

from projections.access import Access
from projections.corrections import Corrections
from projections.daily_usage import DailyUsage
from projections.dashboard import Dashboard
from projections.event_index import EventIndex
from projections.invoice_history import InvoiceHistory
from projections.members import Members
from projections.pooled_usage import PooledUsage
from projections.pools import Pools
from projections.projection import Projection
from projections.quotas import Quotas
from projections.reconciliations import Reconciliations
from projections.single_sign_on import SingleSignOn
from projections.subscriptions import Subscriptions
from projections.timeline import Timeline
from projections.visibility import Visibilities

ACCESS = Access()
POOLS = Pools()
EVENT_INDEX = EventIndex()
VISIBILITY = Visibilities()
SIGN_ON = SingleSignOn()
DASHBOARD = Dashboard()
MEMBERS = Members()
SUBSCRIPTIONS = Subscriptions()
POOLED_USAGE = PooledUsage()
DAILY_USAGE = DailyUsage()
INVOICE_HISTORY = InvoiceHistory()
QUOTAS = Quotas()
CORRECTIONS = Corrections()
TIMELINE = Timeline()
RECONCILIATIONS = Reconciliations()

INLINE: tuple[Projection, ...] = (ACCESS, POOLS, EVENT_INDEX, VISIBILITY, SIGN_ON)
FOLLOWED: tuple[Projection, ...] = (
    DASHBOARD,
    MEMBERS,
    SUBSCRIPTIONS,
    POOLED_USAGE,
    DAILY_USAGE,
    INVOICE_HISTORY,
    RECONCILIATIONS,
    QUOTAS,
    CORRECTIONS,
    TIMELINE,
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
)
COMPARED = tuple(one for one in SHOWN if one is not TIMELINE)
TERMS: tuple[Projection, ...] = (SUBSCRIPTIONS, POOLED_USAGE)
