"""Each place for a text, and each payload in it: sent as a browser or a program would send it."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import quote_from_bytes, urlencode, urlsplit

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.proofs.isolation.asking import Asking, body_of
from tests.proofs.isolation.cast import PLACES
from tests.proofs.isolation.forms import FORMS
from tests.proofs.isolation.ground import Ground
from tests.proofs.isolation.matrix import Matrix, admits
from tests.proofs.isolation.payloads import GAVE_WAY, MARKUP, PAYLOADS, as_bytes, as_text
from tests.proofs.isolation.sent import QUERY
from tests.proofs.isolation.table import GATES
from tests.proofs.isolation.targets import filled, kinds_of, path_of
from tests.web.api.asking import EVENT
from tests.web.pages.scene import TOKEN

LONG = os.environ.get("HEARTWOOD_LONG") == "1"
EACH = 1 if LONG else 6  # of the payloads each route tries every so many'th, and others the next
OF_QUERY = 1 if LONG else 24  # there are many names, and most are read by few routes
FREE = {"name", "workspace", "reason", "email", "next"}  # fields that take any text
PLACES_OF_OURS = {"", "localhost", "stripe.localhost"}
HEADERS = {
    *("HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_ACCEPT_LANGUAGE", "HTTP_X_FORWARDED_FOR", "HTTP_COOKIE"),
    *(
        "HTTP_X_REQUEST_ID",
        "HTTP_IDEMPOTENCY_KEY",
        "HTTP_AUTHORIZATION",
        "HTTP_STRIPE_SIGNATURE",
        "HTTP_ACCEPT",
    ),
    *("HTTP_IF_NONE_MATCH", "HTTP_RANGE", "HTTP_ORIGIN", "HTTP_X_FORWARDED_PROTO", "CONTENT_TYPE"),
}
TEXTS_OF_EVENT = ("agent_id", "task_type", "outcome", "model", "occurred_at", "agent_cost", "tokens_in")


@dataclass
class Injecting:
    ground: Ground
    asking: Asking
    wrong: list[str] = field(default_factory=list)
    by_position: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.client = self.ground.house.app.test_client(use_cookies=False)
        self.number = count()

    def run(self) -> None:
        for rule, method in Matrix(self.ground, self.asking).routes():
            who, place = self._let_in(rule)
            ids = filled(self.ground, rule, place)
            if method == "POST":
                self.form(rule, who, ids)
            else:
                self.query(rule, who, ids)
            self.path(rule, method, who, ids)
        self.headers()
        self.bodies()

    def _let_in(self, rule: Rule) -> tuple[str, str]:
        """Somebody who gets as far as the text is read."""
        whos = ("ana", "hana", "eve", "sam", "dora")
        pairs = [(who, place) for who in whos for place in ("anchor", "child", *PLACES)]
        return next((one for one in pairs if admits(GATES[rule.endpoint], *one)), ("ana", "anchor"))

    # Positions.

    def form(self, rule: Rule, who: str, ids: dict[str, str]) -> None:
        for number, name in enumerate((*FORMS[rule.endpoint], "request_id", "form_token")):
            for payload in PAYLOADS if name in FREE else PAYLOADS[number % EACH :: EACH]:
                fields: dict[str, Any] = {"form_token": TOKEN, **FORMS[rule.endpoint]}
                if "email" in fields and rule.endpoint != "pages.do_erase_me":
                    fields["email"] = f"new-{next(self.number)}@example.com"
                self.ground.house.clock.advance(seconds=20)
                body = urlencode(fields | {name: as_bytes(payload)})
                headers = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
                answer = self.send("form", "POST", path_of(rule, ids), who, payload, headers, body=body)
                location = answer.headers.get("Location", "")
                if answer.status_code == 303 and payload in MARKUP and "/w/" in location:
                    self.send("shown", "GET", urlsplit(location).path, who, payload)

    def query(self, rule: Rule, who: str, ids: dict[str, str]) -> None:
        for number, name in enumerate(QUERY):
            for payload in PAYLOADS[number % OF_QUERY :: OF_QUERY]:
                query = urlencode({name: as_bytes(payload)})
                self.send("query", "GET", path_of(rule, ids), who, payload, query=query)

    def path(self, rule: Rule, method: str, who: str, ids: dict[str, str]) -> None:
        for number, name in enumerate(kinds_of(rule)):
            for payload in PAYLOADS[number % EACH :: EACH]:
                text = quote_from_bytes(as_bytes(payload)[:2_000], safe="")
                path = path_of(rule, ids | {name: text})
                self.send("path", method, path, who, payload, body=f"form_token={TOKEN}")

    def headers(self) -> None:
        pages = ("/sign-in", f"/w/{self.ground.places['anchor']}/", "/api/v1/workspace", "/nothing")
        for number, name in enumerate(sorted(HEADERS)):
            for path in pages:
                for payload in PAYLOADS[number % EACH :: EACH]:
                    text = as_bytes(payload)[:8_000].decode("latin-1")
                    self.send("header", "GET", path, "ana", payload, {name: text})
            for payload in PAYLOADS:
                text = as_bytes(payload)[:8_000].decode("latin-1")
                self.send("header", "POST", "/webhooks/stripe", "ana", payload, {name: text}, body="{}")

    def bodies(self) -> None:
        for payload in PAYLOADS:
            for event in self._events(as_text(payload)):
                self._track("/api/v1/track", event, payload)
                self._track("/api/v1/track/batch", {"events": [event]}, payload)
            for name in ("from", "to", "group_by", "cycle", as_text(payload)[:200]):
                query = urlencode({name.encode("utf-8", "replace"): as_bytes(payload)[:8_000]})
                for route in ("usage", "tree/usage"):
                    self.send("body", "GET", f"/api/v1/{route}", None, payload, self._key(), query=query)

    def _events(self, text: str) -> Iterator[dict[str, Any]]:
        for name in TEXTS_OF_EVENT:
            yield EVENT | {name: text}
        yield EVENT | {"metadata": {"note": text, "deep": [{"text": text}]}}
        yield EVENT | {"metadata": {text: 1}}
        yield EVENT | {"audit_sample": {"input_excerpt": text, "output_excerpt": text}}
        yield EVENT | {text: 1}

    def _track(self, path: str, body: dict[str, Any], payload: str | bytes) -> None:
        headers = self._key() | {"CONTENT_TYPE": "application/json"}
        self.send("body", "POST", path, None, payload, headers, body=json.dumps(body))

    def _key(self) -> dict[str, str]:
        """A later instant each time, since a key may ask so often in a second only."""
        self.ground.house.clock.advance(milliseconds=10)
        return {"HTTP_AUTHORIZATION": f"Bearer {self.ground.keys['anchor']}"}

    # Sending, and what may not come of it.

    def send(
        self,
        position: str,
        method: str,
        path: str,
        who: str | None,
        payload: str | bytes,
        headers: dict[str, str] | None = None,
        *,
        query: str = "",
        body: str = "",
    ) -> TestResponse:
        environ = {"HTTP_COOKIE": self.asking.cookies[who]} if who else {}
        answer = self.client.open(
            path, method=method, query_string=query, data=body, environ_overrides=environ | (headers or {})
        )
        self.by_position[position] += 1
        self.statuses[answer.status_code] += 1
        if path == "/healthz":
            return answer  # says that the jobs stand still, since the clock runs and no worker does
        for what in why_not(answer, payload):
            self.wrong.append(
                f"{what}: {method} {path[:200]} {position} {query[:200]} {body[:300]} {headers}"
            )
        return answer


def why_not(answer: TestResponse, payload: str | bytes) -> Iterator[str]:
    """What shows that a payload was more than a text."""
    if answer.status_code >= 500:
        yield f"{answer.status_code}"
    if "X-Injected" in answer.headers or "Bcc" in answer.headers:
        yield "a header was injected"
    location = answer.headers.get("Location", "")
    if urlsplit(location.replace("\\", "/")).hostname not in {*PLACES_OF_OURS, None}:
        yield f"led away to {location[:80]}"
    body = body_of(answer)
    for words in GAVE_WAY:
        if words in body and answer.mimetype == "text/html":
            yield f"the page says {words!r}"
    if payload in MARKUP and answer.mimetype == "text/html" and "&lt;" not in str(payload):
        text = str(payload)
        if text in body and any(one in text for one in "<>\"'"):
            yield "the page holds it as it was sent"
