"""Ingest in the long run: memory over millions of events, and the cost of one among ten million."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from domain.plans import AGENCY
from scripts.benches.running import Running

ROWS = 10_000_000
PART = 1_000_000

FILL_USAGE = """
    INSERT INTO usage
    SELECT lpad(to_hex(%(part)s::bigint * 10000000 + n), 32, '0')::uuid, %(batch_id)s, %(workspace_id)s,
           %(kept_days)s, %(at)s, %(body)s::json
      FROM generate_series(1, %(part_size)s) n
"""
FILL_KEYS = """
    INSERT INTO usage_keys
    SELECT %(workspace_id)s, replace(gen_random_uuid()::text, '-', ''), sha256('body'), %(body)s
      FROM generate_series(1, %(part_size)s) n
"""


def fill(running: Running, body: str) -> None:
    """Ten million rows and keys of workspaces that track no more, as they would lie there by now."""
    at = running.wiring.clock()
    with running.wiring.database.connect() as db:
        db.execute("ALTER TABLE usage_keys DROP CONSTRAINT usage_keys_pkey")
        for part in range(ROWS // PART):
            given = {
                "part": part,
                "part_size": PART,
                "batch_id": uuid4(),
                "workspace_id": uuid4(),
                "kept_days": AGENCY.kept_days,
                "at": at,
                "body": body,
            }
            db.execute(FILL_USAGE, given)
            db.execute(FILL_KEYS, given)
        db.execute("ALTER TABLE usage_keys ADD PRIMARY KEY (workspace_id, idempotency_key)")
        db.execute("VACUUM ANALYZE usage_keys")
        db.execute("VACUUM ANALYZE usage")


def memory_bytes(running: Running) -> int:
    """What the processes of the web server hold of their own, all together."""
    return sum(_private_bytes(pid) for pid in _descendants(running.process_id) if _is_web(pid))


def _is_web(pid: int) -> bool:
    return b"gunicorn" in (Path("/proc") / str(pid) / "cmdline").read_bytes()


def _private_bytes(pid: int) -> int:
    lines = (Path("/proc") / str(pid) / "smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))


def _descendants(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, todo = [], [root]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found
