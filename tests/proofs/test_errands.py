"""Is an errand that a fact asked for done, whoever is interrupted while doing it?"""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import count
from uuid import UUID, uuid4

import psycopg
from psycopg_pool import PoolTimeout

from adapters.postgres.outbox import ATTEMPTS_MAX, LEASE, Entry
from domain.permissions import Role
from scripts.wiring import Wiring
from tests.house import House
from tests.proofs.at_once import at_once
from tests.proofs.wire import Wire
from tests.proofs.wired import every_cut, mend, wire, wired
from tests.waiting import until

__all__ = ["wire", "wired"]

ERRAND = "mail_invitation"


class Postman:
    """Counts the errands that reach it, by the fact that asked for them."""

    def __init__(self) -> None:
        self.came: Counter[tuple[UUID, int]] = Counter()

    def __call__(self, entry: Entry) -> None:
        self.came[entry.stream, entry.version] += 1


def invite(house: House, workspace_id: UUID, ana: UUID) -> None:
    because = house.because(f"person:{ana}")
    house.agency.invite(workspace_id, ana, uuid4(), uuid4(), Role.MEMBER, because=because)


def waiting(house: House) -> int:
    with house.database.connection() as db:
        return house.wiring.outbox.state(db).waiting


def test_an_errand_is_done_at_least_once_wherever_the_wire_is_cut(
    house: House, wire: Wire, wired: Wiring
) -> None:
    ana, postman = house.person("Ana"), Postman()
    errands, outbox, asked = {ERRAND: postman}, house.wiring.outbox, 0

    def all_done() -> bool:
        """Not at once: the session that was cut may hold its errand until the server notices."""
        while outbox.deliver_one(house.database, errands, house.clock):
            pass
        return waiting(house) == 0

    for _ in every_cut(wire, wired):
        invite(house, house.workspace(ana), ana)
        asked += 1
        try:
            outbox.deliver_one(wired.database, errands, house.clock)
        except (psycopg.OperationalError, PoolTimeout):
            house.clock.advance(seconds=LEASE.total_seconds() + 1)
        mend(wire, wired)
        until(all_done)

    assert len(postman.came) == asked
    assert set(postman.came.values()) <= {1, 2}  # twice if the note that it was done was lost


def test_many_workers_at_once_do_each_errand_once(house: House) -> None:
    ana, postman = house.person("Ana"), Postman()
    for workspace_id in [house.workspace(ana) for _ in range(5)]:
        for _ in range(4):  # one seat is Ana's
            invite(house, workspace_id, ana)
    outbox = house.wiring.outbox

    done = at_once(
        partial(outbox.deliver_one, house.database, {ERRAND: postman}, house.clock) for _ in range(24)
    )

    assert Counter(done) == {True: 20, False: 4}
    assert list(postman.came.values()) == [1] * 20


def test_an_errand_that_always_fails_is_given_up_aloud(house: House) -> None:
    ana = house.person("Ana")
    invite(house, house.workspace(ana), ana)

    def fail(_: Entry) -> None:
        raise ConnectionError("nobody there")

    tries = 0
    for _ in count():
        if waiting(house) == 0:
            break
        tries += house.wiring.outbox.deliver_one(house.database, {ERRAND: fail}, house.clock)
        house.clock.advance(hours=1)

    health = house.app.test_client().get("/healthz")
    assert tries == ATTEMPTS_MAX
    assert (health.status_code, health.json["outbox"]["given_up"]) == (503, 1)
