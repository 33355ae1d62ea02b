"""What the probes must leave as it was: both logs, and what the vault holds."""

from __future__ import annotations

from tests.proofs.isolation.ground import Ground

KEPT = ("agency_events", "metering_events", "vault_keys", "vault_entries", "vault_addresses", "outbox")


def state_of(ground: Ground) -> dict[str, int]:
    with ground.house.database.reading() as db:
        return {
            table: db.execute(f"SELECT count(*) AS n FROM {table}").fetchone()["n"]  # type: ignore[index]
            for table in KEPT
        }


def rows_of_others(ground: Ground) -> dict[str, int]:
    """Events of the workspaces whose keys no probe has."""
    with ground.house.database.reading() as db:
        rows = db.execute("SELECT workspace_id, count(*) AS n FROM usage GROUP BY 1").fetchall()
    counted = {row["workspace_id"]: row["n"] for row in rows}
    return {place: counted.get(ground.places[place], 0) for place in ("gone",)}


def tables_of(ground: Ground) -> list[str]:
    """The names of all tables, but of partitions, which come with time."""
    with ground.house.database.reading() as db:
        rows = db.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1"
        ).fetchall()
    return [row["relname"] for row in rows]
