"""A session is one person's in one browser: it ends when told to, when nobody comes, and after a month."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from adapters.sessions import IDLE_MAX, SEEN_EVERY, SESSION_LIFE, SESSIONS_MAX, Sessions
from tests.house import House

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@pytest.fixture
def sessions(house: House) -> Sessions:
    return house.wiring.sessions


def person_of(sessions: Sessions, token: str, now: datetime) -> UUID | None:
    session, _ = sessions.of_token(token, now)
    return session.person_id if session else None


def rows(house: House) -> list[str]:
    with house.database.connection() as db:
        return [str(row["t"]) for row in db.execute("SELECT t::text FROM sessions t")]


@pytest.mark.parametrize("token", ["", "nonsense", "x" * 10_000, "\x00", "é", "\udc80"])
def test_what_is_no_token_gets_nobody_in_and_ends_nothing(house, sessions, token):
    kept = sessions.begin(uuid4(), house.clock())

    found = sessions.of_token(token, house.clock())
    sessions.end(token)

    assert found == (None, None)
    assert person_of(sessions, kept, house.clock()) is not None


def test_a_session_is_one_persons_until_it_is_ended(house, sessions):
    now, ana, ben = house.clock(), uuid4(), uuid4()
    hers, his = sessions.begin(ana, now), sessions.begin(ben, now)

    before = [person_of(sessions, token, now) for token in (hers, his)]
    sessions.end(hers)
    sessions.end(hers)

    assert before == [ana, ben]
    assert [person_of(sessions, token, now) for token in (hers, his)] == [None, ben]


def test_sessions_of_one_person_are_listed_with_the_browser_seen_last_first(house, sessions):
    now, ana = house.clock(), uuid4()
    sessions.begin(ana, now, "Firefox on Linux")
    at_work = sessions.begin(ana, now + SECOND, "Edge on Windows")
    sessions.begin(uuid4(), now, "Safari on iPhone")

    sessions.of_token(at_work, now + DAY)

    listed = sessions.of_person(ana, now + DAY)
    assert [(one.browser, one.begun_at, one.seen_at) for one in listed] == [
        ("Edge on Windows", now + SECOND, now + DAY),
        ("Firefox on Linux", now, now),
    ]


def test_one_session_is_ended_by_the_person_whose_it_is_and_by_nobody_else(house, sessions):
    now, ana, eve = house.clock(), uuid4(), uuid4()
    at_home, at_work = sessions.begin(ana, now), sessions.begin(ana, now)
    found, _ = sessions.of_token(at_home, now)

    ended = [sessions.end_of_person(who, found.session_id) for who in (eve, ana, ana)]

    assert ended == [False, True, False]
    assert [person_of(sessions, token, now) for token in (at_home, at_work)] == [None, ana]


def test_all_sessions_but_one_are_ended(house, sessions):
    now, ana, ben = house.clock(), uuid4(), uuid4()
    tokens = [sessions.begin(ana, now) for _ in range(3)]
    his = sessions.begin(ben, now)
    kept, _ = sessions.of_token(tokens[1], now)

    ended = sessions.end_all_of_person(ana, but=kept.session_id)

    assert ended == 2
    assert [person_of(sessions, token, now) for token in (*tokens, his)] == [None, ana, None, ben]
    assert sessions.end_all_of_person(ana) == 1
    assert person_of(sessions, tokens[1], now) is None


@pytest.mark.parametrize(("after", "lasts"), [(IDLE_MAX - SECOND, True), (IDLE_MAX, False)])
def test_a_session_that_nobody_uses_ends_after_a_week(house, sessions, after, lasts):
    now, ana = house.clock(), uuid4()
    token = sessions.begin(ana, now)

    found = person_of(sessions, token, now + after)

    assert found == (ana if lasts else None)
    assert len(sessions.of_person(ana, now + after)) == lasts
    assert timedelta(days=7) == IDLE_MAX


@pytest.mark.parametrize(("after", "lasts"), [(SESSION_LIFE - SECOND, True), (SESSION_LIFE, False)])
def test_a_session_that_is_used_every_day_ends_after_thirty(house, sessions, after, lasts):
    begun, ana = house.clock(), uuid4()
    token = sessions.begin(ana, begun)

    for day in range(1, 30):
        _, fresh = sessions.of_token(token, begun + day * DAY)
        token = fresh or token

    assert person_of(sessions, token, begun + after) == (ana if lasts else None)
    assert len(sessions.of_person(ana, begun + after)) == lasts
    assert timedelta(days=30) == SESSION_LIFE


def test_that_a_session_is_in_use_is_written_down_every_few_minutes_only(house, sessions):
    begun, ana = house.clock(), uuid4()
    token = sessions.begin(ana, begun)
    seen = []

    for after in (SECOND, SEEN_EVERY - SECOND, SEEN_EVERY, SEEN_EVERY + SECOND, 2 * SEEN_EVERY):
        sessions.of_token(token, begun + after)
        seen.append(sessions.of_person(ana, begun + after)[0].seen_at - begun)

    assert seen == [timedelta(0), timedelta(0), SEEN_EVERY, SEEN_EVERY, 2 * SEEN_EVERY]


def test_a_person_has_so_many_sessions_and_the_one_not_seen_for_longest_makes_room(house, sessions):
    now, ana, ben = house.clock(), uuid4(), uuid4()
    his = sessions.begin(ben, now)

    tokens = [sessions.begin(ana, now + number * SECOND) for number in range(SESSIONS_MAX + 2)]

    later = now + timedelta(hours=1)
    assert len(sessions.of_person(ana, later)) == SESSIONS_MAX
    assert [person_of(sessions, token, later) for token in tokens[:3]] == [None, None, ana]
    assert person_of(sessions, his, later) == ben


def test_what_has_ended_by_itself_is_not_kept(house, sessions):
    now = house.clock()
    sessions.begin(uuid4(), now)

    sessions.begin(uuid4(), now + IDLE_MAX)

    assert len(rows(house)) == 1


def test_a_session_cannot_be_taken_from_the_table(house, sessions):
    now = house.clock()
    token = sessions.begin(uuid4(), now)
    _, fresh = sessions.of_token(token, now + 2 * DAY)

    (stored,) = rows(house)

    assert fresh
    assert not any(word in stored for one in (token, fresh) for word in (one, one.encode().hex()))
    assert person_of(sessions, stored, now) is None


# The exchange of tokens.


def test_after_a_day_a_session_goes_on_with_another_token(house, sessions):
    now, ana = house.clock(), uuid4()
    first = sessions.begin(ana, now)
    too_early = sessions.of_token(first, now + DAY - SECOND)
    session, second = sessions.of_token(first, now + DAY)

    goes_on = sessions.of_token(second, now + DAY + SECOND)

    assert too_early[1] is None
    assert second not in (None, first)
    assert (goes_on[0].session_id, goes_on[1]) == (session.session_id, None)


@pytest.mark.parametrize(("after", "works"), [(0, True), (59, True), (60, False), (3_600, False)])
def test_the_token_before_works_for_a_minute_more(house, sessions, after, works):
    now, ana = house.clock() + DAY, uuid4()
    first = sessions.begin(ana, now - DAY)
    _, second = sessions.of_token(first, now)
    sessions.of_token(second, now)

    found, fresh = sessions.of_token(first, now + after * SECOND)

    assert (found is not None) == works
    assert fresh is None
    assert person_of(sessions, second, now + after * SECOND) == ana


def test_of_requests_at_once_with_a_token_that_is_due_one_is_given_the_next(house, sessions):
    now, ana = house.clock(), uuid4()
    first = sessions.begin(ana, now)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: sessions.of_token(first, now + DAY), range(16)))

    fresh = [token for _, token in found if token is not None]
    assert all(session is not None for session, _ in found)
    assert len(fresh) == 1
    assert person_of(sessions, fresh[0], now + DAY) == ana


def test_a_next_token_that_never_arrived_signs_nobody_out(house, sessions):
    now, ana = house.clock() + DAY, uuid4()
    first = sessions.begin(ana, now - DAY)
    _, lost = sessions.of_token(first, now)
    at_once = sessions.of_token(first, now + 59 * SECOND)

    found, again = sessions.of_token(first, now + 60 * SECOND)

    assert at_once[0] is not None
    assert at_once[1] is None
    assert found is not None
    assert again not in (None, first, lost)
    assert person_of(sessions, again, now + 61 * SECOND) == ana
    assert person_of(sessions, lost, now + 61 * SECOND) is None


@pytest.mark.parametrize("which", [0, 1])
def test_a_session_ends_whichever_of_its_tokens_signs_out(house, sessions, which):
    now, ana = house.clock() + DAY, uuid4()
    first = sessions.begin(ana, now - DAY)
    _, second = sessions.of_token(first, now)
    for seen in range(which + 1):  # handed out only, and then also used
        if seen:
            sessions.of_token(second, now)

    sessions.end((first, second)[which])

    assert person_of(sessions, first, now) is None
    assert person_of(sessions, second, now) is None
