"""What became of agencies that lived the same life, in facts and rows, with names in place of ids."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from psycopg.rows import dict_row

from domain.ids import stream_of_invoice, stream_of_notice, stream_of_overage
from projections.catalogue import ALL
from tests.house import House
from tests.proofs.lives import Lives, One
from tests.proofs.outcomes import IN_ORDER, WHO_AND_WHEN

# Of the notices themselves each hears others; a request for the meter's word comes when it comes.
NOT_COMPARED = ("StripeNotice.", "Reconciliation.", "Overage.HeldByStripe")
# A notice only makes us look, and Stripe shows what is, not what was: states that came and went between
# two looks are known to those alone who looked in time. What an agency is or pays never hangs on them.
ONLY_IN_TIME = ("Tree.CancellationScheduled", "Tree.Reactivated", "Tree.PaymentStandingChanged")
INVOICE, STEPS_IN_TIME = "Invoice.", ("draft", "open")
# So is since when. And usage that reaches Stripe in the hour after the end makes the last invoice then.
WHEN_HEARD = {"created_at", "held_at", "paid_at", "standing_since"}
NOT_SHOWN = ("usage_by_day", "invoice_course")  # rows that hold positions, or such steps


def facts_of(lives: Lives, *, in_time: bool = True) -> list[list[str]]:
    """Of each: stream, name and fields of every fact, sorted. `in_time`: also what only those know who
    heard of it in time."""
    with lives.house.database.reading() as db:
        rows = db.execute(
            "SELECT originator_id, topic, convert_from(state, 'UTF8') AS state FROM agency_events"
        ).fetchall()
    told: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        topic, state = row["topic"].partition(":")[2] or row["topic"], row["state"]
        if topic.startswith(NOT_COMPARED) or not (in_time or _stays(topic, state)):
            continue
        told[str(row["originator_id"])].append((topic if in_time else _kind(topic), state))
    found = []
    for one in lives.ones:
        names = _names(lives.house, one)
        lines = [(stream, *line) for stream in names for line in told.get(stream, ())]
        left_out = WHO_AND_WHEN if in_time else WHO_AND_WHEN | WHEN_HEARD
        told_of_one = [
            _told(names[stream], topic, _named(state, names), left_out) for stream, topic, state in lines
        ]
        found.append(sorted(told_of_one))
    return found


def _stays(topic: str, state: str) -> bool:
    if topic.startswith(INVOICE):
        return json.loads(state)["status"] not in STEPS_IN_TIME
    return not topic.startswith(ONLY_IN_TIME)


def _kind(topic: str) -> str:
    """An invoice that is first seen when it is paid is opened so."""
    return INVOICE if topic.startswith(INVOICE) else topic


def screens_of(lives: Lives, *, in_time: bool = True) -> list[list[str]]:
    """Of each: every row of the projections that is about it. `in_time`: also when it was heard of."""
    names = [_names(lives.house, one) for one in lives.ones]
    owners = {key: number for number, of_one in enumerate(names) for key in of_one}
    found: list[list[str]] = [[] for _ in lives.ones]
    known = re.compile("|".join(map(re.escape, owners)))
    for line in _rows(lives.house, set() if in_time else WHEN_HEARD):
        if match := known.search(line):
            number = owners[match[0]]
            found[number].append(_named(line, names[number]))
    return [sorted(rows) for rows in found]


def _rows(house: House, left_out: set[str]) -> Iterable[str]:
    projections = [projection for name, projection in ALL.items() if name not in IN_ORDER]
    tables = [table for projection in projections for table in projection.tables if table not in NOT_SHOWN]
    with house.database.reading() as db:
        cursor = db.cursor(row_factory=dict_row)
        for table in tables:
            for row in cursor.execute(f"SELECT * FROM {table}").fetchall():
                yield f"{table} { {name: row[name] for name in row if name not in left_out} }"


def _names(house: House, one: One) -> Mapping[str, str]:
    names = {
        str(one.tree_id): "<tree>",
        one.tree_id.hex: "<tree>",
        one.subscription_id: "<subscription>",
        one.customer_id: "<customer>",
        str(one.anchor_id): "<anchor>",
        str(one.child_id): "<child>",
    }
    for workspace_id in (one.anchor_id, one.child_id):
        names[house.agency.workspace(workspace_id).name_digest] = "<name>"
    invoices: list[str] = []
    for number, attempt in enumerate(one.said):
        notice = json.loads(attempt.notice.body)
        names[notice["id"]] = names[str(stream_of_notice(notice["id"]))] = f"<notice {number}>"
        names |= dict(_names_of_object(notice["data"]["object"], invoices))
    with house.database.reading() as db:
        rows = db.execute("SELECT cycle_started_at FROM pool_overages WHERE tree_id = %s", (one.tree_id,))
        for row in rows:
            names[str(stream_of_overage(one.tree_id, row["cycle_started_at"]))] = "<overage>"
    return names


def _names_of_object(about: dict[str, Any], invoices: list[str]) -> Iterable[tuple[str, str]]:
    if about["object"] == "checkout.session":
        yield about["id"], "<checkout>"
    if about["object"] == "invoice":
        if about["id"] not in invoices:
            invoices.append(about["id"])
        name = f"<invoice {invoices.index(about['id'])}>"
        yield about["id"], name
        yield str(stream_of_invoice(about["id"])), name
        if about["number"]:
            yield about["number"], "<number>"
        for number, line in enumerate(about["lines"]["data"]):
            yield line["id"], f"<line {number}>"


def _told(stream: str, topic: str, state: str, left_out: set[str]) -> str:
    kept = {name: value for name, value in json.loads(state).items() if name not in left_out}
    return f"{stream} {topic} {json.dumps(kept, sort_keys=True)}"


def _named(text: str, names: Mapping[str, str]) -> str:
    return re.sub("|".join(map(re.escape, names)), lambda found: names[found[0]], text)
