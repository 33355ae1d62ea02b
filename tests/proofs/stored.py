"""What is stored of a command: all of it or nothing? Anything between fails at once."""

from __future__ import annotations

from uuid import UUID

from psycopg.rows import scalar_row

from adapters.postgres.database import Database
from domain.ids import stream_of_notice
from tests.proofs.groves import Grown

Counts = dict[str, tuple[str, int]]  # what to count among the ids, and how many there are of a whole

ENDS = "topic = ANY (ARRAY['Tree.SubscriptionEnded', 'Workspace.Downgraded'])"
DOWNGRADE: Counts = {
    "facts": (f"agency_events WHERE originator_id = ANY(%s) AND {ENDS}", 6),
    "index": (f"event_index WHERE stream = ANY(%s) AND {ENDS}", 6),
    "free": (
        "access_workspaces WHERE workspace_id = ANY(%s)"
        " AND plan = 'free' AND tree_id IS NULL AND parent_id IS NULL",
        5,
    ),
    "draws": ("pool_draws WHERE workspace_id = ANY(%s) AND pool_id = workspace_id", 5),
    "quotas": (  # the anchor has had one of its own since it signed up
        "pools p JOIN pool_draws d ON p.pool_id = workspace_id WHERE workspace_id = ANY(%s)"
        " AND d.pool_id = p.pool_id AND stops_at_limit",
        5,
    ),
}
NOTICE: Counts = {
    "facts": ("agency_events WHERE originator_id = ANY(%s)", 1),
    "index": ("event_index WHERE stream = ANY(%s)", 1),
    "errands": ("outbox WHERE stream = ANY(%s)", 1),
}
EVENT: Counts = {
    "rows": ("usage WHERE workspace_id = ANY(%s)", 1),
    "keys": ("usage_keys WHERE workspace_id = ANY(%s)", 1),
    "facts": ("metering_events e JOIN event_index i ON (i.log, i.position) = ('metering', e.notification_id)"
        " WHERE workspace_id = ANY(%s)", 1),
    "counts": ("pool_counts WHERE pool_id = ANY(%s) AND used = 1", 1),
}  # fmt: skip


def is_downgraded(database: Database, grown: Grown) -> bool:
    return is_whole(database, [grown.tree_id, *grown.workspace_ids], DOWNGRADE)


def is_remembered(database: Database, notice_id: str) -> bool:
    """A notice, its line in the index, and the errand that it asks for."""
    return is_whole(database, [stream_of_notice(notice_id)], NOTICE)


def is_counted(database: Database, workspace_id: UUID) -> bool:
    """The one event of a workspace: raw row, key, fact with its line in the index, count of the pool."""
    return is_whole(database, [workspace_id], EVENT)


def is_whole(database: Database, ids: list[UUID], counts: Counts) -> bool:
    whole = {name: number for name, (_, number) in counts.items()}
    with database.reading() as db:
        cursor = db.cursor(row_factory=scalar_row)
        found = {
            name: cursor.execute(f"SELECT count(*) FROM {among}", (ids,)).fetchone()
            for name, (among, _) in counts.items()
        }
    assert found in (whole, dict.fromkeys(whole, 0)), f"half of it: {found}"
    return found == whole
