"""Who asks, and what they are told, without that which must differ from one request to another."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote
from uuid import uuid4

from werkzeug.test import TestResponse

from adapters.sessions import IDLE_MAX, SESSION_LIFE
from tests.proofs.isolation.canaries import canaries_in
from tests.proofs.isolation.cast import PEOPLE
from tests.proofs.isolation.ground import Ground
from tests.web.pages.scene import TOKEN
from web.access import COOKIE, FORM_TOKEN

# A form names the request that it will be, anew each time that it is shown; an event has its own id.
NAMED_ANEW = re.compile(r'name="request_id" value="[^"]*"|"(?:event_id|received_at)":"[^"]*"')
COMPARED = ("Location", "Content-Type", "Allow", "Content-Disposition", "WWW-Authenticate", "Retry-After")
SENT = "(what was sent)"

# Those who are nobody here: without a session, with one that is over, with one that never was.
NOBODY = ("signed out", "expired", "idle", "ended", "forged", "malformed")
EVERYBODY = (*PEOPLE, *NOBODY)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request; `ids` are those sent in it that the answer may tell again."""

    method: str
    path: str
    ids: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] | None = None  # of a form
    json: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What an answer says, as far as two of them may be compared."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def __str__(self) -> str:
        return f"{self.status} {dict(self.headers)} {self.body[:300]}"


@dataclass
class Asking:
    """Asks as anybody; counts, and remembers every word that was told."""

    ground: Ground
    probes: int = 0
    statuses: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client = self.ground.house.app.test_client(use_cookies=False)

    @cached_property
    def cookies(self) -> dict[str, str]:
        """Each browser's; none is changed by what it is answered, so the order of probes says nothing."""
        ground, at = self.ground, self.ground.house.clock()
        sessions = ground.house.services.sessions
        tokens = {who: sessions.begin(person_id, at) for who, person_id in ground.people.items()}
        tokens["ended"] = sessions.begin(ground.people["ana"], at)
        sessions.end(tokens["ended"])
        # Last of all, because whoever begins a session clears away those that are over.
        tokens["expired"] = sessions.begin(ground.people["ana"], at - SESSION_LIFE)
        tokens["idle"] = sessions.begin(ground.people["adam"], at - IDLE_MAX)
        tokens |= {"signed out": "", "forged": "x" * 43, "malformed": '%00"; ñ'}
        return {who: f"{COOKIE}={tokens[who]}; {self._of_forms}" for who in EVERYBODY}

    @cached_property
    def sessions(self) -> dict[str, str]:
        """The id of a session of each, as their account page lists it."""
        ground = self.ground
        assert self.cookies
        return {
            who: str(found[0].session_id)
            for who, person_id in ground.people.items()
            if (found := ground.house.services.sessions.of_person(person_id, ground.house.clock()))
        }

    @cached_property
    def _of_forms(self) -> str:
        client = self.ground.house.app.test_client()
        with client.session_transaction() as session:
            session[FORM_TOKEN] = TOKEN
        found = client.get_cookie("heartwood_form")
        assert found is not None
        return f"heartwood_form={found.value}"

    def ask(self, who: str, asked: Asked) -> tuple[Told, set[str]]:
        """As a person at a browser: what they are told, and the canaries in it."""
        fields = None if asked.fields is None else {FORM_TOKEN: TOKEN, **asked.fields}
        return self._send(asked, {"Cookie": self.cookies[who]}, fields)

    def ask_with_key(self, key: str | None, asked: Asked) -> tuple[Told, set[str]]:
        """As a program; a later instant each time, since a key may ask so often in a second only."""
        self.ground.house.clock.advance(milliseconds=10)
        headers = {} if key is None else {"Authorization": key}
        return self._send(asked, headers, None)

    def _send(
        self, asked: Asked, headers: dict[str, str], fields: Mapping[str, str] | None
    ) -> tuple[Told, set[str]]:
        self.probes += 1
        sent: dict[str, object] = {"json": asked.json} if asked.json is not None else {"data": fields}
        answer = self.client.open(
            asked.path,
            method=asked.method,
            query_string=dict(asked.query) or None,
            headers={**headers, **asked.headers},
            **sent,  # type: ignore[arg-type]
        )
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        body = body_of(answer)
        said = str(body).replace(self.ground.house.clock().isoformat(), "just now")
        told = Told(
            status=answer.status_code,
            headers=tuple(
                (name, without(answer.headers[name], asked.ids))
                for name in COMPARED
                if name in answer.headers
            )
            + tuple(("Set-Cookie", one.partition("=")[0]) for one in answer.headers.getlist("Set-Cookie")),
            body=NAMED_ANEW.sub("", without(said, asked.ids)),
        )
        everything = f"{answer.headers} {body}"
        return told, canaries_in(everything) - canaries_in(" ".join(sent_in(asked)))


def body_of(answer: TestResponse) -> str:
    """What can be read in an answer; of a zip, what is in it."""
    if answer.mimetype == "application/zip":
        with zipfile.ZipFile(io.BytesIO(answer.get_data())) as found:
            return "\n".join(found.read(name).decode() for name in found.namelist())
    return str(answer.get_data(as_text=answer.mimetype != "application/pdf"))


def sent_in(asked: Asked) -> Iterable[str]:
    """Every text of a request."""
    yield asked.path
    yield from asked.query.values()
    yield from (asked.fields or {}).values()
    yield from asked.headers.values()
    yield str(asked.json)


def without(text: str, ids: Iterable[str]) -> str:
    """An answer as it would be if other ids had been sent."""
    for one in sorted({*ids, *map(quote_all, ids)}, key=len, reverse=True):
        if one.isdigit():  # a number stands anywhere in a page; as an id it stands in an address
            text = re.sub(rf"/{one}(?![\w.-])", f"/{SENT}", text)
        elif one:
            text = text.replace(one, SENT)
    return text


def quote_all(text: str) -> str:
    return quote(text, safe="")


def never() -> str:
    """An id that never was."""
    return str(uuid4())
