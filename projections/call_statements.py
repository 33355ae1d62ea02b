"""Statements of calls: how rows of calls are written, many at a time, and what a filter asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain.retention import RETENTION_DAYS

FIRST = """
    INSERT INTO calls
    SELECT one.*, NULL
      FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::timestamptz[], %b::uuid[], %b::text[], %b::text[],
                  %b::text[], %b::timestamptz[], %b::timestamptz[], %b::timestamptz[], %b::bigint[],
                  %b::integer[], %b::text[], %b::bigint[], %b::bigint[], %b::timestamptz[], %b::text[]) AS one
"""
HAS_CALLS = """
    INSERT INTO calling_workspaces SELECT * FROM unnest(%b::uuid[]) ON CONFLICT DO NOTHING
"""
ABANDONED = """
    UPDATE calls SET status = 'abandoned', held_micros = 0
      FROM unnest(%b::uuid[]) AS one (call_id) WHERE calls.call_id = one.call_id
"""
ENDED = """
    UPDATE calls
       SET status = 'ended', held_micros = 0, ended_at = one.at, seconds = one.seconds,
           outcome = one.outcome, amount_micros = one.amount, end_details_digest = one.digest
      FROM unnest(%b::uuid[], %b::timestamptz[], %b::integer[], %b::text[], %b::bigint[], %b::text[])
           AS one (call_id, at, seconds, outcome, amount, digest)
     WHERE calls.call_id = one.call_id
"""
RETENTION_SET = """
    INSERT INTO call_retention (workspace_id, days) VALUES (%s, %s)
    ON CONFLICT (workspace_id) DO UPDATE SET days = excluded.days
"""
RETIRED = """
    INSERT INTO call_retention (workspace_id, retired_until) VALUES (%s, %s)
    ON CONFLICT (workspace_id) DO UPDATE SET retired_until = excluded.retired_until
"""

RETENTION = f"""
    SELECT workspace_id, coalesce(days, {RETENTION_DAYS})::integer AS days, retired_until
      FROM {{these}} WHERE workspace_id {{which}}
"""
OF_ONE = RETENTION.format(these="call_retention", which="= %s")
# Those that have calls, or have decided how long texts of calls are kept.
OF_ALL = RETENTION.format(
    these="(SELECT workspace_id FROM calling_workspaces UNION SELECT workspace_id FROM call_retention)"
    " AS known LEFT JOIN call_retention USING (workspace_id)",
    which="> %s ORDER BY workspace_id LIMIT %s",
)

CONDITIONS = {
    "agent_id": "agent_id = %(agent_id)s",
    "kind": "kind = %(kind)s",
    "outcome": "outcome = %(outcome)s",
    "status": "status = %(status)s",
    "since": "started_at >= %(since)s",
    "until": "started_at < %(until)s",
}


def conditions(workspace_id: UUID, which: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """What a workspace and a filter ask of a row, and the values that this names."""
    given = {name: value for name, value in which.items() if value is not None}
    conditions = ["workspace_id = %(workspace_id)s", *(CONDITIONS[name] for name in given)]
    return conditions, {**given, "workspace_id": workspace_id}
