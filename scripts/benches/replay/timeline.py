"""A page of the timeline, over HTTP: what it costs among ten million events against among ten thousand."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection

from scripts.benches.client import HEAD_END, drive
from scripts.benches.result import Result
from scripts.benches.running import Running, heartwood, plant
from web.cookies import SESSION, name_for

FEW = 10_000
MANY = 10_000_000
PART = 500_000
USUAL = 1_000  # events of an agency like others; one other agency has half of all events
OTHERS_EACH = 4_000
SECONDS = 4.0
ROUNDS = 3
RARE = 250  # facts of a tenant that are of a rare kind and by a rare actor, however many it has
POSITION_BEGIN = 1_000_000  # behind all that was really recorded

FILL = """
    INSERT INTO timeline
    SELECT %(begin)s::bigint + n, 0, workspace, n, name, tree, workspace, actor, story, story,
           %(at)s::timestamptz + n * interval '1 second',
           jsonb_build_object('actor', actor, 'cause', story, 'story', story, 'tree_id', tree) ||
           CASE name
           WHEN 'Workspace.KeyIssued' THEN jsonb_build_object('mode', 'live', 'key_id', 'k' || n)
           WHEN 'Workspace.KeyRevoked' THEN jsonb_build_object('key_id', 'k' || n)
           WHEN 'Workspace.Renamed' THEN jsonb_build_object('name_digest', %(digest)s::text)
           WHEN 'Workspace.Deleted' THEN jsonb_build_object('parent_id', tree)
           WHEN 'Workspace.HourlyRateSet' THEN jsonb_build_object('hourly_rate_cents', n %% 10000)
           ELSE jsonb_build_object('person_id', person, 'role', 'member', 'role_from', 'viewer',
                                   'role_to', 'member', 'expires_at', '2026-03-01T09:00:00+00:00')
           END
      FROM (SELECT n, 'request:' || md5((n / 4)::text || tree) AS story, tree, workspace, person,
                   CASE WHEN n %% %(rare)s::bigint = 0 THEN 'key:rare' WHEN n %% 5 = 0 THEN 'stripe'
                        ELSE 'person:' || person END AS actor,
                   CASE WHEN n %% %(rare)s::bigint = 0 THEN 'Workspace.Deleted'
                        ELSE (%(names)s::text[])[1 + n %% 6] END AS name
              FROM (SELECT n, coalesce(%(tree)s::uuid, md5('tree' || of)::uuid) AS tree,
                           coalesce(%(workspace)s::uuid, md5('workspace' || of)::uuid) AS workspace,
                           md5('person' || coalesce(%(tree)s::text, of::text) || n %% 20)::uuid AS person
                      FROM (SELECT n, n / %(each)s::bigint AS of
                              FROM generate_series(%(first)s::bigint, %(last)s::bigint) n) one
                   ) numbered) fact
