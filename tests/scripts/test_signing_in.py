"""Signing in over real HTTP, behind a proxy, with several processes that answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import requests

from tests.postgres import temporary_directory
from tests.scripts.starting import started

PUBLIC = "https://heartwood.example.com"
ENVIRON = {"HEARTWOOD_PUBLIC_URL": PUBLIC, "HEARTWOOD_TRUSTED_PROXIES": "1"}
NORA = {"name": "Nora", "email": "nora@example.com", "workspace": "Nora's place", "plan": "free"}
REQUESTS = 16  # each on a connection of its own, so that each of the processes answers some
SECONDS_MAX = 30


class Proxied:
    """A browser as the proxy hands it on: over HTTPS to the proxy, without from there."""

    def __init__(self, url: str, client: str) -> None:
        self.url = url
        self.client = client
        self.cookies: dict[str, str] = {}
        self.set: list[str] = []

    def ask(self, method: str, path: str, **fields: str) -> requests.Response:
        answer = requests.request(
            method,
            self.url + path,
            data=fields or None,
            allow_redirects=False,
            timeout=SECONDS_MAX,
            headers={
                "Host": "heartwood.example.com",
                "X-Forwarded-For": f"6.6.6.6, {self.client}",
                "X-Forwarded-Proto": "https",
                "Cookie": "; ".join(f"{name}={text}" for name, text in self.cookies.items()),
            },
        )
        for line in answer.raw.headers.getlist("Set-Cookie"):
            self.set.append(line)
            name, _, text = line.partition(";")[0].partition("=")
            self.cookies[name] = text
        return answer

    def send(self, path: str, page: str = "/sign-in", **fields: str) -> requests.Response:
        token = re.search(r'name="form_token" value="([^"]+)"', self.ask("GET", page).text)
        assert token
        return self.ask("POST", path, form_token=token[1], **fields)


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[str, Path]]:
    with temporary_directory() as here, started(here / "var", "--no-demo", environ=ENVIRON) as (_, facts):
        yield facts["url"], here / "var" / "mail"


def link_in(mail: Path) -> str:
    newest = max(mail.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    message = message_from_bytes(newest.read_bytes(), policy=policy.default)
    found = re.search(rf"{PUBLIC}(/sign-in/\S+)", message.get_content())
    assert found
    return found[1]


def test_a_session_that_was_ended_is_over_in_every_process_with_its_next_request(
    running: tuple[str, Path],
) -> None:
    url, mail = running
    lost, here = Proxied(url, "192.0.2.1"), Proxied(url, "192.0.2.2")
    for browser, form, fields in (
        (lost, "/sign-up", NORA),
        (here, "/sign-in", {"email": NORA["email"]}),
    ):
        assert browser.send(form, **fields).status_code == 200
        assert browser.send(link_in(mail)).status_code == 303
    before = {lost.ask("GET", "/account").status_code for _ in range(REQUESTS)}

    ended = here.send("/account/sessions/end-others", page="/account")

    after = {lost.ask("GET", "/account").status_code for _ in range(REQUESTS)}
    assert ended.status_code == 303
    assert (before, after) == ({200}, {302})
    assert here.ask("GET", "/account").status_code == 200
    assert all(one.startswith("__Host-heartwood_") for one in lost.set + here.set)
    assert all("Secure; HttpOnly; Path=/; SameSite=Lax" in one for one in lost.set + here.set)


def test_who_asks_too_much_is_counted_over_processes_and_known_by_the_proxys_word(
    running: tuple[str, Path],
) -> None:
    url, _ = running
    one, other = Proxied(url, "192.0.2.3"), Proxied(url, "192.0.2.4")

    answers = [one.send("/sign-in", email=f"somebody-{number}@example.com") for number in range(32)]

    assert [answer.status_code for answer in answers] == [200] * 30 + [429] * 2
    assert 3_000 < int(answers[-1].headers["Retry-After"]) <= 3_600
    assert "Strict-Transport-Security" in answers[-1].headers
    assert other.send("/sign-in", email="somebody-31@example.com").status_code == 200
