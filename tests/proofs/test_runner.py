"""Do the followed screens follow: whole appends only, over poison, lost connections and lost leaders?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread

import psycopg
import pytest
from psycopg import Connection
from psycopg.conninfo import make_conninfo
from psycopg.rows import DictRow, scalar_row

from adapters.postgres import runner
from adapters.postgres.database import Database
from adapters.postgres.logs import AGENCY, METERING, head
from adapters.postgres.rebuild import rebuild
from adapters.postgres.runner import LEADER_LOCK, Runner
from projections.catalogue import FOLLOWED
from tests.house import House
from tests.proofs.groves import Grove
from tests.proofs.random_life import RandomLife
from tests.proofs.shown import workspaces_shown
from tests.proofs.wire import Wire
from tests.proofs.wired import wire
from tests.tracked import tracked
from tests.waiting import until

__all__ = ["wire"]

STEPS = 100
TRACKED = 30
MESSAGES_MAX = 250


@contextmanager
def running(
    house: House,
    conninfo: str,
    kind: type[Database] = Database,
    *,
    kind_of_runner: type[Runner] = Runner,
) -> Iterator[Runner]:
    """A runner in a thread of its own, as in the worker."""
    database, stop = kind(conninfo), Event()
    one = kind_of_runner(database, FOLLOWED, house.clock)
    thread = Thread(target=one.run, args=(stop,))
    thread.start()
    try:
        yield one
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


def leader(house: House) -> str | None:
    """The name under which the session that leads is connected."""
    with house.database.connection() as db:
        found = db.cursor(row_factory=scalar_row).execute(
            "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND objid = %s AND granted",
            (LEADER_LOCK,),
        )
        return found.fetchone()


def connected(house: House, name: str) -> bool:
    with house.database.connection() as db:
        found = db.execute(
            "SELECT FROM pg_stat_activity WHERE application_name = %s AND query LIKE '%%advisory%%'", (name,)
        )
        return found.rowcount == 1


def has_read_all(house: House, name: str) -> bool:
    """Whether this runner's last deed was to end a step of an empty log: from now on it has to be woken."""
    with house.database.connection() as db:
        found = db.execute(
            "SELECT FROM pg_stat_activity"
            " WHERE application_name = %s AND state = 'idle' AND query = 'COMMIT'",
            (name,),
        )
        return found.rowcount == 1


def channels(line: Connection[DictRow]) -> set[str]:
    """What a session listens to; only the session itself is told."""
    return {row["channel"] for row in line.execute("SELECT pg_listening_channels() AS channel")}


def end_sessions(house: House, name: str) -> None:
    with house.database.connection() as db:
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", (name,)
        )


def is_followed(house: House) -> bool:
    with house.database.connection() as db:
        marked = db.cursor(row_factory=scalar_row).execute(
            "SELECT position FROM bookmarks WHERE log = %s", (AGENCY,)
        )
        return marked.fetchone() == head(db, AGENCY)


def named(house: House, name: str) -> str:
    return make_conninfo(house.wiring.settings.database, application_name=name)


def counted_twice_or_not_at_all(house: House) -> int:
    """By how much the screens differ from the facts up to the bookmarks that they say they show."""
    with house.database.reading() as db:
        found = db.cursor(row_factory=scalar_row).execute(
            "SELECT abs((SELECT count(*) FROM agency_events JOIN bookmarks ON log = 'agency'"
            "   WHERE notification_id <= position) - (SELECT count(*) FROM timeline WHERE behind = 0))"
            " + abs((SELECT count(*) FROM usage JOIN metering_events ON originator_id = batch_id"
            "   JOIN bookmarks ON log = 'metering' WHERE notification_id <= position)"
            "  - (SELECT coalesce(sum(events), 0) FROM usage_by_workspace)"
            "  - (SELECT count(*) FROM voided_events))"
        )
        return int(found.fetchone() or 0)


def differences(house: House) -> dict[str, int]:
    made = [rebuild(house.database, one, lambda *_: None) for one in FOLLOWED]
    return {one.name: one.differences for one in made if one.differences}


