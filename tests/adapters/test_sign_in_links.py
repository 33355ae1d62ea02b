"""A link signs somebody in once, for a quarter of an hour, and in the browser that asked for it only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from adapters.sign_in_links import LINK_LIFE, Link, SignInLinks, Standing
from tests.house import House

SECOND = timedelta(seconds=1)
INTENT = {"kind": "sign_up", "name": "Ana", "plan": "agency", "next": "/w/1?a=b"}
HERE = "the secret of this browser"
ELSEWHERE = (Standing.ELSEWHERE, Link(email="ana@example.com", intent=INTENT))
GONE = (Standing.GONE, None)
WORKS = (Standing.WORKS, Link(email="ana@example.com", intent=INTENT))


@pytest.fixture
def links(house: House) -> SignInLinks:
    return house.wiring.links


def rows(house: House) -> list[str]:
    with house.database.connection() as db:
        return [str(row) for row in db.execute("SELECT t::text FROM sign_in_links t")]


def test_a_link_is_used_once_and_says_what_it_was_made_for(house, links):
    now = house.clock()
    token = links.make(email="ana@example.com", now=now, browser=HERE, intent=INTENT)

    uses = [links.use(token, now, HERE) for _ in range(3)]

    assert uses == [WORKS, GONE, GONE]


def test_of_many_who_use_a_link_at_once_one_gets_in(house, links):
    now = house.clock()
    token = links.make(email="ana@example.com", now=now, browser=HERE)

    with ThreadPoolExecutor(8) as pool:
        uses = list(pool.map(lambda _: links.use(token, now, HERE)[0], range(16)))

    assert sorted(uses) == [Standing.GONE] * 15 + [Standing.WORKS]


@pytest.mark.parametrize("browser", ["", "-", "another secret", HERE[:-1], HERE + "x", "é", "\udc80"])
def test_in_another_browser_it_does_nothing_and_nothing_is_used_up(house, links, browser):
    now = house.clock()
    token = links.make(email="ana@example.com", now=now, browser=HERE, intent=INTENT)

    tried = [links.look(token, now, browser), links.use(token, now, browser)]

    assert tried == [ELSEWHERE, ELSEWHERE]
    assert links.use(token, now, HERE) == WORKS


def test_looking_at_a_link_uses_nothing_up(house, links):
    now = house.clock()
    token = links.make(email="ana@example.com", now=now, browser=HERE, intent=INTENT)

    looks = [links.look(token, now, HERE) for _ in range(3)]

    assert looks == [WORKS] * 3
    assert links.use(token, now, HERE) == WORKS


@pytest.mark.parametrize("browser", ["", HERE])
def test_a_link_that_no_browser_asked_for_works_in_each(house, links, browser):
    now = house.clock()
    token = links.make(email="ana@example.com", now=now, browser=None, intent=INTENT)

    assert links.use(token, now, browser) == WORKS


@pytest.mark.parametrize(
    ("after", "standing"),
    [
        (LINK_LIFE - SECOND, Standing.WORKS),
        (LINK_LIFE, Standing.GONE),
        (LINK_LIFE + SECOND, Standing.GONE),
    ],
)
def test_a_link_works_for_a_quarter_of_an_hour(house, links, after, standing):
    now = house.clock()
    token = links.make(email="ana@example.com", now=now, browser=HERE)

    used, _ = links.use(token, now + after, HERE)

    assert used is standing
    assert timedelta(minutes=15) == LINK_LIFE


@pytest.mark.parametrize("token", ["", "nonsense", "x" * 10_000, "\x00", "é", "\udc80"])
def test_what_is_no_link_gets_nobody_in(house, links, token):
    now = house.clock()

    tried = [links.look(token, now, HERE), links.use(token, now, HERE)]

    assert tried == [GONE, GONE]


def test_a_link_cannot_be_read_from_the_table_and_is_gone_when_used_or_old(house, links):
    now = house.clock()
    used, old = (links.make(email="ana@example.com", now=now, browser=HERE, intent=INTENT) for _ in range(2))
    stored = "".join(rows(house))

    links.use(used, now, HERE)
    links.make(email="ben@example.com", now=now + LINK_LIFE, browser=HERE)

    secrets = (used, old, HERE, "ana@example.com")
    assert not any(word in stored for one in secrets for word in (one, one.encode().hex()))
    assert len(rows(house)) == 1  # Ben's
