"""What can be bought, and what overage costs.

The table is append-only: a plan that was sold stays readable for ever, under its name.
Amounts are integers; one micro is a millionth of the currency unit.
"""

from __future__ import annotations

from dataclasses import dataclass

CURRENCY = "eur"
MICROS_PER_CENT = 10_000


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One row of the table: entitlements and limits of a plan."""

    name: str
    title: str
    price_cents: int
    pool_events: int
    workspaces_max: int
    seats_max: int  # in each workspace: its members, and whoever is invited to it
    stops_at_limit: bool  # a free pool is a hard stop, a paid one meters overage
    may_be_agency: bool  # an entitlement, never a comparison with the plan's name
    kept_days: int  # how long a raw event is kept that was received under the plan
    features: frozenset[str] = frozenset()
    by_contract: bool = False  # nobody buys it with a click: Stripe's subscription brings it

    @property
    def is_sold(self) -> bool:
        return self.price_cents > 0 and not self.by_contract


AUDIT_SAMPLES = "audit_samples"
REPORTS = frozenset({"reports_api", "custom_task_types", "share_with_cfo", "digests", AUDIT_SAMPLES})
SSO = "single_sign_on"

FREE = Plan(
    name="free", title="Free", price_cents=0, pool_events=500, workspaces_max=1, seats_max=5,
    stops_at_limit=True, may_be_agency=False, kept_days=30,
)  # fmt: skip
PRO = Plan(
    name="pro", title="Pro", price_cents=4_900, pool_events=10_000, workspaces_max=1, seats_max=25,
    stops_at_limit=False, may_be_agency=False, kept_days=365, features=REPORTS,
)  # fmt: skip
AGENCY = Plan(
    name="agency", title="Agency", price_cents=24_900, pool_events=25_000, workspaces_max=5, seats_max=50,
    stops_at_limit=False, may_be_agency=True, kept_days=730, features=REPORTS,
)  # fmt: skip
# What a contract says otherwise stands in a price of its own, with another version in its lookup key.
ENTERPRISE = Plan(
    name="enterprise", title="Enterprise", price_cents=149_000, pool_events=250_000, workspaces_max=50,
    seats_max=200,
    stops_at_limit=False, may_be_agency=True, kept_days=730, features=REPORTS | {SSO}, by_contract=True,
)  # fmt: skip

PLANS: dict[str, Plan] = {plan.name: plan for plan in (FREE, PRO, AGENCY, ENTERPRISE)}


@dataclass(frozen=True, kw_only=True)
class Tier:
    """A step of the graduated price: events up to `up_to` of a cycle's overage cost `rate_micros` each."""

    up_to: int | None  # cumulative; None is the last tier, without an end
    rate_micros: int


OVERAGE_TIERS = (
    Tier(up_to=50_000, rate_micros=5_000),
    Tier(up_to=250_000, rate_micros=4_000),
    Tier(up_to=1_000_000, rate_micros=3_000),
    Tier(up_to=None, rate_micros=3_000),
)


@dataclass(frozen=True, kw_only=True)
class OverageBand:
    """What a cycle's overage costs within one tier."""

    events: int
    rate_micros: int

    @property
    def cost_micros(self) -> int:
        return self.events * self.rate_micros


def overage_bands(events: int) -> tuple[OverageBand, ...]:
    """Split a cycle's overage over the tiers; only tiers that hold events are listed."""
    assert events >= 0
    bands, below = [], 0
    for tier in OVERAGE_TIERS:
        top = events if tier.up_to is None else min(events, tier.up_to)
        if top > below:
            bands.append(OverageBand(events=top - below, rate_micros=tier.rate_micros))
            below = top
    return tuple(bands)


def overage_cost_micros(events: int) -> int:
    """What `events` above the pool cost in one cycle, exactly."""
    return sum(band.cost_micros for band in overage_bands(events))


def cents_of_micros(micros: int) -> int:
    """Whole cents, half a cent rounded up, as on an invoice."""
    return (micros + MICROS_PER_CENT // 2) // MICROS_PER_CENT
