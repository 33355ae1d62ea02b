"""What a key of the anchor may know of the agency's credits; for any other key there are none."""

from __future__ import annotations

from uuid import UUID

from flask import Response, jsonify

from domain.credits.category import Category
from domain.plans import CURRENCY
from projections.catalogue import CREDITS
from projections.credit_history import ENTRIES, LineFilter, LineRow, Place, lines_of_tree, used_since
from projections.credits import LedgerRow
from web.access import db
from web.api.blueprint import api
from web.api.gates import anchor_of_key
from web.api.query import id_in, instant_in, invalid, one_of, parameters
from web.texts import POSITION_DIGITS_MAX, number_in

LIMIT = 100
LIMIT_MAX = 500
OR_ALL = "Without it, all are answered."


@api.get("/credits")
def credits() -> Response:
    """What is left in each bucket, what running calls hold, and what was used in this cycle."""
    tree_id = _tree_of_key()
    ledger = CREDITS.ledger(db(), tree_id) or _nothing(tree_id)
    used = used_since(db(), tree_id, ledger.cycle_started_at) if ledger.cycle_started_at else []
    by_category = dict.fromkeys(map(str, Category), 0)
    by_workspace: dict[UUID, int] = {}
    for row in used:
        by_category[row.category] += row.spent_micros
        by_workspace[row.workspace_id] = by_workspace.get(row.workspace_id, 0) + row.spent_micros
    return jsonify(
        tree_id=str(tree_id),
        currency=CURRENCY,
        frozen=ledger.frozen,
        cycle=_cycle(ledger),
        balance_micros=ledger.balance_micros,
        held_micros=ledger.held_micros,
        available_micros=ledger.available_micros,
        buckets={
            "grant_micros": ledger.grant_micros,
            "rollover_micros": ledger.rollover_micros,
            "top_up_micros": ledger.top_up_micros,
            "debt_micros": ledger.debt_micros,
        },
        used_by_category=by_category,
        used_by_workspace=[
            {"workspace_id": str(workspace_id), "spent_micros": micros}
            for workspace_id, micros in by_workspace.items()
        ],
    )


@api.get("/credits/lines")
def credit_lines() -> Response:
    """The lines of the ledger, the newest first, each with what was left after it."""
    tree_id = _tree_of_key()
    given = parameters("workspace", "category", "entry", "since", "until", "before", "limit")
    which = LineFilter(
        workspace_id=id_in(given, "workspace", "a workspace", "Write a UUID."),
        category=one_of(given, "category", [*map(str, Category)], OR_ALL),
        entry=one_of(given, "entry", ENTRIES, OR_ALL),
        since=instant_in(given, "since"),
        until=instant_in(given, "until"),
    )
    limit = _limit(given.get("limit"))
    found = lines_of_tree(db(), tree_id, which, before=_before(given.get("before")), limit=limit + 1)
    lines = found[:limit]
    return jsonify(
        tree_id=str(tree_id),
        currency=CURRENCY,
        lines=[_line(one) for one in lines],
        next_before=_place(lines[-1]) if len(found) > limit else None,
    )


def _tree_of_key() -> UUID:
    tree_id = anchor_of_key().tree_id
    assert tree_id is not None, "whoever leads an agency has a tree"
    return tree_id


def _nothing(tree_id: UUID) -> LedgerRow:
    """Of an agency whose plan has no calls."""
    return LedgerRow(
        tree_id=tree_id,
        cycle_started_at=None,
        cycle_ends_at=None,
        grant_micros=0,
        rollover_micros=0,
        top_up_micros=0,
        debt_micros=0,
        held_micros=0,
        frozen=False,
    )


def _cycle(ledger: LedgerRow) -> dict[str, str] | None:
    if ledger.cycle_started_at is None or ledger.cycle_ends_at is None:
        return None
    return {
        "started_at": ledger.cycle_started_at.isoformat(),
        "ends_at": ledger.cycle_ends_at.isoformat(),
    }


def _line(line: LineRow) -> dict[str, object]:
    return {
        "place": _place(line),
        "at": line.at.isoformat(),
        "entry": line.entry,
        "category": line.category,
        "workspace_id": str(line.workspace_id) if line.workspace_id else None,
        "subject_id": str(line.subject_id) if line.subject_id else None,
        "amount_micros": line.amount_micros,
        "balance_micros": line.balance_micros,
    }


def _place(line: LineRow) -> str:
    return f"{line.position}.{line.number}"


def _before(text: str | None) -> Place | None:
    if text is None:
        return None
    position, _, behind = text.partition(".")
    at, number = (number_in(one, digits_max=POSITION_DIGITS_MAX) for one in (position, behind))
    if at is None or number is None:
        hint = "It is the `next_before` of the answer before this one."
        raise invalid("before", "`before` is no place of a line.", hint)
    return at, min(number, 1)


def _limit(text: str | None) -> int:
    limit = LIMIT if text is None else number_in(text)
    if limit is None or not 1 <= limit <= LIMIT_MAX:
        raise invalid("limit", f"`limit` is a number from 1 to {LIMIT_MAX}.", f"The default is {LIMIT}.")
    return limit
