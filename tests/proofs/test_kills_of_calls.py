"""Whatever is killed while programs tell batches of calls: is each call recorded and charged, and once?"""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.rows import tuple_row

from adapters.postgres.database import Database
from projections.catalogue import CREDITS
from projections.credits import LedgerRow
from tests.proofs.groves import Grove, Grown
from tests.proofs.killed import BACKEND, POSTGRES, WEB, Killed, kill_while_they_ask, killed, wired
from tests.proofs.retrying import ANSWER_SECONDS, PATIENCE_SECONDS, TRY_AGAIN, WAIT_SECONDS_MAX
from tests.waiting import until

__all__ = ["killed"]

PLAN = "agency_voice"
KINDS = (WEB, BACKEND, WEB, POSTGRES)
CLIENTS, BATCHES, BATCH = 6, 90, 20
SECONDS = 7  # of each call
AMOUNT = SECONDS * 2_000
GRANTED_SECONDS_MAX, PROGRESS_SECONDS_MAX = 60, 120


@dataclass
class Callers:
    """Programs that tell calls, and tell them again until they are answered."""

    port: int
    tree: Grown
    told: dict[tuple[UUID, str], set[str]] = field(default_factory=dict)  # by key: what it was answered
    requests: int = 0  # each with a batch
    gone: threading.Event = field(default_factory=threading.Event)  # nobody waits for them any more
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, seed: int) -> None:
        random = Random(seed)
        for _ in range(BATCHES // CLIENTS):
            workspace_id = random.choice(self.tree.workspace_ids)
            keys = [str(uuid4()) for _ in range(BATCH)]
            about = {"kind": "phone", "direction": "inbound", "seconds": SECONDS, "started_at": now()}
            body = json.dumps({"calls": [about | {"idempotency_key": key} for key in keys]})
            for _ in range(1 + (random.random() < 0.2)):  # some are told twice in any case
                results = self._until_answered(self.tree.keys[workspace_id], body)
                with self.lock:
                    for key, one in zip(keys, results, strict=True):
                        self.told.setdefault((workspace_id, key), set()).add(one["call_id"])
            with self.lock:
                self.requests += 1

    def _until_answered(self, api_key: str, body: str) -> list[dict[str, Any]]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and not self.gone.is_set():
            status, said = self._attempt(api_key, body)
            if status == 200:
                assert {one["status"] for one in said["results"]} <= {200, 201}, said
                return list(said["results"])
            assert status is None or status in TRY_AGAIN, said
            self.gone.wait(WAIT_SECONDS_MAX / 4)
        raise AssertionError("no answer")

    def _attempt(self, api_key: str, body: str) -> tuple[int | None, Any]:
        headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request("POST", "/api/v1/calls/batch", body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException) as error:
            return None, repr(error)
        finally:
            connection.close()


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def planted(data: Path) -> tuple[Grown, int]:
    """A tree whose plan has calls, and the credits that the worker grants it, in micro-euros."""
    with wired(data) as wiring:
        grove = Grove(wiring.agency, wiring.clock, keys=wiring.keys)
        (tree,) = grove.plant(1)
        wiring.agency.sync_subscription(tree.tree_id, replace(tree.seen, plan=PLAN), because=grove.because())
        granted = until(lambda: ledger(wiring.database, tree), seconds=GRANTED_SECONDS_MAX)
    return tree, granted.balance_micros


def ledger(database: Database, tree: Grown) -> LedgerRow | None:
    with database.reading() as db:
        found = CREDITS.ledger(db, tree.tree_id)
        return found if found is not None and found.balance_micros else None


def asked(database: Database, query: str) -> list[Any]:
    with database.reading() as db:
        return db.cursor(row_factory=tuple_row).execute(query).fetchall()  # type: ignore[call-overload]


@pytest.mark.timeout(240)
def test_no_kill_loses_a_call_or_charges_one_twice(killed: Killed) -> None:
    tree, granted = planted(killed.data)
    callers = Callers(killed.heartwood.port, tree)

    kill_while_they_ask(
        killed,
        callers,
        KINDS,
        threads=CLIENTS,
        requests=BATCHES,
        progress_seconds_max=PROGRESS_SECONDS_MAX,
    )

    assert killed.kills.total() == len(KINDS)
    assert (len(callers.told), {len(ids) for ids in callers.told.values()}) == (BATCHES * BATCH, {1})
    calls = {(workspace_id, UUID(*ids)) for (workspace_id, _), ids in callers.told.items()}
    with wired(killed.data) as wiring:
        database = wiring.database
        until(lambda: asked(database, "SELECT count(*) FROM calls") == [(len(calls),)], seconds=60)
        left = ledger(database, tree)
        assert left is not None
        assert left.balance_micros == granted - len(calls) * AMOUNT
        for query in (
            "SELECT workspace_id, call_id FROM calls",
            "SELECT workspace_id, subject_id FROM credit_lines WHERE entry = 'usage'",
            "SELECT workspace_id, stream FROM event_index WHERE topic = 'Call.Told'",
        ):
            found = asked(database, query)
            assert (len(found), set(found)) == (len(calls), calls), query
