"""The history of credits: every line of a ledger, on pages and as a table, and the fact behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from domain.credits.ledger import CreditLedger
from domain.fact import Fact
from domain.permissions import Permission
from projections.catalogue import TOP_UPS
from projections.credit_history import (
    ENTRIES,
    LineFilter,
    LineRow,
    Place,
    line_of_tree,
    lines_about,
    lines_of_tree,
)
from projections.credits import LedgerRow
from projections.history.names import NAMELESS, actor_words
from web.access import db
from web.pages.blueprint import pages
from web.pages.credits import ADDRESS, REASON_MAX, ledgers_of
from web.pages.filters import CATEGORIES
from web.pages.forms import No
from web.pages.here import Here, lead_or_404
from web.pages.narrowing import bad_request, id_in, one_of, since_in, until_in
from web.pages.spreadsheet import Cell, instant_cell, micros_cell, table, text_cell
from web.pools import names_in_tree
from web.services import services
from web.texts import POSITION_DIGITS_MAX, number_in

LINE = f"{ADDRESS}/lines/<line>"
PAGE_LINES = 50
CSV_LINES_MAX = 50_000
ABOUT_MAX = 50  # lines about one call: what was given back of it, bit by bit
GIVEN = ("ledger", "workspace", "category", "entry", "since", "until")
ENTRY_WORDS = {
    "usage": "Used",
    "refund": "Given back",
    "grant": "Granted for the cycle",
    "rollover": "Rolled over",
    "top_up": "Topped up",
    "correction": "Corrected",
    "transfer_out": "Transferred to another agency",
    "transfer_in": "Transferred from another agency",
    "thawed": "Taken over from an earlier subscription",
    "moved_out": "Gone over to a new subscription",
}
HEAD = ("at", "entry", "category", "workspace_id", "workspace", "amount", "balance", "position")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which lines; `given` is what the form shows again."""

    ledger: LedgerRow | None
    which: LineFilter
    before: Place | None
    given: dict[str, str]


@pages.get(f"{ADDRESS}/history")
def credit_history(workspace_id: UUID) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.SEE_CREDITS)
    ledgers = ledgers_of(workspace_id)
    asked = _asked(ledgers)
    lines = _lines(asked, PAGE_LINES + 1)
    shown = lines[:PAGE_LINES]
    more = _begins(shown[-1]) if len(lines) > PAGE_LINES else None
    return render_template(
        "credit_history.html",
        here=here,
        ledgers=ledgers,
        ledger=asked.ledger,
        lines=shown,
        names=names_in_tree(asked.ledger.tree_id) if asked.ledger else {},
        nameless=NAMELESS,
        workspaces=_workspaces(asked.ledger),
        given=asked.given,
        categories=CATEGORIES,
        entries=ENTRY_WORDS,
        older_url=_address("credit_history", workspace_id, asked.given, before=more) if more else None,
        newest_url=_address("credit_history", workspace_id, asked.given) if asked.before else None,
        csv_url=_address("credit_history_csv", workspace_id, asked.given),
    )


@pages.get(f"{ADDRESS}/history.csv")
def credit_history_csv(workspace_id: UUID) -> Response:
    """The same lines, all of them."""
    lead_or_404(workspace_id, Permission.SEE_CREDITS)
    asked = _asked(ledgers_of(workspace_id))
    lines = _lines(asked, CSV_LINES_MAX + 1)
    if len(lines) > CSV_LINES_MAX:
        abort(
            400, f"That is more than {CSV_LINES_MAX:,} lines. Choose a shorter period with since and until."
        )
    names = names_in_tree(asked.ledger.tree_id) if asked.ledger else {}
    return table("credits", HEAD, (_row(line, names) for line in lines))


@pages.get(LINE)
def credit_line(workspace_id: UUID, line: str, no: No | None = None) -> ResponseReturnValue:
    """The fact behind a line, and where to look further."""
    here = lead_or_404(workspace_id, Permission.SEE_CREDITS)
    position = position_in(line)
    ledger = ledger_with_line(workspace_id, position)
    found = line_of_tree(db(), ledger.tree_id, position)
    fact = services().evidence.of_ledger_line(db(), ledger.tree_id, position)
    if found is None or fact is None:
        abort(404)
    beside = lines_about(db(), ledger.tree_id, found.subject_id, limit=ABOUT_MAX) if found.subject_id else []
    return render_template(
        "credit_line.html",
        here=here,
        ledger=ledger,
        line=found,
        fact=fact,
        beside=[one for one in beside if one.position != found.position],
        refundable_micros=refundable_micros(ledger.tree_id, found),
        top_up=TOP_UPS.of_tree(db(), ledger.tree_id, found.subject_id) if found.subject_id else None,
        reason=_reason(here, fact),
        actor=actor_words(fact.event.actor, lambda person_id: services().vault.person(person_id).name),
        workspace=names_in_tree(ledger.tree_id).get(found.workspace_id, NAMELESS)
        if found.workspace_id
        else None,
        categories=CATEGORIES,
        entries=ENTRY_WORDS,
        timeline_url=_timeline_url(ledger.tree_id, fact),
        call_url=_call_url(found),
        reason_max=REASON_MAX,
        no=no,
    )


