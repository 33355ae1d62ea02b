"""The overview of calls, over HTTP: five workspaces with a million calls against the same with a thousand."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from uuid import UUID

from adapters.postgres.logs import METERING, head
from domain.cycles import Cycle
from scripts.benches.calls.filling import Agency, fill
from scripts.benches.client import HEAD_END, drive
from scripts.benches.result import Result
from scripts.benches.running import CYCLE, Running, heartwood, plant
from web.cookies import SESSION, name_for

WORKSPACES = 5
FEW, MANY = 1_000, 1_000_000
SECONDS = 1.5
ROUNDS = 9  # in which the two take turns, so that a busy moment befalls both
FOLLOW_SECONDS = 900.0
OF_ANCHOR = (
    "SELECT t.tree_id, m.person_id FROM access_trees t"
    " JOIN access_members m ON m.workspace_id = t.anchor_id"
    " WHERE t.anchor_id = %s AND m.role = 'owner'"
)


def overviews() -> Iterator[Result]:
    with heartwood() as running:
        few, many = _agency(running, FEW), _agency(running, MANY)
        _wait_until_followed(running)
        cases = _cases(few), _cases(many)
        measured = {case: ([], []) for case in cases[0]}  # type: ignore[var-annotated]
        for _ in range(ROUNDS):
            for case, found in measured.items():
                for asked, times in zip(cases, found, strict=True):
                    times.append(_p95(running, asked[case], case))
    for case, (before, after) in measured.items():
        raw, value = statistics.median(before), statistics.median(after)
        yield Result(
            bench="calls",
            case=case,
            value=value,
            unit="ms, p95",
            raw=raw,
            ratio=value / raw,
            goal="<= 1.3",
        )


class _Tenant:
    """An agency of the bench, and the cookie of its owner."""

    def __init__(self, running: Running, anchor_id: UUID) -> None:
        wiring = running.wiring
        with wiring.database.connect() as db:
            row = db.execute(OF_ANCHOR, (anchor_id,)).fetchone()
        assert row is not None
        self.tree_id: UUID = row["tree_id"]
        self.anchor_id = anchor_id
        token = wiring.sessions.begin(row["person_id"], wiring.clock())
        self.cookie = f"{name_for(SESSION, running.url)}={token}"


def _agency(running: Running, calls: int) -> _Tenant:
    planted = plant(running.wiring, WORKSPACES)
    running.wiring.followed()
    tenant = _Tenant(running, planted[0][0].workspace_id)
    now = running.wiring.clock()
    fill(
        running.wiring,
        Agency(
            tree_id=tenant.tree_id,
            workspace_ids=[one[0].workspace_id for one in planted],
            cycle=Cycle(started_at=now, ends_at=now + CYCLE),
        ),
        calls,
    )
    return tenant


def _wait_until_followed(running: Running) -> None:
    deadline = time.monotonic() + FOLLOW_SECONDS
    with running.wiring.database.connect() as db:
        while True:
            row = db.execute("SELECT position FROM bookmarks WHERE log = %s", (METERING,)).fetchone()
            if row is not None and row["position"] >= head(db, METERING):
                db.execute("VACUUM ANALYZE")
                return
            if time.monotonic() > deadline:
                raise TimeoutError("the screens did not follow in time")
            time.sleep(0.5)


def _cases(tenant: _Tenant) -> dict[str, Callable[[], bytes]]:
    def page(period: str) -> Callable[[], bytes]:
        path = f"/w/{tenant.anchor_id}/overview-of-calls?period={period}"
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {tenant.cookie}"]
        return lambda: "\r\n".join(lines).encode() + HEAD_END

    return {
        "overview of five workspaces: this cycle": page("cycle"),
        "overview of five workspaces: 30 days": page("30"),
        "overview of five workspaces: 90 days": page("90"),
    }


def _p95(running: Running, ask: Callable[[], bytes], case: str) -> float:
    measured = drive(running.url, [ask], SECONDS)
    if set(measured.statuses) != {200}:
        raise AssertionError(f"{case} was answered {measured.statuses}")
    return measured.percentile(0.95) * 1_000
