"""Calls as a table for a spreadsheet: those that the list shows, and never what was said on them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from flask import Response, request

from domain.permissions import Permission
from projections.calls import CallFilter, CallRow
from projections.catalogue import CALLS
from web.access import db
from web.pages.agents_here import agents_of
from web.pages.blueprint import pages
from web.pages.calls import ADDRESS, WITHIN, filter_of
from web.pages.here import here_or_404
from web.pages.spreadsheet import Cell, instant_cell, micros_cell, table, text_cell

ROWS_MAX = 50_000  # the newest; who wants others narrows the period
PAGE = 5_000
HEAD = (
    *("call_id", "started_at", "recorded_at", "kind", "direction", "agent_id", "agent"),
    *("state", "outcome", "seconds", "credits", "cycle_started_at"),
)


@pages.get(f"{ADDRESS}.csv")
def calls_csv(workspace_id: UUID) -> Response:
    """A row for each call, those that began last first."""
    here = here_or_404(workspace_id, Permission.SEE_CALLS)
    which = filter_of({name: request.args[name] for name in WITHIN if request.args.get(name)})
    agents = agents_of(here)
    return table("calls", HEAD, (_row(row, agents) for row in _rows(workspace_id, which)))


def _rows(workspace_id: UUID, which: CallFilter) -> Iterator[CallRow]:
    before = None
    for _ in range(ROWS_MAX // PAGE):
        page = CALLS.in_workspace(db(), workspace_id, which, before=before, limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        before = page[-1].place


def _row(row: CallRow, agents: dict[UUID, str]) -> list[Cell]:
    agent = agents.get(row.agent_id, "") if row.agent_id else ""
    return [
        *(row.call_id, instant_cell(row.started_at), instant_cell(row.recorded_at)),
        *(row.kind, row.direction, row.agent_id, text_cell(agent)),
        *(row.status, row.outcome, row.seconds, micros_cell(row.amount_micros)),
        instant_cell(row.cycle_started_at),
    ]
