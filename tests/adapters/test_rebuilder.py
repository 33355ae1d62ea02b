"""A rebuild that is asked for is made once, whoever is killed meanwhile, and what came of it is kept."""

from __future__ import annotations

from datetime import timedelta
from threading import Event
from uuid import UUID, uuid4

import pytest

from adapters.postgres import rebuilds
from adapters.postgres.lags import KEPT, POINTS_MAX
from adapters.postgres.rebuild import REBUILD_LOCK, AlreadyRebuilding
from adapters.postgres.rebuilder import ATTEMPTS_MAX, Part, Rebuilder
from adapters.postgres.rebuilds import Rebuild
from projections.catalogue import ALL, FOLLOWED
from tests.house import House
from tests.waiting import until

GO_ON = Event()


class Killed(BaseException):
    """As if the program had been killed there."""


@pytest.fixture
def rebuilder(house: House) -> Rebuilder:
    house.agency_of(house.person("Ana"), children=2)
    house.wiring.deliver_due()
    return house.wiring.rebuilder


def ask(house: House, wanted: str = "dashboard", rebuild_id: UUID | None = None) -> UUID:
    rebuild_id = rebuild_id or uuid4()
    house.clock.advance(seconds=1)
    assert house.web.rebuilds.ask(rebuild_id, wanted, "person:sam", house.clock())
    return rebuild_id


def newest(house: House) -> Rebuild:
    with house.database.reading() as db:
        found = house.wiring.rebuilds.newest(db)
    assert found is not None
    return found


def last(house: House) -> dict[str, int]:
    with house.database.reading() as db:
        return {name: one.differences for name, one in house.wiring.rebuilds.last(db).items()}


def kill(*_: object, **__: object) -> None:
    raise Killed


def test_what_is_asked_for_is_made_and_its_result_kept(house: House, rebuilder: Rebuilder) -> None:
    with house.database.writing() as db:
        db.execute("UPDATE dashboard SET members = 77 WHERE ctid = (SELECT min(ctid) FROM dashboard)")
    ask(house)

    rebuilder.step(GO_ON)

    done = newest(house)
    assert (done.is_open, done.error, done.attempts, done.facts_read) == (False, None, 1, done.facts_there)
    assert done.facts_read > 0
    assert last(house) == {"dashboard": 2}
    rebuilder.step(GO_ON)  # there is nothing left to do
    assert newest(house) == done


def test_everything_is_made_with_one_click_and_no_errand_is_asked_for_again(
    house: House, rebuilder: Rebuilder
) -> None:
    with house.database.reading() as db:
        errands = db.execute("SELECT * FROM outbox ORDER BY entry_id").fetchall()
    mails = len(list((house.wiring.settings.data / "mail").glob("*")))
    ask(house, "all")

    rebuilder.step(GO_ON)

    assert last(house) == dict.fromkeys(ALL, 0)
    with house.database.reading() as db:
        assert db.execute("SELECT * FROM outbox ORDER BY entry_id").fetchall() == errands
    assert errands
    assert len(list((house.wiring.settings.data / "mail").glob("*"))) == mails
    assert house.wiring.deliver_due() == 0


def test_asking_twice_is_asking_once_and_another_has_to_wait(house: House, rebuilder: Rebuilder) -> None:
    rebuild_id = ask(house)

    ask(house, rebuild_id=rebuild_id)
    other = house.web.rebuilds.ask(uuid4(), "members", "person:sam", house.clock())

    rebuilder.step(GO_ON)
    assert not other
    assert list(last(house)) == ["dashboard"]
    ask(house, "members")


