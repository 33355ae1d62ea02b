"""A program that asks the API with a key, and what the house has recorded when it is done."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from psycopg.sql import SQL, Identifier
from werkzeug.test import TestResponse

from tests.house import House

EVENT = {"agent_id": "agent-1", "task_type": "draft_email", "outcome": "success"}

# What answers to questions, and not what was recorded: the vault and sessions change by signing in.
# That a key was used is no record of anything, and true also of what was refused.
TABLES = """
    SELECT table_name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'key_traffic'
     ORDER BY table_name
"""


class Program:
    """Speaks JSON with one key."""

    def __init__(self, house: House, key: str | None) -> None:
        self.client = house.app.test_client()
        self.headers = {"Authorization": f"Bearer {key}"} if key is not None else {}

    def post(
        self, path: str, body: Any = None, *, raw: bytes | str | None = None, **headers: str
    ) -> TestResponse:
        sent = json.dumps(body) if raw is None else raw
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            f"/api/v1{path}", data=sent, headers={"Content-Type": "application/json", **self.headers, **named}
        )

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        named = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        if body is None:
            return self.client.open(f"/api/v1{path}", method=method, headers=named)
        return self.client.open(f"/api/v1{path}", method=method, headers=named, json=body)

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def track(self, *, key: str | None = None, **fields: Any) -> TestResponse:
        headers = {"Idempotency_Key": key} if key is not None else {}
        return self.post("/track", EVENT | fields, **headers)

    def batch(self, events: list[Any]) -> TestResponse:
        return self.post("/track/batch", {"events": events})


def program_of(house: House, owner: UUID, workspace_id: UUID) -> Program:
    """A program with a key of a workspace, which the screens know already."""
    found = Program(house, house.key(workspace_id, owner))
    house.run_followed()
    return found


def asked(program: Program, path: str = "/usage", **query: object) -> TestResponse:
    return program.get(f"{path}?{urlencode(query)}")


def error_of(answer: TestResponse) -> tuple[int, str, str | None]:
    """Status, code and field; every error has all four members, and words."""
    error = answer.get_json()["error"]
    assert set(error) == {"code", "message", "hint", "field"}
    assert error["message"]
    return answer.status_code, error["code"], error["field"]


def recorded(house: House) -> dict[str, list[Any]]:
    """Every row of every table: facts, rows, counters, entries of the outbox."""
    with house.database.connection() as db:
        names = [row["table_name"] for row in db.execute(TABLES)]
        return {
            name: sorted(map(str, db.execute(SQL("SELECT * FROM {}").format(Identifier(name)))))
            for name in names
        }


def used(house: House, workspace_id: UUID) -> dict[str, int]:
    """What the pool of a workspace has counted, by the day on which the cycle began."""
    with house.database.connection() as db:
        rows = db.execute(
            "SELECT c.cycle_started_at, c.used FROM pool_counts c JOIN pool_draws d USING (pool_id)"
            " WHERE d.workspace_id = %s ORDER BY 1",
            (workspace_id,),
        )
        return {f"{row['cycle_started_at']:%Y-%m-%d}": row["used"] for row in rows}


def rows_of(house: House, workspace_id: UUID) -> int:
    """Raw rows kept for a workspace."""
    with house.database.connection() as db:
        row = db.execute(
            "SELECT count(*) AS n FROM usage WHERE workspace_id = %s", (workspace_id,)
        ).fetchone()
    return int(row["n"]) if row else 0
