"""Whoever is removed and whatever key is revoked is refused with the very next request, in every process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from scripts.programs import WEB_WORKERS
from tests.postgres import temporary_directory
from tests.scripts.starting import started

REQUESTS = 24  # each on a connection of its own, so that each of the processes answers some
SECONDS_MAX = 30
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


class Person:
    """Somebody at a browser, who comes by the link that the demo has for them."""

    def __init__(self, url: str, link: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Connection"] = "close"
        path = link.removeprefix(url)
        assert self.send(path, page=path).status_code == 303

    def see(self, path: str) -> requests.Response:
        return self.session.get(self.url + path, allow_redirects=False, timeout=SECONDS_MAX)

    def send(self, path: str, *, page: str, **fields: str) -> requests.Response:
        found = TOKEN.search(self.see(page).text)
        assert found, page
        return self.session.post(
            self.url + path,
            data={"form_token": found[1]} | fields,
            allow_redirects=False,
            timeout=SECONDS_MAX,
        )

    def statuses(self, path: str) -> set[int]:
        return {self.see(path).status_code for _ in range(REQUESTS)}


@pytest.fixture(scope="module")
def facts() -> Iterator[dict[str, Any]]:
    with temporary_directory() as here, started(here / "var") as (_, ready):
        yield ready


@pytest.fixture(scope="module")
def ana(facts: dict[str, Any]) -> Person:
    return Person(facts["url"], facts["sign_in"]["ana"])


def codes(facts: dict[str, Any], key: str) -> set[tuple[int, str]]:
    """What each process says to a key, to a question and to an event."""
    event = {"agent_id": "a", "task_type": "other", "outcome": "success"}
    headers = {"Authorization": f"Bearer {key}", "Connection": "close"}
    url, found = facts["url"], set()
    with requests.Session() as session:
        session.trust_env = False
        for _ in range(REQUESTS // 2):
            for answer in (
                session.get(f"{url}/api/v1/workspace", headers=headers, timeout=SECONDS_MAX),
                session.post(f"{url}/api/v1/track", json=event, headers=headers, timeout=SECONDS_MAX),
            ):
                found.add((answer.status_code, answer.json().get("error", {}).get("code", "")))
    return found


@pytest.mark.timeout(300)
def test_a_member_who_is_removed_sees_nothing_with_the_next_request(
    facts: dict[str, Any], ana: Person
) -> None:
    ben = Person(facts["url"], facts["sign_in"]["ben"])
    place = next(f"/w/{one}" for one in facts["child_ids"] if ben.see(f"/w/{one}/").status_code == 200)
    people = dict(
        re.findall(
            r'/members/([0-9a-f-]{36})/remove".*?>Remove ([^<]+)<',
            ana.see(f"{place}/members").text,
            re.DOTALL,
        )
    )
    ben_id = next(person_id for person_id, name in people.items() if name.startswith("Ben"))
    before = ben.statuses(f"{place}/")

    removed = ana.send(f"{place}/members/{ben_id}/remove", page=f"{place}/members")

    assert removed.status_code == 303
    assert (before, ben.statuses(f"{place}/")) == ({200}, {404})
    assert ben.statuses(f"{place}/usage") == {404}
    assert WEB_WORKERS > 1


@pytest.mark.timeout(300)
def test_a_key_that_is_revoked_is_refused_with_the_next_request(facts: dict[str, Any], ana: Person) -> None:
    key, place = facts["api_keys"]["bright_signal"], f"/w/{facts['anchor_id']}"
    before = codes(facts, key)

    revoked = ana.send(f"{place}/keys/{key.split('_')[2]}/revoke", page=f"{place}/keys")

    assert revoked.status_code == 303
    assert {status for status, _ in before} == {200, 201}
    assert codes(facts, key) == {(401, "key_revoked")}
