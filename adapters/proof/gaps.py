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
LACKED = """
    SELECT version FROM generate_series(1, %(last)s) AS version
     WHERE NOT EXISTS (SELECT FROM {events}
                        WHERE originator_id = %(stream)s AND originator_version = version)
     ORDER BY 1 LIMIT 1
"""


def gap_in(database: Database, log: str) -> Fault | None:
    """The first stream that does, and the first version that it lacks."""
    events = Identifier("public", f"{log}_events")
    with database.connect() as db:  # without the limit of pages: a long log takes its time
        found = db.execute(SQL(STREAMS).format(events=events)).fetchone()
        if found is None:
            return None
        row = db.execute(SQL(LACKED).format(events=events), found).fetchone()
    version = int(row["version"]) if row else None
    says = f"the stream has {found['last']} versions, and not this one"
    return Fault(log=log, kind="gap", says=says, stream=found["stream"], version=version)
