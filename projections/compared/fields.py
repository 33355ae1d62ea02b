"""Fields: which columns stand on which screen, under which name, and how their values read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.visibility import Area
from projections.screens import Screen

HEADINGS = {
    Screen.WORKSPACES: "Overview and workspaces",
    Screen.MEMBERS: "Members",
    Screen.BILLING: "Billing",
    Screen.POOL: "Pool",
    Screen.INVOICES: "Invoices",
}


@dataclass(frozen=True)
class Field:
    """A column: what it is called, and how it reads (a word of `words.READS`)."""

    label: str
    reads: str = "text"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A table: `thing` is what a row is, `known_by` the columns that say which one it is.

    `unseen` are the columns that no screen shows. `inside` is told to the people of a child, too: all of its
    columns but those in `for_leaders`.
    """

    screen: Screen
    thing: str
    known_by: tuple[tuple[str, str], ...]
    fields: Mapping[str, Field]
    unseen: frozenset[str] = frozenset()
    inside: bool = False
    for_leaders: frozenset[str] = field(default_factory=frozenset)


CYCLE = ("cycle_started_at", "instant")
AREAS = {area.value: Field(f"clients’ {area.value}") for area in Area}

SHOWN: dict[str, Shown] = {
    "dashboard": Shown(
        screen=Screen.WORKSPACES,
        thing="Workspace",
        known_by=(("workspace_id", "workspace"),),
        fields={
            "tree_id": Field("agency", "tree"),
            "parent_id": Field("anchor above it", "workspace"),
            "name_digest": Field("name", "name"),
            "plan": Field("plan", "plan"),
            "members": Field("members", "count"),
            "key_ids": Field("API keys", "listed"),
            "opened_at": Field("opened", "instant"),
        },
        inside=True,
        for_leaders=frozenset({"tree_id", "parent_id"}),
    ),
    "visibility": Shown(
        screen=Screen.WORKSPACES,
        thing="What clients see of",
        known_by=(("workspace_id", "workspace"),),
        fields=AREAS,
    ),
    "visibility_defaults": Shown(
        screen=Screen.WORKSPACES,
        thing="What clients see of a new workspace of",
        known_by=(("tree_id", "tree"),),
        fields=AREAS,
    ),
    "members": Shown(
        screen=Screen.MEMBERS,
        thing="Member",
        known_by=(("person_id", "person"), ("workspace_id", "workspace")),
        fields={"role": Field("role"), "joined_at": Field("since", "instant")},
        inside=True,
    ),
    "invitations": Shown(
        screen=Screen.MEMBERS,
        thing="Invitation of",
        known_by=(("person_id", "person"), ("workspace_id", "workspace")),
        fields={
            "role": Field("role"),
            "invited_by": Field("invited by", "actor"),
            "invited_at": Field("invited", "instant"),
            "expires_at": Field("works until", "instant"),
            "sent_at": Field("last sent", "instant"),
            "sent": Field("times sent", "count"),
            "state": Field("state"),
        },
        unseen=frozenset({"invitation_id"}),
        inside=True,
        for_leaders=frozenset({"invited_by"}),
    ),
    "subscriptions": Shown(
        screen=Screen.BILLING,
        thing="Subscription of",
        known_by=(("tree_id", "tree"),),
        fields={
            "status": Field("status", "words"),
            "plan": Field("plan", "plan"),
            "workspaces_max": Field("workspaces, at most", "count"),
            "pool_events": Field("pool of a cycle", "count"),
            "customer_id": Field("Stripe’s customer"),
            "subscription_id": Field("Stripe’s subscription"),
            "cycle_started_at": Field("cycle began", "instant"),
            "cycle_ends_at": Field("cycle ends", "instant"),
            "ends_at": Field("set to end", "instant"),
            "ended_at": Field("ended", "instant"),
            "ended_because": Field("ended because", "reason"),
            "founded_at": Field("founded", "instant"),
            "chosen_at": Field("plan chosen", "instant"),
            "next_plan": Field("next plan", "plan"),
            "next_plan_at": Field("next plan from", "instant"),
            "standing": Field("payments", "words"),
            "standing_since": Field("payments so since", "instant"),
        },
        unseen=frozenset({"anchor_id"}),
    ),
    "subscription_disputes": Shown(
        screen=Screen.BILLING,
        thing="Dispute",
        known_by=(("dispute_id", "text"), ("tree_id", "tree")),
        fields={"is_open": Field("open", "yes")},
    ),
    "pool_cycles": Shown(
        screen=Screen.POOL,
        thing="Cycle from",
        known_by=(CYCLE, ("tree_id", "tree")),
        fields={
            "cycle_ends_at": Field("ends", "instant"),
            "pool_events": Field("pool", "count"),
            "claimed": Field("above the pool, claimed", "count"),
            "reported": Field("above the pool, taken by Stripe", "count"),
            "held": Field("above the pool, on Stripe’s meter", "count"),
            "held_at": Field("Stripe’s meter read", "instant"),
            "credited": Field("voided after the invoice", "count"),
            "credited_micros": Field("credit asked for", "micros"),
        },
    ),
    "usage_by_workspace": Shown(
        screen=Screen.POOL,
        thing="Drawn by",
        known_by=(("workspace_id", "workspace"), CYCLE),
        fields={"events": Field("events", "count")},
        unseen=frozenset({"pool_id"}),
        inside=True,
    ),
    "usage_by_day": Shown(
        screen=Screen.POOL,
        thing="Day",
        known_by=(("day", "day"), CYCLE),
        fields={"events": Field("events", "count")},
        unseen=frozenset({"pool_id", "batches", "first_position", "last_position"}),
    ),
    "quota_notices": Shown(
        screen=Screen.POOL,
        thing="Notice of",
        known_by=(("percent", "percent"), CYCLE),
        fields={"holds": Field("holds", "yes"), "raised_at": Field("since", "instant")},
        unseen=frozenset({"pool_id", "tree_id", "cycle_ends_at"}),
    ),
    "invoices": Shown(
        screen=Screen.INVOICES,
        thing="Invoice",
        known_by=(("invoice_id", "invoice"),),
        fields={
            "number": Field("number"),
            "status": Field("status", "words"),
            "currency": Field("currency"),
            "subtotal_cents": Field("before tax", "cents"),
            "tax_cents": Field("tax", "cents"),
            "total_cents": Field("total", "cents"),
            "due_cents": Field("due", "cents"),
            "paid_cents": Field("paid", "cents"),
            "created_at": Field("opened", "instant"),
            "paid_at": Field("paid on", "instant"),
            "period_started_at": Field("period from", "instant"),
            "period_ends_at": Field("period until", "instant"),
        },
        unseen=frozenset({"tree_id", "is_for_credits"}),
    ),
    "invoice_lines": Shown(
        screen=Screen.INVOICES,
        thing="Line",
        known_by=(("line", "count"), ("invoice_id", "invoice")),
        fields={
            "description": Field("text"),
            "quantity": Field("quantity", "count"),
            "unit_micros": Field("price of one", "micros"),
            "amount_cents": Field("amount", "cents"),
            "period_started_at": Field("period from", "instant"),
            "period_ends_at": Field("period until", "instant"),
            "is_proration": Field("part of a period", "yes"),
            "is_overage": Field("above the pool", "yes"),
        },
    ),
    "invoice_course": Shown(
        screen=Screen.INVOICES,
        thing="Step",
        known_by=(("step", "words"), ("invoice_id", "invoice")),
        fields={"stripe_at": Field("at Stripe", "instant"), "seen_at": Field("seen here", "instant")},
        unseen=frozenset({"notice_id"}),
    ),
    "voided_events": Shown(
        screen=Screen.INVOICES,
        thing="Voided event",
        known_by=(("event_id", "text"), ("workspace_id", "workspace")),
        fields={
            "cycle_started_at": Field("cycle from", "instant"),
            "counted_at": Field("counted", "instant"),
            "voided_at": Field("voided", "instant"),
        },
        unseen=frozenset({"pool_id"}),
        inside=True,
        for_leaders=frozenset({"cycle_started_at"}),
    ),
    "credit_requests": Shown(
        screen=Screen.INVOICES,
        thing="Credit note for the cycle from",
        known_by=(CYCLE, ("tree_id", "tree")),
        fields={
            "events": Field("events", "count"),
            "amount_micros": Field("amount", "micros"),
            "requested_at": Field("asked for", "instant"),
        },
        unseen=frozenset({"position"}),
    ),
}
