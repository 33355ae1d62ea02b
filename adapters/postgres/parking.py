"""Parking: what do the screens no longer follow, because they could not follow a fact about it?

Whatever the poison fact and its append name is parked, for all followed projections at once: a screen of
the tree then shows it as it was before, and no two screens contradict each other. A later append that names
something parked is not followed either, and all that it names is parked with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

from adapters.postgres.logs import METERING
from adapters.postgres.poison import Poison

Append = Sequence[DictRow]  # rows of a log that were saved together

ERROR_LENGTH_MAX = 500
CAUSES_MAX = 20
CAUSES = """
    SELECT p.*, i.stream, i.version, i.topic, i.tree_id, i.workspace_id
      FROM (SELECT at, log, position, projection, error, count(*) AS parked FROM parked
             GROUP BY at, log, position, projection, error ORDER BY at, log, position LIMIT %s) p
      LEFT JOIN event_index i USING (log, position)
     ORDER BY p.at, p.log, p.position
"""


def without_parked(db: Connection[Any], log: str, appends: Sequence[Append]) -> Sequence[Append]:
    """Those that name nothing that is parked, in order; what the others name is parked with them."""
    if not appends or not anything_parked(db):
        return appends
    named = _named(db, log, appends)
    everything = list(set().union(*named.values()))
    rows = db.execute("SELECT * FROM parked WHERE key = ANY(%s)", (everything,))
    parked = {row["key"]: row for row in rows}
    well = []
    for append in appends:
        keys = named[append[0]["append"]]
        cause = next((parked[key] for key in keys if key in parked), None)
        if cause is None:
            well.append(append)
            continue
        parked |= dict.fromkeys(keys - parked.keys(), cause)
        _park(db, keys, cause)
    return well


def park(db: Connection[Any], log: str, append: Append, poison: Poison, at: datetime) -> None:
    """Park all that the append of a poison fact names."""
    cause = {
        "projection": poison.projection,
        "log": log,
        "position": append[0]["notification_id"],
        "error": poison.error[:ERROR_LENGTH_MAX],
        "at": at,
    }
    _park(db, _named(db, log, [append])[append[0]["append"]], cause)


def anything_parked(db: Connection[Any]) -> bool:
    row = db.execute("SELECT EXISTS (SELECT FROM parked) AS so").fetchone()
    return bool(row and row["so"])


def causes(db: Connection[Any]) -> list[DictRow]:
    """The appends that could not be followed, the oldest first, with the first fact of each, and how much
    is parked because of it."""
    found: list[DictRow] = db.execute(CAUSES, (CAUSES_MAX,)).fetchall()
    return found


def unpark_everything(db: Connection[Any]) -> None:
    """For who has just made all followed projections whole again."""
    db.execute("DELETE FROM parked")


def _park(db: Connection[Any], keys: set[UUID], cause: DictRow) -> None:
    db.execute(
        "INSERT INTO parked SELECT key, %(projection)s, %(log)s, %(position)s, %(error)s, %(at)s"
        " FROM unnest(%(keys)s::uuid[]) AS named (key) ON CONFLICT DO NOTHING",
        {**cause, "keys": list(keys)},
    )


def _named(db: Connection[Any], log: str, appends: Sequence[Append]) -> dict[int, set[UUID]]:
    """By append, all ids by which a later fact may name the same things.

    A batch of usage is a stream of one fact, so nothing names it again.
    """
    select = SQL(
        "SELECT e.append, e.originator_id AS stream, i.tree_id, i.workspace_id FROM {events} e"
        " LEFT JOIN event_index i ON i.log = %s AND i.position = e.notification_id"
        " WHERE e.notification_id BETWEEN %s AND %s"
    ).format(events=Identifier("public", f"{log}_events"))
    ends = appends[0][0]["notification_id"], appends[-1][-1]["notification_id"]
    named: dict[int, set[UUID]] = {append[0]["append"]: set() for append in appends}
    for row in db.execute(select, (log, *ends)):
        about = {row["tree_id"], row["workspace_id"]} - {None}
        if log != METERING or not about:
            about.add(row["stream"])
        named[row["append"]] |= about
    return named
