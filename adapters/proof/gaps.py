"""Does a stream of a log lack a version?"""

from __future__ import annotations

from psycopg.sql import SQL, Identifier

from adapters.postgres.database import Database
from adapters.proof.stored import Fault

STREAMS = """
    SELECT originator_id AS stream, max(originator_version) AS last FROM {events}
     GROUP BY 1 HAVING min(originator_version) <> 1 OR max(originator_version) <> count(*)
     ORDER BY 1 LIMIT 1
"""
# Of any number that somebody may have written there, so never by counting up to it.
LACKED = """
    SELECT min(version)::bigint AS version FROM
        (SELECT 1 AS version
          WHERE NOT EXISTS (SELECT FROM {events}
                             WHERE originator_id = %(stream)s AND originator_version = 1)
          UNION ALL
         SELECT one.originator_version + 1 FROM {events} one
          WHERE originator_id = %(stream)s AND originator_version BETWEEN 1 AND %(last)s - 1
            AND NOT EXISTS (SELECT FROM {events}
                             WHERE originator_id = %(stream)s
                               AND originator_version = one.originator_version + 1)) lacked
"""


def gap_in(database: Database, log: str) -> Fault | None:
    """The first stream that does, and the first version that it lacks."""
    events = Identifier("public", f"{log}_events")
    with database.writing() as db:  # writes nothing; a reader would keep swaps of screens waiting for as long
        db.execute("SET LOCAL statement_timeout = 0")  # a long log takes longer than any page
        found = db.execute(SQL(STREAMS).format(events=events)).fetchone()
        if found is None:
            return None
        row = db.execute(SQL(LACKED).format(events=events), found).fetchone()
    version = row["version"] if row else None
    says = f"the stream lacks a version, and goes on to {found['last']}"
    return Fault(log=log, kind="gap", says=says, stream=found["stream"], version=version)
