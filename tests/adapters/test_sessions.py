"""Links sign somebody in once and for a quarter of an hour; sessions last a month, and end when told to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest

from adapters.sessions import LINK_LIFE, SESSION_LIFE, Link, Sessions
from tests.house import House

SECOND = timedelta(seconds=1)
INTENT = {"kind": "sign_up", "name": "Ana", "plan": "agency", "next": "/w/1?a=b"}


@pytest.fixture
def sessions(house: House) -> Sessions:
    return house.wiring.sessions


def rows(house: House, table: str) -> list[str]:
    with house.database.connection() as db:
        return [str(row) for row in db.execute(f"SELECT t::text FROM {table} t")]


def test_a_link_is_used_once_and_says_what_it_was_made_for(house, sessions):
    now = house.clock()
    token = sessions.make_link(email="ana@example.com", now=now, intent=INTENT)

    uses = [sessions.use_link(token, now) for _ in range(3)]

    assert uses == [Link(email="ana@example.com", intent=INTENT), None, None]


def test_of_many_who_use_a_link_at_once_one_gets_in(house, sessions):
    now = house.clock()
    token = sessions.make_link(email="ana@example.com", now=now)

    with ThreadPoolExecutor(8) as pool:
        uses = list(pool.map(lambda _: sessions.use_link(token, now), range(16)))

    assert len([use for use in uses if use is not None]) == 1


@pytest.mark.parametrize(
    ("after", "works"), [(LINK_LIFE - SECOND, True), (LINK_LIFE, False), (LINK_LIFE + SECOND, False)]
)
def test_a_link_works_for_a_quarter_of_an_hour(house, sessions, after, works):
    now = house.clock()
    token = sessions.make_link(email="ana@example.com", now=now)

    used = sessions.use_link(token, now + after)

    assert (used is not None) == works
    assert timedelta(minutes=15) == LINK_LIFE


@pytest.mark.parametrize("token", ["", "nonsense", "x" * 10_000, "\x00", "é"])
def test_what_is_no_token_gets_nobody_in(house, sessions, token):
    assert sessions.use_link(token, house.clock()) is None
    assert sessions.person_of(token, house.clock()) is None


def test_a_link_cannot_be_read_from_the_table_and_is_gone_when_used_or_old(house, sessions):
    now = house.clock()
    used, old = (sessions.make_link(email="ana@example.com", now=now, intent=INTENT) for _ in range(2))
    stored = "".join(rows(house, "sign_in_links"))

    sessions.use_link(used, now)
    sessions.make_link(email="ben@example.com", now=now + LINK_LIFE)

    assert not any(word in stored for word in (used, old, "ana@example.com", b"ana@example.com".hex()))
    assert len(rows(house, "sign_in_links")) == 1  # Ben's


def test_a_session_is_one_persons_until_it_is_ended(house, sessions):
    now, ana, ben = house.clock(), uuid4(), uuid4()
    hers, his = sessions.begin(ana, now), sessions.begin(ben, now)

    before = [sessions.person_of(token, now) for token in (hers, his)]
    sessions.end(hers)
    sessions.end(hers)

    assert before == [ana, ben]
    assert [sessions.person_of(token, now) for token in (hers, his)] == [None, ben]


def test_two_sessions_of_one_person_end_apart(house, sessions):
    now, ana = house.clock(), uuid4()
    at_home, at_work = sessions.begin(ana, now), sessions.begin(ana, now)

    sessions.end(at_home)

    assert sessions.person_of(at_work, now) == ana


@pytest.mark.parametrize(("after", "lasts"), [(SESSION_LIFE - SECOND, True), (SESSION_LIFE, False)])
def test_a_session_lasts_thirty_days(house, sessions, after, lasts):
    now, ana = house.clock(), uuid4()
    token = sessions.begin(ana, now)

    found = sessions.person_of(token, now + after)

    assert found == (ana if lasts else None)


def test_a_session_cannot_be_taken_from_the_table(house, sessions):
    now = house.clock()
    token = sessions.begin(uuid4(), now)

    (stored,) = rows(house, "sessions")

    assert token not in stored
    assert sessions.person_of(stored, now) is None
