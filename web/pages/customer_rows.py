"""Customers as lines of a list: sought by name, of one state, in the order that the address asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, request

from domain.customer import CustomerStatus
from projections.catalogue import CUSTOMERS
from projections.customers import CustomerRow, Gone
from web.access import db
from web.pages.here import Here
from web.pages.overview import Line, lines_of, subscription_of
from web.sealed import texts_in

TEXT_MAX = 120
STATES = [*CustomerStatus, *Gone]
WORDS = {
    **{status.value: status.value for status in CustomerStatus},
    Gone.LEFT.value: "has left the agency",
    Gone.DELETED.value: "workspace deleted",
}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A customer; `line` is what is known of their workspace while it is of the agency."""

    row: CustomerRow
    name: str
    line: Line | None

    @property
    def state(self) -> str:
        """What became of the workspace comes before what was decided about the customer."""
        return self.row.gone or self.row.status

    @property
    def words(self) -> str:
        return WORDS[self.state]

    @property
    def workspace(self) -> str:
        return self.line.name if self.line else ""

    @property
    def events(self) -> int:
        """In this cycle."""
        return self.line.events if self.line else 0

    @property
    def opened_at(self) -> datetime:
        return self.row.added_at


ORDERS: dict[str, Callable[[Shown], Any]] = {
    "name": lambda one: (one.name.casefold(), one.row.customer_id),
    "status": lambda one: (STATES.index(one.state), one.name.casefold()),
    "opened": lambda one: (one.opened_at, one.row.customer_id),
    "usage": lambda one: (-one.events, one.name.casefold()),
}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What the list shows, and what stands beside it."""

    customers: Sequence[Shown]
    total: int
    without: Sequence[Line]  # children that are nobody's
    workspaces: int
    workspaces_max: int


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address asks for."""

    text: str = ""
    state: str = ""
    sort: str = "name"

    def holds(self, one: Shown) -> bool:
        wanted = self.text.casefold()
        found = wanted in one.name.casefold() or wanted in one.workspace.casefold()
        return found and self.state in ("", one.state)


def asked() -> Asked:
    given = Asked(
        text=request.args.get("text", "").strip(),
        state=request.args.get("state", ""),
        sort=request.args.get("sort") or "name",
    )
    if len(given.text) > TEXT_MAX:
        abort(400, f"Please search for at most {TEXT_MAX} characters.")
    if given.state and given.state not in STATES:
        abort(400, f"“state” is one of: {', '.join(STATES)}.")
    if given.sort not in ORDERS:
        abort(400, f"“sort” is one of: {', '.join(ORDERS)}.")
    return given


def listed(here: Here, which: Asked) -> Listed:
    subscription = subscription_of(here)
    lines = lines_of(subscription) if subscription else []
    children = {line.row.workspace_id: line for line in lines if line.row.parent_id is not None}
    every = customers_of(here.workspace_id, children)
    served = {one.row.workspace_id for one in every if one.row.is_current}
    return Listed(
        customers=sorted(filter(which.holds, every), key=ORDERS[which.sort]),
        total=len(every),
        without=[line for child_id, line in children.items() if child_id not in served],
        workspaces=len(lines),
        workspaces_max=subscription.workspaces_max if subscription else 1,
    )


def customers_of(anchor_id: UUID, children: dict[UUID, Line]) -> list[Shown]:
    rows = CUSTOMERS.of_anchor(db(), anchor_id)
    names = texts_in(anchor_id, (row.name_digest for row in rows))
    return [
        Shown(
            row=row,
            name=names[row.name_digest],
            line=None if row.gone else children.get(row.workspace_id),
        )
        for row in rows
    ]
