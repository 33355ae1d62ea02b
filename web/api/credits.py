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
from web.api.usage import instant_of, invalid, parameters

LIMIT = 100
LIMIT_MAX = 500
NUMBER_DIGITS_MAX = 18


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
        workspace_id=_workspace(given.get("workspace")),
        category=_one_of("category", given, [*map(str, Category)]),
        entry=_one_of("entry", given, ENTRIES),
        since=instant_of("since", given["since"]) if "since" in given else None,
        until=instant_of("until", given["until"]) if "until" in given else None,
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


def _workspace(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text is not None else None
    except ValueError:
        raise invalid("workspace", "`workspace` is no id of a workspace.", "Write a UUID.") from None


def _one_of(name: str, given: dict[str, str], choices: list[str] | tuple[str, ...]) -> str | None:
    text = given.get(name)
    if text is not None and text not in choices:
        raise invalid(name, f"`{name}` is one of {', '.join(choices)}.", "Without it, all are answered.")
    return text


def _before(text: str | None) -> Place | None:
    if text is None:
        return None
    parts = text.split(".")
    if len(parts) != 2 or not all(map(_is_number, parts)):
        hint = "It is the `next_before` of the answer before this one."
        raise invalid("before", "`before` is no place of a line.", hint)
    return int(parts[0]), min(int(parts[1]), 1)


def _limit(text: str | None) -> int:
    if text is None:
        return LIMIT
    if not _is_number(text) or not 1 <= int(text) <= LIMIT_MAX:
        raise invalid("limit", f"`limit` is a number from 1 to {LIMIT_MAX}.", f"The default is {LIMIT}.")
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= NUMBER_DIGITS_MAX
