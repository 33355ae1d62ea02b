"""Programs that track, and ask again with their idempotency keys until they are answered."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any
from uuid import UUID, uuid4

from scripts.benches.running import Planted

ANSWER_SECONDS = 20.0  # of one attempt
PATIENCE_SECONDS = 180.0  # of one request, over all its attempts
WAIT_SECONDS, WAIT_SECONDS_MAX = 0.05, 1.0
BATCH_MAX = 5
BATCHES, REPEATS = 0.25, 0.1  # so many requests are batches, and so many are made again once answered
EVENT = {"agent_id": "agent-1", "task_type": "draft_email", "outcome": "success"}
TRY_AGAIN = (429, 500, 502, 503, 504)


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What one program was told of one of its events."""

    workspace_id: UUID
    idempotency_key: str
    event_id: str
    replayed: bool


class Impatient(Exception):
    """A request was not answered in all this time, or answered as none may be."""


@dataclass
class Clients:
    """What all of them together have asked and heard."""

    port: int
    planted: list[Planted]
    requests_max: int
    asked: list[tuple[UUID, str]] = field(default_factory=list)  # every key of every workspace, once
    heard: list[Heard] = field(default_factory=list)
    requests: int = 0
    attempts: int = 0
    unheard: int = 0  # events that an attempt had recorded whose answer did not arrive
    lock: threading.Lock = field(default_factory=threading.Lock)
    numbers: Iterator[int] = field(default_factory=count)
    gone: threading.Event = field(default_factory=threading.Event)  # nobody waits for them any more

    def run(self, seed: int) -> None:
        """One client, request by request, until all of them together have made enough."""
        client = Client(self, Random(seed))
        while next(self.numbers) < self.requests_max and not self.gone.is_set():
            client.ask_once()
        client.connection.close()


class Client:
    """One of them: one connection, and never more than one request at a time."""

    def __init__(self, clients: Clients, random: Random) -> None:
        self.clients = clients
        self.random = random
        self.connection = http.client.HTTPConnection("127.0.0.1", clients.port, timeout=ANSWER_SECONDS)

    def ask_once(self) -> None:
        planted = self.random.choice(self.clients.planted)
        many = self.random.randint(1, BATCH_MAX) if self.random.random() < BATCHES else 0
        keys = [str(uuid4()) for _ in range(many or 1)]
        with self.clients.lock:
            self.clients.asked += [(planted.workspace_id, key) for key in keys]
        heard = self._until_answered(planted, keys, batch=bool(many))
        unheard = sum(one.replayed for one in heard)
        if self.random.random() < REPEATS:
            heard += self._until_answered(planted, keys, batch=bool(many))
        with self.clients.lock:
            self.clients.requests += 1
            self.clients.unheard += unheard
            self.clients.heard += heard

    def _until_answered(self, planted: Planted, keys: list[str], *, batch: bool) -> list[Heard]:
        deadline, wait = time.monotonic() + PATIENCE_SECONDS, WAIT_SECONDS
        while time.monotonic() < deadline:
            status, headers, said = self._attempt(planted, keys, batch=batch)
            if status in (200, 201):
                results = said["results"] if batch else [said | {"status": status}]
                return [self._heard(planted, *one) for one in zip(keys, results, strict=True)]
            if status is not None and status not in TRY_AGAIN:
                raise Impatient(f"{status}: {said}")
            told = float(headers.get("Retry-After", 0))
            self.clients.gone.wait(max(told, wait * self.random.uniform(0.5, 1)))
            wait = min(2 * wait, WAIT_SECONDS_MAX)
        raise Impatient(f"no answer within {PATIENCE_SECONDS} s, the last one {status}: {said}")

    def _attempt(
        self, planted: Planted, keys: list[str], *, batch: bool
    ) -> tuple[int | None, Mapping[str, str], Any]:
        """The status is None if nobody answered, or not to the end."""
        body: dict[str, Any] = EVENT | {"metadata": {"key": keys[0]}}
        headers = {"Authorization": f"Bearer {planted.key}", "Content-Type": "application/json"}
        if batch:
            body = {"events": [EVENT | {"idempotency_key": key} for key in keys]}
        else:
            headers["Idempotency-Key"] = keys[0]
        with self.clients.lock:
            self.clients.attempts += 1
        try:
            path = "/api/v1/track/batch" if batch else "/api/v1/track"
            self.connection.request("POST", path, json.dumps(body), headers)
            answer = self.connection.getresponse()
            return answer.status, answer.headers, json.loads(answer.read())
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            return None, {}, repr(error)

    def _heard(self, planted: Planted, key: str, result: dict[str, Any]) -> Heard:
        if result["status"] not in (200, 201):
            raise Impatient(f"an event of a batch was refused: {result}")
        return Heard(
            workspace_id=planted.workspace_id,
            idempotency_key=key,
            event_id=result["event_id"],
            replayed=result["status"] == 200,
        )