def ledger_with_line(workspace_id: UUID, position: int) -> LedgerRow:
    """Of the ledgers that this workspace had; 404 where none of them has such a line."""
    for ledger in ledgers_of(workspace_id):
        if line_of_tree(db(), ledger.tree_id, position) is not None:
            return ledger
    return abort(404)


def refundable_micros(tree_id: UUID, line: LineRow) -> int:
    """What is left to give back of what was used."""
    if line.entry != "usage" or line.subject_id is None:
        return 0
    about = lines_about(db(), tree_id, line.subject_id, limit=ABOUT_MAX)
    return max(0, -sum(one.amount_micros for one in about if one.entry in ("usage", "refund")))


def position_in(line: str) -> int:
    position = number_in(line, digits_max=POSITION_DIGITS_MAX)
    return position if position is not None else abort(404)


# What the address asks for.


def _asked(ledgers: Sequence[LedgerRow]) -> Asked:
    given = {name: request.args[name].strip() for name in GIVEN if request.args.get(name, "").strip()}
    which = LineFilter(
        workspace_id=id_in(given, "workspace", "a workspace"),
        category=one_of(given, "category", CATEGORIES),
        entry=one_of(given, "entry", ENTRIES),
        since=since_in(given),
        until=until_in(given),
    )
    return Asked(ledger=_ledger(ledgers, given), which=which, before=_before(), given=given)


def _ledger(ledgers: Sequence[LedgerRow], given: dict[str, str]) -> LedgerRow | None:
    tree_id = id_in(given, "ledger", "a ledger")
    if tree_id is None:
        return next(iter(ledgers), None)
    found = next((one for one in ledgers if one.tree_id == tree_id), None)
    return found or bad_request("There is no such ledger here. Leave the filter ledger out.")


def _before() -> Place | None:
    """A position, and behind a point which of its lines."""
    text = request.args.get("before", "")
    if not text:
        return None
    position, _, behind = text.partition(".")
    at, number = (number_in(one, digits_max=POSITION_DIGITS_MAX) for one in (position, behind or "0"))
    if at is None or number is None:
        bad_request("The page before which to begin is no position of a line.")
    return at, min(number, 1)


def _lines(asked: Asked, limit: int) -> list[LineRow]:
    if asked.ledger is None:
        return []
    return lines_of_tree(db(), asked.ledger.tree_id, asked.which, before=asked.before, limit=limit)


# What is shown.


def _workspaces(ledger: LedgerRow | None) -> list[tuple[UUID, str]]:
    names = names_in_tree(ledger.tree_id) if ledger else {}
    return sorted(names.items(), key=lambda one: (one[1].casefold(), one[0]))


def _begins(line: LineRow) -> str:
    return f"{line.position}.{line.number}" if line.number else f"{line.position}"


def _address(page: str, workspace_id: UUID, given: dict[str, str], **more: str) -> str:
    values: dict[str, Any] = {"workspace_id": workspace_id, **given, **more}
    return url_for(f"pages.{page}", **values)


def _row(line: LineRow, names: Mapping[UUID, str]) -> Sequence[Cell]:
    return (
        instant_cell(line.at),
        *(line.entry, line.category or "", line.workspace_id or ""),
        text_cell(names.get(line.workspace_id, NAMELESS) if line.workspace_id else ""),
        *(micros_cell(line.amount_micros), micros_cell(line.balance_micros), line.position),
    )


def _reason(here: Here, fact: Fact) -> str | None:
    digest = getattr(fact.event, "reason_digest", None)
    text: str | None = services().vault.text(here.workspace_id, digest) if digest else None
    return text


def _timeline_url(tree_id: UUID, fact: Fact) -> str | None:
    """Facts of the ledger stand in the timeline of the agency; calls have pages of their own."""
    if not isinstance(fact.event, CreditLedger.Event):
        return None
    place = f"{fact.event.agency_position}.{fact.position}"
    return url_for("pages.fact_of_tree", tree_id=tree_id, place=place)


def _call_url(line: LineRow) -> str | None:
    if line.workspace_id is None or line.subject_id is None or line.category in ("sms", "phone_number"):
        return None
    return url_for("pages.call", workspace_id=line.workspace_id, call_id=line.subject_id)