@pytest.mark.parametrize("batch", [1, 2, 5, 7])
def test_a_batch_never_ends_within_an_append(
    house: House, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(runner, "BATCH_MAX", batch)
    grove = Grove(house.agency, house.clock)
    trees = [grove.plant(1)[0] for _ in range(3)]
    for tree in trees:
        grove.downgrade(tree)
    shown: list[list[tuple[int, str | None]]] = []

    with house.database.connect() as db:
        while house.wiring.runner.step(db):
            shown.append([workspaces_shown(house, tree) for tree in trees])

    assert len(shown) > len(trees)
    assert {one for step in shown for one in step} == {(0, None), (5, "active"), (0, "ended")}


def test_one_runner_leads_and_the_other_takes_over_when_its_line_is_cut(house: House, wire: Wire) -> None:
    grove, first = Grove(house.agency, house.clock), make_conninfo(wire.conninfo, application_name="first")
    with running(house, first):
        until(lambda: leader(house) == "first")
        with running(house, named(house, "second")):
            grove.plant(1)
            until(lambda: is_followed(house))
            assert leader(house) == "first"

            wire.die()

            until(lambda: leader(house) == "second")
            grove.plant(1)
            until(lambda: is_followed(house))
            wire.revive()
        until(lambda: leader(house) == "first")
        grove.plant(1)
        until(lambda: is_followed(house))


def test_a_runner_whose_session_is_ended_listens_again(house: House) -> None:
    grove = Grove(house.agency, house.clock)
    with running(house, named(house, "only")):
        for _ in range(3):
            until(lambda: leader(house) == "only")

            end_sessions(house, "only")
            grove.plant(1)

            until(lambda: is_followed(house))
    assert differences(house) == {}


def test_a_runner_that_stumbles_over_something_else_gets_up_again(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    grove = Grove(house.agency, house.clock)
    with running(house, named(house, "only")):
        until(lambda: leader(house) == "only")
        with house.database.writing() as db:
            db.execute("ALTER TABLE parked RENAME TO elsewhere")
        grove.plant(1)
        until(lambda: "runner stumbled" in caplog.text)
        with house.database.writing() as db:
            db.execute("ALTER TABLE elsewhere RENAME TO parked")

        until(lambda: is_followed(house))
    assert differences(house) == {}


def test_a_runner_that_is_interrupted_anywhere_loses_and_repeats_nothing(house: House, wire: Wire) -> None:
    life = RandomLife(house, 0)
    life.go_on(STEPS)
    house.run_followed()
    interrupted = Runner(Database(wire.conninfo), FOLLOWED, house.clock)

    wrong = []

    for messages in range(1, MESSAGES_MAX):
        life.go_on(6)
        wire.cut_after(messages)
        with suppress(psycopg.OperationalError):
            interrupted.catch_up()
        wrong.append(counted_twice_or_not_at_all(house))
        house.run_followed()

    assert wire.cuts > MESSAGES_MAX / 2
    assert set(wrong) == {0}
    assert is_followed(house)
    assert differences(house) == {}


def test_a_runner_listens_only_while_it_leads(house: House) -> None:
    lines: list[Connection[DictRow]] = []

    class Watched(Database):
        def connect(self) -> Connection[DictRow]:
            lines.append(super().connect())
            return lines[-1]

    with ExitStack() as first:
        first.enter_context(running(house, named(house, "first")))
        until(lambda: leader(house) == "first")
        with running(house, named(house, "second"), Watched):
            until(lambda: connected(house, "second"))
            while_waiting = channels(lines[-1])
            first.close()
            until(lambda: leader(house) == "second")

            assert while_waiting == set()
            until(lambda: channels(lines[-1]) == {"agency_events", "metering_events"})


def test_a_fact_wakes_the_runner(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "POLL_SECONDS", 60.0)
    with running(house, named(house, "only")):
        until(lambda: has_read_all(house, "only"))

        (tree,) = Grove(house.agency, house.clock).plant(1)

        until(lambda: is_followed(house))
        end_sessions(house, "only")  # wakes it from its long sleep
    assert workspaces_shown(house, tree) == (5, "active")


def test_what_is_tracked_in_quick_succession_is_followed_together_and_to_the_last(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "POLL_SECONDS", 60.0)
    monkeypatch.setattr(runner, "GATHERED_SECONDS", 2.0)
    workspace_id, steps = house.workspace(house.person("Ana")), list[int]()

    class Counted(Runner):
        def _step(self, db: Connection[DictRow], name: str) -> int:
            followed = super()._step(db, name)
            if name == METERING and followed:
                steps.append(followed)
            return followed

    with running(house, named(house, "only"), kind_of_runner=Counted):
        until(lambda: has_read_all(house, "only"))
        for _ in range(TRACKED):
            house.wiring.ingest.track(workspace_id, [tracked()], because=house.because())
        (tree,) = Grove(house.agency, house.clock).plant(1)
        until(lambda: is_followed(house))
        followed_by_then = sum(steps)
        until(lambda: sum(steps) == TRACKED)
        end_sessions(house, "only")

    assert workspaces_shown(house, tree) == (5, "active")
    assert followed_by_then < TRACKED  # an agency's own facts do not wait for the next step
    assert len(steps) < TRACKED / 2
    assert differences(house) == {}
