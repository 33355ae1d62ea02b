"""What a key may know of two moments: what differs in its workspace, or in the tree of an anchor's."""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify

from domain.fact import Fact
from domain.moments import Moment
from projections.compared.comparing import compare
from projections.compared.differences import RowDiffers
from projections.compared.document import state_of
from projections.compared.fields import SHOWN
from projections.compared.told import Reader
from web.api.audit import OF_PEOPLE, moment_given
from web.api.blueprint import api
from web.api.gates import hidden_from_key, workspace_of_key
from web.api.query import invalid, parameters
from web.services import services

FACTS_MAX = 100  # of a field that are named, the last ones


@api.get("/audit/compare")
def compare_moments() -> Response:
    """Every field of every screen that differs between two moments, with the facts that changed it."""
    row = workspace_of_key()
    given = parameters("from", "to")
    if "from" not in given:
        raise invalid("from", "`from` is missing.", "Name the earlier moment: an instant or a position.")
    before, after = moment_given("from", given["from"]), moment_given("to", given.get("to"))
    if after.lies_before(before):
        raise invalid("to", "`to` lies before `from`.", "Exchange the two.")
    leads = row.parent_id is None
    tenants = tuple(sorted(g.tenants)) if leads else (row.workspace_id,)
    reader = Reader(workspace_id=row.workspace_id, tenants=tenants, leads=leads, hidden=hidden_from_key(row))
    found = compare(services().noting, reader, before, after)
    return jsonify(
        {
            "workspace_id": str(row.workspace_id),
            "from": _moment(before),
            "to": _moment(after),
            "rows": [_row(one) for one in found.rows],
        }
    )


def _moment(moment: Moment) -> dict[str, Any]:
    at = moment.at.isoformat()
    return {"position": moment.position, "metering_position": moment.counted, "at": at}


def _row(row: RowDiffers) -> dict[str, Any]:
    shown = SHOWN[row.table]
    return {
        "screen": shown.screen.value,
        "table": row.table,
        "key": {name: row.row[name] for name, _ in shown.known_by},
        "state": state_of(row),
        "fields": [
            {
                "name": one.name,
                "before": one.before,
                "after": one.after,
                "facts": [_fact(fact) for fact in one.facts[-FACTS_MAX:]],
                "facts_total": len(one.facts),
            }
            for one in row.fields
            if one.name not in OF_PEOPLE
        ],
    }


def _fact(fact: Fact) -> dict[str, Any]:
    at = fact.event.timestamp.isoformat()
    return {"log": fact.log, "position": fact.position, "name": fact.name, "at": at}
