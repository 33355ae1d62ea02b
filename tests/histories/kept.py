"""Kept histories: what was stored once, byte for byte, to be read for ever.

A file is written once and never again. When a fact gets a new shape, the old files stay as they are,
its upcast makes them readable, and a new file is kept beside them: `python -m tests.histories.kept NAME`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from adapters.postgres.logs import MAPPER
from domain.correction import Correction
from domain.fact import Fact
from domain.recorded import fold
from domain.usage import Usage
from projections.event_index import leaf_hash
from scripts.cli.plain import state_of
from tests.histories.credit_life import credits_come_and_go
from tests.histories.life import ACME, ANA, ANCHOR, BEGIN, TREE, Life, everything_once, named

HERE = Path(__file__).parent
HISTORIES = sorted(HERE.glob("*.jsonl"))


def read(path: Path) -> list[Fact]:
    """The facts of a kept history, decoded as the log does it."""
    facts = []
    for text in path.read_text().splitlines():
        line = json.loads(text)
        stored = StoredEvent(
            originator_id=UUID(line["stream"]),
            originator_version=line["version"],
            topic=line["topic"],
            state=line["state"].encode(),
        )
        place = {"log": line["log"], "position": line["position"], "append": line["append"]}
        facts.append(
            Fact(
                **place,
                stream=UUID(line["stream"]),
                version=line["version"],
                topic=line["topic"],
                state=stored.state,
                event=MAPPER.to_domain_event(stored),
            )
        )
    return facts


def states(facts: list[Fact]) -> dict[str, dict[str, Any]]:
    """What each aggregate knows after these facts."""
    streams: dict[UUID, list[Any]] = {}
    for fact in facts:
        streams.setdefault(fact.stream, []).append(fact.event)
    return {str(stream): state_of(fold(None, events)) for stream, events in sorted(streams.items())}


def line_of(fact: Fact) -> str:
    kept = {
        "log": fact.log,
        "position": fact.position,
        "append": fact.append,
        "stream": str(fact.stream),
        "version": fact.version,
        "topic": fact.topic,
        "state": fact.state.decode(),
        "leaf_hash": leaf_hash(fact).hex(),
    }
    return json.dumps(kept, ensure_ascii=False)


def metered(life: Life) -> list[Fact]:
    """A batch of usage and an event of it that was voided, as the other log holds them."""
    usage = Usage.count(
        named("a batch"),
        workspace_id=ACME,
        tree_id=TREE,
        pool_id=TREE,
        meter="events",
        quantity=1_000,
        cycle_started_at=BEGIN,
        rows_sha256="0" * 64,
        because=life.by_clock("none"),
    )
    (counted,) = usage.collect_events()
    correction = Correction.void(
        named("an event"),
        counted,
        reason_digest="digest of a reason",
        agency_position=85,
        because=life.by(ANA),
    )
    (voided,) = correction.collect_events()
    credits = credits_come_and_go(life, 2, TREE, ANCHOR, ACME, ANA)
    return [_metered(counted, 1), _metered(voided, 2), *credits]


def _metered(event: Any, position: int) -> Fact:
    stored = MAPPER.to_stored_event(event)
    place = {"log": "metering", "position": position, "append": position, "stream": event.originator_id}
    return Fact(**place, version=1, topic=stored.topic, state=stored.state, event=event)


def keep(name: str) -> None:
    path = HERE / f"{name}.jsonl"
    if path.exists():
        sys.exit(f"{path.name} is kept for ever; choose another name")
    life = everything_once()
    facts = [*life.facts, *metered(life)]
    path.write_text("".join(f"{line_of(fact)}\n" for fact in facts))
    known = json.dumps(states(facts), ensure_ascii=False, indent=1, sort_keys=True)
    path.with_suffix(".states.json").write_text(f"{known}\n")


if __name__ == "__main__":
    keep(sys.argv[1])
