"""What can be bought, and what overage costs.

The table is append-only: a plan that was sold stays readable for ever, under its name.
Amounts are integers; one micro is a millionth of the currency unit.
"""

from __future__ import annotations

from dataclasses import dataclass

CURRENCY = "eur"
MICROS_PER_CENT = 10_000


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What a call and what goes with it cost in credits; of a call every begun second, so that a minute is
    sixty of them exactly."""

    phone_call_micros: int  # a second
    web_call_micros: int  # a second
    forwarding_micros: int  # a second
    sms_micros: int  # a message
    phone_number_micros: int  # a number and cycle


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much of each may live in one workspace."""

    agents_max: int
    knowledge_bases_max: int
    documents_bytes_max: int  # of all documents together
    numbers_max: int
    deployments_max: int
    actions_max: int


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
    limits: Limits
    features: frozenset[str] = frozenset()
    credits_micros: int = 0  # granted each cycle
    rates: Rates | None = None  # None: no calls are recorded
    by_contract: bool = False  # nobody buys it with a click: Stripe's subscription brings it

    @property
    def is_sold(self) -> bool:
        return self.price_cents > 0 and not self.by_contract


AUDIT_SAMPLES = "audit_samples"
REPORTS = frozenset({"reports_api", "custom_task_types", "share_with_cfo", "digests", AUDIT_SAMPLES})
SSO = "single_sign_on"

RATES = Rates(
    phone_call_micros=2_000, web_call_micros=1_500, forwarding_micros=1_000, sms_micros=80_000,
    phone_number_micros=3_000_000,
)  # fmt: skip
FEW = Limits(
    agents_max=1, knowledge_bases_max=1, documents_bytes_max=1_000_000, numbers_max=0, deployments_max=1,
    actions_max=3,
)  # fmt: skip
SOME = Limits(
    agents_max=10, knowledge_bases_max=10, documents_bytes_max=10_000_000, numbers_max=0, deployments_max=5,
    actions_max=20,
)  # fmt: skip
MANY = Limits(
    agents_max=50, knowledge_bases_max=50, documents_bytes_max=50_000_000, numbers_max=25,
    deployments_max=25, actions_max=100,
)  # fmt: skip

FREE = Plan(
    name="free", title="Free", price_cents=0, pool_events=500, workspaces_max=1, seats_max=5,
    stops_at_limit=True, may_be_agency=False, kept_days=30, limits=FEW,
)  # fmt: skip
PRO = Plan(
    name="pro", title="Pro", price_cents=4_900, pool_events=10_000, workspaces_max=1, seats_max=25,
    stops_at_limit=False, may_be_agency=False, kept_days=365, features=REPORTS,
    limits=SOME,
)  # fmt: skip
AGENCY = Plan(
    name="agency", title="Agency", price_cents=24_900, pool_events=25_000, workspaces_max=5, seats_max=50,
    stops_at_limit=False, may_be_agency=True, kept_days=730, features=REPORTS, limits=SOME,
)  # fmt: skip
AGENCY_VOICE = Plan(
    name="agency_voice", title="Agency Voice", price_cents=80_000, pool_events=25_000, workspaces_max=5,
    seats_max=50, stops_at_limit=False, may_be_agency=True, kept_days=730, features=REPORTS, limits=MANY,
    credits_micros=800_000_000, rates=RATES,
)  # fmt: skip
# What a contract says otherwise stands in a price of its own, with another version in its lookup key.
ENTERPRISE = Plan(
    name="enterprise", title="Enterprise", price_cents=149_000, pool_events=250_000, workspaces_max=50,
    seats_max=200,
    stops_at_limit=False, may_be_agency=True, kept_days=730, features=REPORTS | {SSO}, by_contract=True,
    limits=MANY, rates=RATES,
)  # fmt: skip

PLANS: dict[str, Plan] = {plan.name: plan for plan in (FREE, PRO, AGENCY, AGENCY_VOICE, ENTERPRISE)}


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
