"""What an address narrows a list to, filter by filter; what it has no business to ask is an error."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from flask import abort

from domain.instants import instant_in

Given = Mapping[str, str]
NO_DAY = "Give since and until as a day such as 2026-11-21, or as an instant such as 2026-11-21T14:05Z."


def id_in(given: Given, name: str, what: str) -> UUID | None:
    try:
        return UUID(given[name]) if name in given else None
    except ValueError:
        bad_request(f"The filter {name} is no id of {what}.")


def one_of(given: Given, name: str, choices: Collection[str]) -> str | None:
    if name in given and given[name] not in choices:
        bad_request(f"The filter {name} is one of {', '.join(choices)}.")
    return given.get(name)


def since_in(given: Given) -> datetime | None:
    return _instant(given.get("since"))


def until_in(given: Given) -> datetime | None:
    """A day counts as a whole."""
    return _instant(given.get("until"), day_after=True)


def bad_request(message: str) -> NoReturn:
    abort(400, message)


def _instant(text: str | None, *, day_after: bool = False) -> datetime | None:
    try:
        return instant_in(text, day_after=day_after) if text else None
    except ValueError:
        bad_request(NO_DAY)
