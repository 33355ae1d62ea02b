"""The budgets that an agency gives its clients: set for every cycle, raised for one, removed."""

from __future__ import annotations

from uuid import UUID

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from domain.budget import BUDGET_MICROS_MAX
from domain.permissions import Permission
from projections.catalogue import DASHBOARD
from projections.dashboard import DashboardRow
from web.access import because, db, followed, person
from web.credit_use import uses_of
from web.pages.blueprint import pages
from web.pages.filters import money_of_micros
from web.pages.forms import No, choice_of, done, micros_of, name_of, shows_again
from web.pages.here import Here, lead_or_404
from web.pages.overview import subscription_of
from web.services import services
from web.usage import cycle_of

BUDGETS = "/w/<uuid:workspace_id>/budgets"
OF_CHILD = f"{BUDGETS}/<uuid:child_id>"
REASON_MAX = 300
STOPS = {"stop": True, "tell": False}


@pages.get(BUDGETS)
def budgets(workspace_id: UUID, no: No | None = None, **_: UUID) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.SEE_CREDITS)
    children = _children(here)
    cycle = cycle_of(subscription_of(here))
    tree_id = here.row.tree_id
    uses = uses_of(tree_id, [row.workspace_id for row in children], cycle) if tree_id else {}
    raised = {
        one.workspace_id: one.budget.raised_because
        for one in uses.values()
        if one.budget and one.is_raised and one.budget.raised_because
    }
    texts = services().vault.texts(
        [
            *((row.workspace_id, row.name_digest) for row in children),
            *((workspace_id, digest) for digest in raised.values()),
        ]
    )
    return render_template(
        "budgets.html",
        here=here,
        cycle=cycle,
        names={row.workspace_id: texts[row.workspace_id, row.name_digest] for row in children},
        reasons={one: texts[workspace_id, digest] for one, digest in raised.items()},
        uses=list(uses.values()),
        reason_max=REASON_MAX,
        no=no,
    )


@pages.post(OF_CHILD)
@shows_again(budgets)
def set_budget(workspace_id: UUID, child_id: UUID) -> ResponseReturnValue:
    name = _child_or_404(workspace_id, child_id)
    limit_micros = micros_of("limit", "a budget", most=BUDGET_MICROS_MAX)
    stops = STOPS[choice_of("stops", STOPS)]

    services().agency.set_budget(child_id, person(), limit_micros, stops, because=because())

    followed()
    text = f"“{name}” may use {money_of_micros(limit_micros)} of credits a cycle."
    return done(text, "pages.budgets", workspace_id=workspace_id)


@pages.post(f"{OF_CHILD}/raise")
@shows_again(budgets)
def raise_budget(workspace_id: UUID, child_id: UUID) -> ResponseReturnValue:
    name = _child_or_404(workspace_id, child_id)
    limit_micros = micros_of("limit", "a budget", most=BUDGET_MICROS_MAX)
    reason = name_of("reason", "why it is raised", longest=REASON_MAX)

    reason_digest = services().vault.keep_text(workspace_id, reason)
    services().agency.raise_budget(child_id, person(), limit_micros, reason_digest, because=because())

    followed()
    text = f"“{name}” may use {money_of_micros(limit_micros)} of credits until this cycle ends."
    return done(text, "pages.budgets", workspace_id=workspace_id)


@pages.post(f"{OF_CHILD}/remove")
@shows_again(budgets)
def remove_budget(workspace_id: UUID, child_id: UUID) -> ResponseReturnValue:
    name = _child_or_404(workspace_id, child_id)

    services().agency.remove_budget(child_id, person(), because=because())

    followed()
    return done(f"“{name}” has no budget any more.", "pages.budgets", workspace_id=workspace_id)


def _children(here: Here) -> list[DashboardRow]:
    rows = DASHBOARD.of_tree(db(), here.row.tree_id) if here.row.tree_id else []
    return [row for row in rows if row.parent_id is not None]


def _child_or_404(workspace_id: UUID, child_id: UUID) -> str:
    """The name of a child of this very anchor."""
    here = lead_or_404(workspace_id, Permission.SET_BUDGETS)
    child = next((row for row in _children(here) if row.workspace_id == child_id), None) or abort(404)
    name: str = services().vault.text(child_id, child.name_digest)
    return name
