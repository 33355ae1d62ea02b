"""Credits: what an agency has left, and what its workspaces used of it in this cycle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from domain.credits.topping_up import FAILURES_MAX
from domain.permissions import Permission, Standing
from domain.refusals import Refusal, Refused
from projections.catalogue import CREDITS, SUBSCRIPTIONS, TOP_UPS
from projections.credit_history import UsedRow, used_since
from projections.credits import LedgerRow
from projections.history.names import NAMELESS
from projections.top_ups import ASKED, FAILED, SettingsRow, TopUpRow
from web.access import db, looking_back, person, places_of, read_place
from web.errors import DECLINED
from web.pages.blueprint import pages
from web.pages.filters import CATEGORIES
from web.pages.forms import No
from web.pages.here import Here, lead_or_404
from web.pages.trees import active_in, trees_of
from web.pools import names_in_tree
from web.services import services

ADDRESS = "/w/<uuid:workspace_id>/credits"
REASON_MAX = 500  # characters
OTHERS_MAX = 50  # agencies of one owner that can be transferred to
# Why a top-up was not paid, where no card is at fault.
NOT_PAID = {
    "no_customer": "Stripe does not know this customer any more.",
    "credits_frozen": "The subscription had ended by then.",
    "invoice_voided": "Its invoice was voided at Stripe.",
}


@dataclass(frozen=True, kw_only=True)
class Used:
    """What one workspace used in the cycle, by category."""

    workspace_id: UUID
    name: str
    by_category: dict[str, int]

    @property
    def total_micros(self) -> int:
        return sum(self.by_category.values())


@dataclass(frozen=True, kw_only=True)
class Other:
    """Another agency of the same owner."""

    tree_id: UUID
    name: str


@pages.app_template_global()
def why_not_paid(code: str | None) -> str:
    told = {**DECLINED, **NOT_PAID}.get(code or "")
    return told or f"Stripe did not accept the payment ({(code or 'no reason').replace('_', ' ')})."


@pages.get(ADDRESS)
def credits(workspace_id: UUID, no: No | None = None) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.SEE_CREDITS)
    ledger = ledger_of(workspace_id)
    top_ups = TOP_UPS.newest_of_tree(db(), ledger.tree_id) if ledger else []
    settings = TOP_UPS.settings(db(), ledger.tree_id) if ledger else None
    used = used_in_cycle(ledger) if ledger else []
    return render_template(
        "credits.html",
        here=here,
        ledger=ledger,
        used=used,
        by_category=by_category(used),
        categories=CATEGORIES,
        top_ups=top_ups,
        waits=any(one.state == ASKED for one in top_ups) and not looking_back(),
        failed=_failed(top_ups),
        settings=settings,
        automatic_micros=_automatic_in_cycle(ledger, settings),
        failures_max=FAILURES_MAX,
        others=others_of(here) if ledger and not looking_back() else [],
        reason_max=REASON_MAX,
        no=no,
    )


# What the pages of credits ask.


def ledgers_of(workspace_id: UUID) -> list[LedgerRow]:
    """Of every subscription with credits that this workspace had, that of the one it has now first."""
    found = [CREDITS.ledger(db(), tree.tree_id) for tree in trees_of(workspace_id)]
    return sorted((one for one in found if one is not None), key=lambda one: one.frozen)


def ledger_of(workspace_id: UUID) -> LedgerRow | None:
    return next(iter(ledgers_of(workspace_id)), None)


def tree_to_handle(workspace_id: UUID, permission: Permission) -> Any:  # domain.tree.Tree
    """The agency as a command is to change its credits; it asks again what the person may."""
    ledger = ledger_of(workspace_id)
    if ledger is None:
        raise Refused(Refusal.CREDITS_FROZEN)
    return services().agency.tree_for_billing(ledger.tree_id, person(), permission)


def used_in_cycle(ledger: LedgerRow) -> list[Used]:
    """The most first."""
    if ledger.cycle_started_at is None:
        return []
    names = names_in_tree(ledger.tree_id)
    rows: dict[UUID, list[UsedRow]] = {}
    for row in used_since(db(), ledger.tree_id, ledger.cycle_started_at):
        rows.setdefault(row.workspace_id, []).append(row)
    found = [
        Used(
            workspace_id=workspace_id,
            name=names.get(workspace_id, NAMELESS),
            by_category={one.category: one.spent_micros for one in of_workspace},
        )
        for workspace_id, of_workspace in rows.items()
    ]
    return sorted(found, key=lambda one: (-one.total_micros, one.name))


def by_category(used: Sequence[Used]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for one in used:
        sums.update(one.by_category)
    return sums


def others_of(here: Here) -> list[Other]:
    """Agencies with credits that the one who asks owns beside this one, which they have to own, too."""
    if Standing.ANCHOR_OWNER not in here.standings:
        return []
    found = []
    for place in places_of():
        if place.workspace_id == here.workspace_id or Standing.ANCHOR_OWNER not in place.own_standings:
            continue
        read_place(place)
        tree = active_in(SUBSCRIPTIONS.of_anchor(db(), place.workspace_id))
        ledger = CREDITS.ledger(db(), tree.tree_id) if tree else None
        if ledger is not None and not ledger.frozen:
            name = services().vault.text(place.workspace_id, place.name_digest)
            found.append(Other(tree_id=ledger.tree_id, name=name))
    return sorted(found, key=lambda one: (one.name.casefold(), one.tree_id))[:OTHERS_MAX]


def _failed(top_ups: Sequence[TopUpRow]) -> TopUpRow | None:
    """The newest, if it failed: what came after it says more than it does."""
    newest = next(iter(top_ups), None)
    return newest if newest is not None and newest.state == FAILED else None


def _automatic_in_cycle(ledger: LedgerRow | None, settings: SettingsRow | None) -> int:
    if ledger is None or settings is None or ledger.cycle_started_at is None:
        return 0
    return TOP_UPS.automatic_in_cycle(db(), ledger.tree_id, ledger.cycle_started_at)
