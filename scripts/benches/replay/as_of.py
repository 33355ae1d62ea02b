"""As of: how long does a page of the past take, alone in a store and among ten million facts of others?"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import UUID

import psycopg
from flask.testing import FlaskClient

from adapters.postgres.logs import AGENCY, head
from scripts.benches.replay.store import fill, store
from scripts.benches.replay.year import CYCLES, Year
from scripts.benches.result import Result
from scripts.wiring import Wiring
from web.access import COOKIE
from web.app import create_app

FACTS = 4_000
OTHERS = int(os.environ.get("HEARTWOOD_BENCH_OTHERS", "10000000"))
TIMES = 7
GOAL_MS = 400.0
AT_ONCE = 200  # appends that are stored together
PAGES = {
    "overview": "",
    "workspaces": "workspaces",
    "members": "members",
    "billing": "billing",
    "pool": "usage/pool",
    "invoices": "billing/invoices",
}


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """An agency in a store of its own, and its owner's browser; as of its last fact all of them are read."""

    wiring: Wiring
    browser: FlaskClient
    anchor_id: UUID
    position: int

    def ms(self, page: str) -> float:
        """A page, from the request to the last byte."""
        address = f"/w/{self.anchor_id}/{page}?as_of={self.position}"
        started = time.perf_counter()
        answer = self.browser.get(address)
        taken = (time.perf_counter() - started) * 1_000
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return taken


def looked_back() -> Iterator[Result]:
    with ExitStack() as stack:
        alone, among = (born(stack.enter_context(store())) for _ in range(2))
        fill(among.wiring.database, OTHERS, indexed=True)
        forget_what_is_not_followed(among.wiring)
        for screen, page in PAGES.items():
            pairs = [(alone.ms(page), among.ms(page)) for _ in range(TIMES + 1)][1:]
            ms = statistics.median(one for one, _ in pairs)
            yield Result(
                bench="replay",
                case=f"{screen} as of a position, {FACTS:,} facts",
                value=ms,
                unit="ms",
                raw=GOAL_MS,
                ratio=ms / GOAL_MS,
                goal="<= 1",
            )
            yield Result(
                bench="replay",
                case=f"{screen} as of a position, {OTHERS:,} other facts",
                value=statistics.median(one for _, one in pairs),
                unit="ms",
                raw=ms,
                ratio=statistics.median(other / one for one, other in pairs),
                goal="<= 1.2",
            )


def born(wiring: Wiring) -> Tenant:
    """An agency that has lived until it had as many facts, followed by its screens."""
    year = Year().pass_by(ends=False)
    number = CYCLES
    while sum(map(len, (*year.agency.appends, *year.metered))) < FACTS:
        year.go_on(number)
        number += 1
    for log, appends in ((wiring.agency, year.agency.appends), (wiring.metering, year.metered)):
        for first in range(0, len(appends), AT_ONCE):
            log.recorder.insert_events([fact for one in appends[first : first + AT_ONCE] for fact in one])
    wiring.runner.catch_up()
    with wiring.database.connection() as db:
        db.execute("ANALYZE")  # as the server does by itself after a while
    wiring.vault.remember("Ana", "ana@example.com", year.owner)
    wiring.clock = lambda: year.now
    browser = create_app(wiring.services).test_client()
    browser.set_cookie(COOKIE, wiring.sessions.begin(year.owner, wiring.clock()))
    with wiring.database.reading() as db:
        position = head(db, AGENCY)
    return Tenant(wiring=wiring, browser=browser, anchor_id=year.anchor, position=position)


def forget_what_is_not_followed(wiring: Wiring) -> None:
    """The screens of the others are nobody's here."""
    with psycopg.connect(wiring.database.conninfo) as db:
        db.execute("UPDATE bookmarks SET position = heartwood_head(log)")
