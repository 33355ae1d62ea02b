"""A person at a browser: reads pages, presses the buttons that are on them, goes where that leads."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient

REDIRECTS_MAX = 10


@dataclass
class Form:
    """A form as it stands on a page: where it goes, what it holds, which buttons it has."""

    action: str
    method: str
    fields: dict[str, Any] = field(default_factory=dict)  # a list where one may choose several
    asked: set[str] = field(default_factory=set)  # fields that a person fills in or chooses
    buttons: dict[str, dict[str, str]] = field(default_factory=dict)  # by what is written on them


class Reader(HTMLParser):
    """The text, the forms and the links of a page."""

    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.url = url
        self.words: list[str] = []
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.codes: list[str] = []  # of refusals and warnings
        self._form: Form | None = None
        self._inside: tuple[str, dict[str, str], list[str]] | None = None  # a button or a link
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "data-code" in given:
            self.codes.append(given["data-code"])
        if tag == "form":
            self._form = Form(
                action=urljoin(self.url, given.get("action", "")), method=given.get("method", "get").upper()
            )
            self.forms.append(self._form)
        elif tag in ("button", "a"):
            self._inside = (tag, given, [])
        elif self._form is not None:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        name = given.get("name", "")
        if tag == "select":
            self._form.asked.add(name)
        elif tag == "input" and given.get("type") == "radio":
            self._form.asked.add(name)
            if "checked" in given:
                self._form.fields[name] = given["value"]
        elif tag == "input" and given.get("type") == "checkbox":
            self._form.asked.add(name)
            if "checked" in given:
                self._form.fields.setdefault(name, []).append(given["value"])
        elif tag in ("input", "textarea") and name:
            self._form.fields[name] = given.get("value", "")
            if given.get("type") != "hidden":
                self._form.asked.add(name)

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._inside is not None:
            self._inside[2].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif self._inside is not None and self._inside[0] == tag:
            _, given, words = self._inside
            self._inside = None
            label = " ".join(" ".join(words).split())
            if tag == "a":
                self.links[label] = urljoin(self.url, given.get("href", ""))
            elif self._form is not None:
                self._form.buttons[label] = {given["name"]: given["value"]} if "name" in given else {}


class Page(Reader):
    """A page, with the status it came with."""

    def __init__(self, url: str, status: int, html: str) -> None:
        super().__init__(url, html)
        self.status = status
        self.html = html

    def form_with(self, button: str) -> Form:
        found = [form for form in self.forms if button in form.buttons]
        assert len(found) == 1, f"{len(found)} forms with {button!r} on {self.url}: {self.text[:300]}"
        return found[0]


class Browser:
    """Knows the sites by their host, and keeps a jar of cookies for each."""

    def __init__(self, **sites: Flask) -> None:
        self.sites: dict[str, FlaskClient] = {
            host.replace("_", "."): site.test_client() for host, site in sites.items()
        }
        self.page = Page("http://localhost/", 0, "")

    def open(self, url: str) -> Page:
        """Where an address leads, over all redirects."""
        return self._go(urljoin(self.page.url, url), "GET", {})

    def follow(self, link: str) -> Page:
        return self.open(self.page.links[link])

    def press(self, button: str, *, page: Page | None = None, **filled: Any) -> Page:
        """Fill in the form that has this button, and send it; `page` may be one that was left open."""
        form = (page or self.page).form_with(button)
        assert set(filled) <= form.asked, f"there is no field {set(filled) - form.asked} in the form"
        return self._go(form.action, form.method, form.fields | filled | form.buttons[button])

    def _go(self, url: str, method: str, fields: dict[str, Any]) -> Page:
        for _ in range(REDIRECTS_MAX):
            to = urlsplit(url)
            client = self.sites[to.hostname or ""]
            answer = client.open(
                f"{to.path}?{to.query}" if to.query else to.path,
                base_url=f"{to.scheme}://{to.netloc}",
                method=method,
                data=fields if method == "POST" else None,
            )
            if answer.status_code not in (301, 302, 303, 307, 308):
                self.page = Page(url, answer.status_code, answer.get_data(as_text=True))
                return self.page
            url, method = urljoin(url, answer.headers["Location"]), "GET"
        raise AssertionError(f"redirected for ever, at last to {url}")
