"""Invoicing clients: what each used in a cycle, with the agency's own markup on it, on a page and as a table.

Every line is rounded to the cent by itself, half a cent up, so that the lines add up to what is asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from domain.customer import MARKUP_MAX
from domain.markup import billed_cents
from domain.permissions import Permission
from projections.call_days import Total
from projections.catalogue import CALL_DAYS, CUSTOMERS, DASHBOARD
from projections.customers import CustomerRow
from projections.pooled_usage import CycleUsage
from web.access import because, db, followed, person
from web.pages.blueprint import pages
from web.pages.forms import Invalid, No, done, shows_again
from web.pages.here import Here, lead_or_404
from web.pages.overview import subscription_of
from web.pages.spreadsheet import Cell, cents_cell, instant_cell, micros_cell, table, text_cell
from web.pages.trees import agency_tree_id
from web.services import services
from web.usage import cycles_of_tree

INVOICING = "/w/<uuid:workspace_id>/invoicing"
PERCENT = re.compile(r"([0-9]{1,4})(?:[.,]([0-9]{1,2}))?")
HEAD = (
    *("customer", "workspace", "workspace_id", "cycle_started_at", "cycle_ends_at", "category"),
    *("units", "seconds", "credits", "markup_percent", "currency", "amount"),
)
NO_SUCH_CYCLE = "No cycle of this agency began then. Choose one on the page for invoicing."


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one client is asked for, of one category."""

    customer: str  # empty where nobody wrote down whose workspace it is
    workspace: str  # empty once it is deleted
    used: Total
    markup_hundredths: int

    @property
    def amount_cents(self) -> int:
        return billed_cents(self.used.micros, self.markup_hundredths)


@pages.get(INVOICING)
def invoicing(workspace_id: UUID, no: No | None = None, **_: UUID) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.SEE_CREDITS)
    cycles, chosen = _cycles(here)
    customers = CUSTOMERS.of_anchor(db(), workspace_id)
    return render_template(
        "invoicing.html",
        here=here,
        cycles=cycles,
        chosen=chosen,
        lines=_lines(here, chosen) if chosen else [],
        customers=[one for one in customers if one.is_current],
        names=services().vault.texts([(workspace_id, one.name_digest) for one in customers]),
        no=no,
    )


@pages.get(f"{INVOICING}.csv")
def invoicing_csv(workspace_id: UUID) -> Response:
    """A row for each client and category; of deleted workspaces, too, which have no name any more."""
    here = lead_or_404(workspace_id, Permission.SEE_CREDITS)
    _, chosen = _cycles(here)
    if chosen is None:
        return table("clients", HEAD, [])
    name = f"clients-{chosen.cycle_started_at:%Y-%m-%d}"
    return table(name, HEAD, [_row_of(line, chosen) for line in _lines(here, chosen)])


@pages.post(f"{INVOICING}/<uuid:customer_id>/markup")
@shows_again(invoicing)
def set_markup(workspace_id: UUID, customer_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.HANDLE_CUSTOMERS)
    hundredths = _hundredths_of("percent")
    tree_id = agency_tree_id(workspace_id)

    services().agency.set_markup(tree_id, person(), customer_id, hundredths, because=because())

    followed()
    text = f"From now on, {cents_cell(hundredths or 0)} % are put on what this client uses."
    return done(text, "pages.invoicing", workspace_id=workspace_id)


def _cycles(here: Here) -> tuple[list[CycleUsage], CycleUsage | None]:
    """Those of the agency, the newest first, and the one that the address asks for."""
    subscription = subscription_of(here)
    cycles = cycles_of_tree(subscription) if subscription else []
    wanted = request.args.get("cycle")
    if not wanted:
        return cycles, cycles[0] if cycles else None
    found = (one for one in cycles if one.cycle_started_at.isoformat() == wanted)
    return cycles, next(found, None) or abort(400, NO_SUCH_CYCLE)


def _lines(here: Here, cycle: CycleUsage) -> list[Line]:
    assert here.row.tree_id is not None
    rows = DASHBOARD.of_tree(db(), here.row.tree_id)
    customers = _customers_by_workspace(here, cycle)
    texts = services().vault.texts(
        [
            *((row.workspace_id, row.name_digest) for row in rows),
            *((here.workspace_id, one.name_digest) for one in customers.values()),
        ]
    )
    names = {row.workspace_id: texts[row.workspace_id, row.name_digest] for row in rows}
    used = CALL_DAYS.of_tree(db(), here.row.tree_id, None, None, cycle_started_at=cycle.cycle_started_at)
    lines = []
    for one in used:
        if one.workspace_id == here.workspace_id:
            continue  # what the agency itself used it asks of nobody
        customer = customers.get(one.workspace_id)
        lines.append(
            Line(
                customer=texts[here.workspace_id, customer.name_digest] if customer else "",
                workspace=names.get(one.workspace_id, ""),
                used=one,
                markup_hundredths=(customer.markup_hundredths if customer else None) or 0,
            )
        )
    return sorted(lines, key=_order)


def _order(line: Line) -> tuple[str, UUID, str]:
    return line.workspace.casefold(), line.used.workspace_id, line.used.category


def _customers_by_workspace(here: Here, cycle: CycleUsage) -> dict[UUID, CustomerRow]:
    """The last whom this agency added by the end of the cycle; the first after it, if there was nobody."""
    found = [one for one in CUSTOMERS.of_anchor(db(), here.workspace_id) if one.tree_id == here.row.tree_id]
    found.sort(key=lambda one: one.added_at)
    later = [one for one in found if one.added_at >= cycle.cycle_ends_at]
    by_then = [one for one in found if one.added_at < cycle.cycle_ends_at]
    return {one.workspace_id: one for one in (*reversed(later), *by_then)}


def _row_of(line: Line, cycle: CycleUsage) -> list[Cell]:
    used = line.used
    return [
        *(text_cell(line.customer), text_cell(line.workspace), used.workspace_id),
        *(instant_cell(cycle.cycle_started_at), instant_cell(cycle.cycle_ends_at), used.category),
        *(used.units, used.seconds, micros_cell(used.micros), cents_cell(line.markup_hundredths)),
        *("eur", cents_cell(line.amount_cents)),
    ]


def _hundredths_of(field: str) -> int | None:
    """A percentage in hundredths; nothing at all is none."""
    text = request.form.get(field, "").strip()
    if not text:
        return None
    found = PERCENT.fullmatch(text)
    hundredths = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else -1
    if not 0 <= hundredths <= MARKUP_MAX:
        limit = f"at most {MARKUP_MAX // 100:,}"
        raise Invalid(field, f"Please enter a percentage, {limit}, such as 20 or 12.5, or nothing.")
    return hundredths
