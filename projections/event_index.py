"""Event index: where is each fact, whom is it about, and which leaf of the proof is it? (inline)"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from domain.fact import Fact
from domain.facts import FACTS
from projections.projection import Db, Projection


def leaf_hash(fact: Fact) -> bytes:
    """The leaf of a fact over its stored form, in the manner of RFC 6962: SHA-256 behind a zero byte.

    stream (16 bytes), version (8, big-endian), length of the topic (4, big-endian), topic, state.
    """
    topic = fact.topic.encode()
    place = fact.stream.bytes + fact.version.to_bytes(8, "big") + len(topic).to_bytes(4, "big")
    return hashlib.sha256(b"\x00" + place + topic + fact.state).digest()


class EventIndex(Projection):
    name = "event_index"
    logs = ("agency", "metering")
    tables = {
        "event_index": """
            log          text NOT NULL,
            position     bigint NOT NULL,
            append       bigint NOT NULL,
            leaf         bigint NOT NULL,
            leaf_hash    bytea NOT NULL,
            stream       uuid NOT NULL,
            version      bigint NOT NULL,
            topic        text NOT NULL,
            key          uuid NOT NULL,
            tree_id      uuid,
            workspace_id uuid,
            actor        text NOT NULL,
            cause        text NOT NULL,
            story        text NOT NULL,
            at           timestamptz NOT NULL,
            PRIMARY KEY (log, position),
            UNIQUE (log, leaf)
        """,
    }
    indexes = {
        "event_index_append": "event_index (log, append)",
        "event_index_tree": "event_index (tree_id, log, position)",
        "event_index_workspace": "event_index (workspace_id, log, position)",
        "event_index_story": "event_index (story, log, position)",
        "event_index_stream": "event_index (stream, version)",
        # What came into a tree, for the gate, which asks at every request.
        "event_index_parts": (
            "event_index (tree_id, workspace_id) WHERE log = 'agency' AND topic IN"
            " ('Workspace.Opened', 'Workspace.BecameAnchor', 'Workspace.Adopted')"
        ),
    }

    # Questions.

    def mended_in(self, db: Db, story: str) -> int:
        """How many trees, invoices and the like a story changed; to look at a meter changes nothing."""
        row = db.execute(
            "SELECT count(DISTINCT stream) AS streams FROM event_index WHERE log = 'agency' AND story = %s"
            " AND topic <> 'Overage.HeldByStripe'",
            (story,),
        ).fetchone()
        return int(row["streams"]) if row else 0

    # What each fact changes.

    def topics(self, log: str) -> frozenset[str]:
        return frozenset(FACTS)

    def apply(self, db: Db, facts: Sequence[Fact]) -> None:
        """Leaves are dense: the log's lock makes "one more than the last" exact. Which the last of all is
        the database says, also to who sees only some of them."""
        for log in sorted({fact.log for fact in facts}):
            rows = [_row(fact) for fact in facts if fact.log == log]
            db.execute(WRITE, [log, log, *([*column] for column in zip(*rows, strict=True))])


WRITE = """
    INSERT INTO event_index
    SELECT %s, position, append, (SELECT heartwood_last_leaf('event_index'::regclass, %s)) + number,
           leaf_hash, stream, version, topic, key, tree_id, workspace_id, actor, cause, story, at
      FROM unnest(%b::bigint[], %b::bigint[], %b::bytea[], %b::uuid[], %b::bigint[], %b::text[],
                  %b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::text[],
                  %b::timestamptz[]) WITH ORDINALITY
           AS fact (position, append, leaf_hash, stream, version, topic, key, tree_id, workspace_id, actor,
                    cause, story, at, number)
"""


def _row(fact: Fact) -> tuple[object, ...]:
    event = fact.event
    return (
        fact.position,
        fact.append,
        leaf_hash(fact),
        fact.stream,
        fact.version,
        fact.topic,
        fact.key,
        fact.tree_id,
        fact.workspace_id,
        event.actor,
        event.cause,
        event.story,
        event.timestamp,
    )