def test_one_that_is_interrupted_begins_again_and_not_for_ever(
    house: House, rebuilder: Rebuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(house)
    monkeypatch.setattr(rebuilder, "make", kill)
    for _ in range(ATTEMPTS_MAX - 1):
        with pytest.raises(Killed):
            rebuilder.step(GO_ON)
        assert newest(house).is_open
    monkeypatch.undo()

    rebuilder.step(GO_ON)
    assert newest(house).attempts == ATTEMPTS_MAX
    assert newest(house).error is None

    ask(house)
    monkeypatch.setattr(rebuilder, "make", kill)
    for _ in range(ATTEMPTS_MAX):
        with pytest.raises(Killed):
            rebuilder.step(GO_ON)
    rebuilder.step(GO_ON)
    assert newest(house).error == "interrupted 3 times"


def test_a_worker_that_ends_leaves_it_to_the_next(house: House, rebuilder: Rebuilder) -> None:
    stop = Event()
    stop.set()
    ask(house)

    rebuilder.step(stop)

    assert (newest(house).is_open, newest(house).attempts, last(house)) == (True, 1, {})
    rebuilder.step(GO_ON)
    assert last(house) == {"dashboard": 0}


def test_the_session_of_one_that_was_killed_is_waited_for(house: House, rebuilder: Rebuilder) -> None:
    ask(house)
    with house.database.connect() as left:
        left.execute("SELECT pg_advisory_lock(%s)", (REBUILD_LOCK,))
        rebuilder.step(GO_ON)
        waits = newest(house)

    until(lambda: (rebuilder.step(GO_ON), not newest(house).is_open)[1])

    assert (waits.is_open, waits.attempts, waits.began_at) == (True, 0, None)
    assert last(house) == {"dashboard": 0}


def test_what_cannot_be_made_is_told_and_not_tried_again(house: House, rebuilder: Rebuilder) -> None:
    with house.database.writing() as db:
        db.execute("UPDATE agency_events SET topic = 'nonsense' WHERE notification_id = 1")
    ask(house)

    rebuilder.step(GO_ON)

    assert "nothing can read nonsense at agency 1" in str(newest(house).error)
    assert not newest(house).is_open


def test_nobody_came_to_it_in_an_hour(house: House, rebuilder: Rebuilder) -> None:
    ask(house)
    house.clock.advance(hours=2)

    rebuilder.step(GO_ON)

    assert newest(house).error == "nobody came to it"
    assert last(house) == {}


def test_at_the_command_line_what_only_waits_gives_way(house: House, rebuilder: Rebuilder) -> None:
    asked_id, rebuild_id = ask(house, "members"), uuid4()
    (part,) = rebuilder.parts_of("dashboard")

    with rebuilder.at_once(rebuild_id, "dashboard"):
        rebuilder.step(GO_ON)  # the worker sees that somebody is at it
        with pytest.raises(AlreadyRebuilding), rebuilder.at_once(uuid4(), "members"):
            pass
        assert (newest(house).rebuild_id, newest(house).runs) == (rebuild_id, True)
        rebuilder.make(rebuild_id, "operator", part, lambda *_: None)

    assert list(last(house)) == ["dashboard"]
    assert (newest(house).is_open, newest(house).runs) == (False, False)
    with house.database.reading() as db:
        given_up = db.execute("SELECT error FROM rebuilds WHERE rebuild_id = %s", (asked_id,)).fetchone()
    assert given_up == {"error": "given up for one at the command line"}


def test_one_that_was_killed_at_the_command_line_is_not_gone_on_with(
    house: House, rebuilder: Rebuilder
) -> None:
    house.wiring.rebuilds.take_over(uuid4(), "dashboard", "operator", house.clock())

    rebuilder.step(GO_ON)

    assert (newest(house).error, newest(house).is_open, last(house)) == ("interrupted", False, {})


def test_a_part_is_one_projection_or_all_screens_together(rebuilder: Rebuilder) -> None:
    parts = {wanted: rebuilder.parts_of(wanted) for wanted in ("access", "timeline", "all", "nothing")}

    assert [part.inline for part in (*parts["access"], *parts["timeline"])] == [True, False]
    assert parts["all"][-1] == Part(label="the screens", projections=FOLLOWED, inline=False)
    assert parts["nothing"] == []


def test_no_more_are_kept_than_so_many(
    house: House, rebuilder: Rebuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilds, "KEPT", 3)
    for _ in range(6):
        rebuild_id = ask(house)
        house.clock.advance(seconds=1)
        house.wiring.rebuilds.end(rebuild_id, house.clock())

    with house.database.reading() as db:
        assert db.execute("SELECT count(*) AS n FROM rebuilds").fetchone() == {"n": 3}
    assert newest(house).rebuild_id == rebuild_id


def test_lag_counts_facts_and_the_age_of_the_oldest(house: House) -> None:
    ana = house.person("Ana")
    workspace_id = house.workspace(ana)
    house.run_followed()
    for name in ("One", "Two", "Three"):
        house.clock.advance(seconds=10)
        house.agency.rename(workspace_id, ana, name, because=house.because())
    house.clock.advance(seconds=5)

    with house.database.reading() as db:
        behind = house.wiring.lags.now(db, house.clock())["agency"]
    house.run_followed()
    with house.database.reading() as db:
        again = house.wiring.lags.now(db, house.clock())["agency"]

    assert (behind.facts, behind.age_seconds) == (3, 25)
    assert (again.facts, again.age_seconds, again.position) == (0, 0, again.head)


def test_a_day_of_lag_is_kept_and_no_more(house: House) -> None:
    lags, began_at = house.wiring.lags, house.clock()
    house.workspace(house.person("Ana"))
    while house.clock() < began_at + KEPT * 1.2:
        lags.note(house.database, house.clock())
        house.clock.advance(minutes=5)

    with house.database.reading() as db:
        kept = db.execute("SELECT min(at) AS oldest FROM lag_samples").fetchone()
        trend = lags.trend(db, house.clock())
    assert kept is not None
    assert house.clock() - kept["oldest"] <= KEPT + timedelta(minutes=5)
    assert POINTS_MAX - 2 <= len(trend["agency"]) <= POINTS_MAX
    assert {point.facts for point in trend["agency"]} == {1}
    assert trend["agency"][-1].age_seconds > trend["agency"][0].age_seconds > 0
