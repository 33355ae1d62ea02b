"""Calls in the log of usage, many at a time: each as the domain records one, under an id of its own."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from adapters.postgres.logs import METERING, head
from adapters.postgres.poison import feed
from domain.because import Because
from domain.calls.call import Call, Direction, Ending, Kind
from domain.cycles import Cycle
from domain.plans import RATES
from projections.catalogue import CREDITS
from scripts.benches.replay.store import INDEX, bare
from scripts.wiring import Wiring

DAYS = 60
AGENTS = 10  # of a workspace
EACH = 12  # calls of a workspace and day, of which all others are copies
CHUNK = 10_000
PAGE = 50_000  # facts that the inline projection is told of at once
TABLES = ("metering_events", "event_index")


@dataclass(frozen=True, kw_only=True)
class Agency:
    """Whose calls they are."""

    tree_id: UUID
    workspace_ids: Sequence[UUID]
    cycle: Cycle


def fill(wiring: Wiring, agency: Agency, calls: int) -> None:
    """Add so many calls of the last days, in the order of time, and have the credits know of them."""
    texts = [_text(wiring, call) for call in _calls(agency, wiring.clock())]
    with wiring.database.connect() as db:
        before = head(db, METERING)
        with db.transaction(), bare(db, TABLES):  # whoever follows finds the calls with their leaves
            _copy(db, texts, before, calls)
            index = SQL(INDEX).format(events=Identifier("metering_events"))
            db.execute(index, {"log": METERING, "after": before})
        for table in TABLES:
            db.execute(SQL("VACUUM ANALYZE {}").format(Identifier(table)))
        db.execute("SELECT setval('metering_events_notification_id_seq', %s)", (before + calls,))
        for first in range(before, before + calls, PAGE):
            rows = db.execute(
                "SELECT * FROM metering_events WHERE notification_id > %s ORDER BY notification_id LIMIT %s",
                (first, PAGE),
            ).fetchall()
            feed(db, [CREDITS], METERING, rows)


def _calls(agency: Agency, now: datetime) -> Iterator[Call]:
    chance = random.Random(7)
    agents = {one: [uuid4() for _ in range(AGENTS)] for one in agency.workspace_ids}
    for day in range(DAYS, 0, -1):
        at = now - timedelta(days=day)
        for workspace_id in agency.workspace_ids:
            for _ in range(EACH):
                kind = chance.choice(list(Kind))
                story = f"request:{uuid4()}"
                yield Call.tell(
                    uuid4(),
                    workspace_id=workspace_id,
                    tree_id=agency.tree_id,
                    cycle_started_at=agency.cycle.started_at,
                    agent_id=chance.choice(agents[workspace_id]),
                    kind=kind,
                    direction=chance.choice(list(Direction)),
                    started_at=at,
                    rate_micros=kind.category.rate_micros(RATES),
                    seconds=chance.randint(1, 600),
                    outcome=Ending.COMPLETED,
                    details_digest=None,
                    because=Because(actor="key:bench", cause=story, story=story, at=at),
                )


def _text(wiring: Wiring, call: Call) -> str:
    """What is stored of it but its place, as COPY reads it."""
    (event,) = call.collect_events()
    stored = wiring.metering.mapper.to_stored_event(event)
    state = stored.state.decode().replace("\\", "\\\\\\\\")
    return f"{stored.originator_version}\t{stored.topic}\t{state}\n"


def _copy(db: Connection[Any], texts: Sequence[str], before: int, calls: int) -> None:
    """Days stay in their order, however many calls there are of each."""

    def lines() -> Iterator[str]:
        for number in range(calls):
            position = before + 1 + number
            stream = UUID(bytes=os.urandom(16), version=4)
            yield f"{position}\t{position}\t{stream}\t{texts[number * len(texts) // calls]}"

    columns = "(notification_id, append, originator_id, originator_version, topic, state)"
    with db.cursor().copy(f"COPY metering_events {columns} FROM STDIN") as copy:
        rest = lines()
        while chunk := list(islice(rest, CHUNK)):
            copy.write("".join(chunk))
