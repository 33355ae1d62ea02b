"""Where a number of credits or calls leads: to the facts that it is made of, as a page lists them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import url_for
from markupsafe import Markup

from domain.calls.call import CATEGORIES
from web.pages.blueprint import pages
from web.periods import Period, Span

KINDS = {str(category): str(kind) for kind, category in CATEGORIES.items()}


@pages.app_context_processor
def _for_pages() -> dict[str, Any]:
    return {
        "linked": linked,
        "calls_of": calls_of,
        "calls_in_cycle": calls_in_cycle,
        "calls_on": calls_on,
        "lines_of": lines_of,
    }


def linked(text: str, address: str | None) -> Markup:
    """A number that leads nowhere is only a number."""
    return Markup('<a href="{}">{}</a>').format(address, text) if address else Markup("{}").format(text)


def calls_of(workspace_id: UUID | None, period: Period) -> str | None:
    """The calls of a workspace in a period; None of one that is gone."""
    if workspace_id is None:
        return None
    return url_for("pages.calls", workspace_id=workspace_id, **_within(period.now))


def calls_in_cycle(workspace_id: UUID, began: Any, ends: Any, category: str) -> str | None:
    """None for what is no call."""
    if category not in KINDS:
        return None
    until: dict[str, Any] = {"until": _instant(ends)} if ends is not None else {}
    return url_for(
        "pages.calls", workspace_id=workspace_id, kind=KINDS[category], since=_instant(began), **until
    )


def calls_on(workspace_id: UUID, day: date) -> str:
    return url_for("pages.calls", workspace_id=workspace_id, since=day.isoformat(), until=day.isoformat())


def lines_of(anchor_id: UUID, workspace_id: UUID | None, period: Period, category: str | None = None) -> str:
    """The lines of the agency's ledger; of all workspaces where none is named."""
    return url_for(
        "pages.credit_history",
        workspace_id=anchor_id,
        workspace=workspace_id,
        category=category,
        **_within(period.now),
    )


def _within(span: Span) -> dict[str, Any]:
    if span.cycle_started_at is not None:
        return {"since": _instant(span.cycle_started_at)}
    assert span.first is not None
    assert span.last is not None
    return {"since": span.first.isoformat(), "until": span.last.isoformat()}


def _instant(at: Any) -> str:
    text: str = at.isoformat()
    return text.replace("+00:00", "Z")
