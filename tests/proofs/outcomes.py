"""What became of a customer, in facts and in rows, with names in place of ids: so two can be compared."""

from __future__ import annotations

import json
import re
from typing import Any

from domain.ids import stream_of_invoice, stream_of_notice
from projections.catalogue import ALL
from tests.house import House
from tests.proofs.customers import FOUR, Customer
from tests.proofs.rows import rows_of

WHO_AND_WHEN = {"actor", "cause", "story", "timestamp", "body_sha256"}
IN_ORDER = {"timeline", "event_index"}  # their rows hold positions, which are the order itself


def facts_of(house: House, customer: Customer) -> list[str]:
    """Stream, name and fields of each fact, sorted: the order is what may differ."""
    names = _names(house, customer)
    with house.database.reading() as db:
        rows = db.execute(
            "SELECT originator_id, topic, convert_from(state, 'UTF8') AS state FROM agency_events"
        ).fetchall()
    found = []
    for row in rows:
        stream = str(row["originator_id"])
        if stream in names:
            fields = json.loads(_named(row["state"], names))
            kept = {name: value for name, value in fields.items() if name not in WHO_AND_WHEN}
            found.append(f"{names[stream]} {row['topic']} {json.dumps(kept, sort_keys=True)}")
    return sorted(found)


def screens_of(house: House, customer: Customer) -> list[str]:
    """Each row of the projections that is about the customer."""
    house.run_followed()
    names = _names(house, customer)
    projections = [projection for name, projection in ALL.items() if name not in IN_ORDER]
    return sorted(
        f"{table} {named}"
        for table, rows in rows_of(house.database, *projections).items()
        for row in rows
        if (named := _named(repr(row), names)) != repr(row)
    )


def _names(house: House, customer: Customer) -> dict[str, str]:
    names = {str(customer.tree_id): "<tree>", customer.subscription_id: "<subscription>"}
    for number, workspace_id in enumerate(customer.workspace_ids):
        names[str(workspace_id)] = f"<workspace {number}>"
        names[house.agency.workspace(workspace_id).name_digest] = f"<name {number}>"
    for kind in FOUR:
        notice = json.loads(customer.notices[kind])
        names[notice["id"]] = f"<{kind}>"
        names[str(stream_of_notice(notice["id"]))] = f"<{kind}>"
        names |= _names_of_object(notice["data"]["object"])
    return names


def _names_of_object(about: dict[str, Any]) -> dict[str, str]:
    if about["object"] != "invoice":
        return {about["customer"]: "<customer>"}
    lines = {line["id"]: f"<line {number}>" for number, line in enumerate(about["lines"]["data"])}
    return lines | {
        about["id"]: "<invoice>",
        about["number"]: "<number>",
        str(stream_of_invoice(about["id"])): "<invoice>",
    }


def _named(text: str, names: dict[str, str]) -> str:
    return re.sub("|".join(map(re.escape, names)), lambda found: names[found[0]], text)
