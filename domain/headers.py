"""Headers that an action sends: are they ones that a server gets from us, and which of them were kept?"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from domain.action import HEADER_NAME_MAX, HEADER_VALUE_MAX, HEADERS_MAX

Header = tuple[str, str]
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
# What whoever sends a request says of it themselves.
OWN = frozenset({"host", "content-length", "connection", "transfer-encoding", "upgrade", "te", "trailer"})


class NoHeader(ValueError):
    """What was written is no header that we send; the words say why, and never what the value was."""


def headers_in(text: str, kept: Sequence[Header] = ()) -> list[Header]:
    """One on each line, as `Name: value`; a name alone keeps the value that it had."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return headers_of([_split(line) for line in lines], kept)


def headers_of(pairs: Sequence[Header], kept: Sequence[Header] = ()) -> list[Header]:
    if len(pairs) > HEADERS_MAX:
        raise NoHeader(f"An action sends at most {HEADERS_MAX} headers.")
    before = {name.lower(): value for name, value in kept}
    found: dict[str, Header] = {}
    for name, value in pairs:
        if name.lower() in found:
            raise NoHeader(f"The header {name} is there twice.")
        found[name.lower()] = _checked(name, value or before.get(name.lower(), ""))
    return list(found.values())


def sealed(headers: Sequence[Header]) -> str:
    """As the vault keeps them."""
    return json.dumps([list(one) for one in headers])


def opened(text: str) -> list[Header]:
    """Nothing where they were destroyed."""
    try:
        return [(name, value) for name, value in json.loads(text)]
    except ValueError:
        return []


def _split(line: str) -> Header:
    name, _, value = line.partition(":")
    return name.strip(), value.strip()


def _checked(name: str, value: str) -> Header:
    if not TOKEN.fullmatch(name) or len(name) > HEADER_NAME_MAX:
        raise NoHeader("Write each header on a line of its own, such as Authorization: Bearer abc.")
    if name.lower() in OWN:
        raise NoHeader(f"The header {name} is said by who sends the request.")
    if not value:
        raise NoHeader(f"The header {name} has no value.")
    if len(value) > HEADER_VALUE_MAX or not VALUE.fullmatch(value):
        most = f"{HEADER_VALUE_MAX:,} plain characters"
        raise NoHeader(f"The value of the header {name} is not one line of at most {most}.")
    return name, value
