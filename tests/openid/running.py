"""The OpenID provider as tests use it: started once, and signed in to as a person does, page by page."""

from __future__ import annotations

import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests

from scripts.ports import free_port
from tests.openid.provider import PASSWORD

STEPS_MAX = 12
SECONDS = 20


class Inputs(HTMLParser):
    """What the one form of a page holds; each of the provider's forms leads back to its own address."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("name") and given.get("type") not in ("checkbox", "submit"):
            self.fields[given["name"] or ""] = given.get("value") or ""


class RunningProvider:
    """A process of its own; `return_of` walks through its pages and answers where the browser is sent."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[str] | None = None
        self.start()

    def start(self) -> None:
        """Also after a stop, at the same address; with new keys, and nobody signed in."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.openid.provider", str(self.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._hear("ready")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def rotate(self) -> None:
        """New keys from now on; the old ones are forgotten."""
        assert self._process is not None
        assert self._process.stdin is not None
        print("rotate", file=self._process.stdin, flush=True)
        self._hear("done")

    def _hear(self, word: str) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        heard = self._process.stdout.readline().strip()
        assert heard == word, f"the provider says {heard!r}"

    def return_of(self, url: str, name: str, *, consents: bool = True) -> str:
        """Sign in there as a person, consent, and stop before the browser goes back: the path and query."""
        browser = requests.Session()
        browser.trust_env = False
        answer = browser.get(url, timeout=SECONDS, allow_redirects=False)
        for _ in range(STEPS_MAX):
            where = urljoin(answer.url, answer.headers.get("Location", answer.url))
            if not where.startswith(self.url):
                parts = urlsplit(where)
                return f"{parts.path}?{parts.query}"
            if answer.is_redirect:
                answer = browser.get(where, timeout=SECONDS, allow_redirects=False)
            else:
                answer = self._filled_in(browser, answer, name, consents)
        raise AssertionError(f"the provider leads nowhere: {answer.url}")

    def _filled_in(self, browser: Any, answer: Any, name: str, consents: bool) -> Any:
        fields = Inputs(answer.text).fields
        if "/oauth/authorize" in answer.url:
            fields["answer"] = "accept" if consents else "deny"
        elif "password" in fields:
            fields["password"] = PASSWORD
        else:
            fields["login"] = name
        return browser.post(answer.url, data=fields, timeout=SECONDS, allow_redirects=False)


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(unescape(url)).query))