"""
NAMES = [
    *("Workspace.KeyIssued", "Workspace.KeyRevoked", "Workspace.HourlyRateSet"),
    *("Workspace.MemberInvited", "Workspace.RoleChanged", "Workspace.Renamed"),
]
RESET = "DELETE FROM timeline WHERE position >= %s"


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """An agency of the bench, and the cookie of its owner."""

    tree_id: UUID
    workspace_id: UUID
    owner_id: UUID
    digest: str
    cookie: str


def timelines() -> Iterator[Result]:
    with heartwood() as running:
        usual, long = _tenant(running), _tenant(running)
        with running.wiring.database.connect() as db:
            few = _filled(db, running, usual, long, FEW)
            before = _all(running, usual, long, few)
            many = _filled(db, running, usual, long, MANY)
            after = _all(running, usual, long, many)
    for case, milliseconds in after.items():
        yield Result(
            bench="replay",
            case=case,
            value=milliseconds,
            unit="ms, p95",
            raw=before[case],
            ratio=milliseconds / before[case],
            goal="<= 1.3",
        )


def _tenant(running: Running) -> Tenant:
    wiring = running.wiring
    workspace_id = plant(wiring, 2)[0][0].workspace_id
    wiring.followed()
    with wiring.database.connect() as db:
        row = db.execute(
            "SELECT t.tree_id, d.name_digest, m.person_id FROM access_trees t"
            " JOIN dashboard d ON d.workspace_id = t.anchor_id JOIN access_members m USING (workspace_id)"
            " WHERE t.anchor_id = %s AND m.role = 'owner'",
            (workspace_id,),
        ).fetchone()
    assert row is not None
    token = wiring.sessions.begin(row["person_id"], wiring.clock())
    return Tenant(
        tree_id=row["tree_id"],
        workspace_id=workspace_id,
        owner_id=row["person_id"],
        digest=row["name_digest"],
        cookie=f"{name_for(SESSION, running.url)}={token}",
    )


def _filled(
    db: Connection[Any], running: Running, usual: Tenant, long: Tenant, events: int
) -> dict[UUID, tuple[int, int]]:
    """So many events in all; where those of each tenant begin and end."""
    definitions = [row["indexdef"] for row in db.execute(INDEXES).fetchall()]
    for row in db.execute(INDEXES).fetchall():
        db.execute(f"DROP INDEX {row['indexname']}")
    db.execute(RESET, (POSITION_BEGIN,))
    halves = events // 2
    begin = POSITION_BEGIN
    places = {}
    for tenant, many in ((None, halves // 2), (usual, USUAL), (long, halves), (None, halves // 2 - USUAL)):
        _fill(db, running, tenant, begin, many)
        if tenant is not None:
            places[tenant.tree_id] = (begin, begin + many)
        begin += many + 1
    for definition in definitions:
        db.execute(definition)
    db.execute("VACUUM ANALYZE timeline")
    return places


INDEXES = (
    "SELECT indexname, indexdef FROM pg_indexes"
    " WHERE schemaname = 'public' AND tablename = 'timeline' AND indexname <> 'timeline_pkey'"
)


def _fill(db: Connection[Any], running: Running, tenant: Tenant | None, begin: int, events: int) -> None:
    given = {
        "tree": tenant and tenant.tree_id,
        "workspace": tenant and tenant.workspace_id,
        "digest": tenant.digest if tenant else "",
        "begin": begin,
        "at": running.wiring.clock() - timedelta(days=400),
        "names": NAMES,
        "each": OTHERS_EACH,
        "rare": max(events // RARE, 1),
    }
    for first in range(1, events + 1, PART):
        db.execute(FILL, given | {"first": first, "last": min(first + PART - 1, events)})


def _all(
    running: Running, usual: Tenant, long: Tenant, places: dict[UUID, tuple[int, int]]
) -> dict[str, float]:
    """The p95 of each case: the median of several rounds, in which the cases take turns."""
    with running.wiring.database.connect() as db:
        cases = {
            f"timeline of {whose}: {how}": ask
            for whose, tenant in (("one of many", usual), ("half of all events", long))
            for how, ask in _asked(db, tenant, places[tenant.tree_id]).items()
        }
    rounds: dict[str, list[float]] = {case: [] for case in cases}
    for _ in range(ROUNDS):
        for case, ask in cases.items():
            measured = drive(running.url, [ask], SECONDS)
            if set(measured.statuses) != {200}:
                raise AssertionError(f"{case} was answered {measured.statuses}")
            rounds[case].append(measured.percentile(0.95) * 1_000)
    return {case: statistics.median(found) for case, found in rounds.items()}


def _asked(db: Connection[Any], tenant: Tenant, places: tuple[int, int]) -> dict[str, Callable[[], bytes]]:
    """Each filter, on pages somewhere in the history."""
    stories = db.execute(
        "SELECT story FROM timeline WHERE tree_id = %s AND position >= %s ORDER BY position LIMIT 200",
        (tenant.tree_id, places[0]),
    ).fetchall()

    def page(**query: Callable[[], object]) -> Callable[[], bytes]:
        return lambda: _get(
            f"/trees/{tenant.tree_id}/timeline?"
            + "&".join(f"{name}={value()}" for name, value in query.items()),
            tenant.cookie,
        )

    def anywhere() -> int:
        return random.randint(places[0] + min(USUAL, places[1] - places[0]) // 2, places[1])

    return {
        "the newest page": page(),
        "pages further back": page(before=anywhere),
        "a rare kind": page(name=lambda: "Workspace.Deleted", before=anywhere),
        "a rare actor": page(actor=lambda: "key:rare", before=anywhere),
        "a workspace": page(workspace=lambda: tenant.workspace_id, before=anywhere),
        "a story": page(story=lambda: random.choice(stories)["story"]),
        "words": page(text=lambda: "made+API", before=anywhere),
        "words that are nowhere": page(text=lambda: "zebra", before=anywhere),
        "a period": page(until=lambda: "2100-01-01", since=lambda: "2020-01-01", before=anywhere),
    }


def _get(path: str, cookie: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookie}"]
    return "\r\n".join(lines).encode() + HEAD_END
