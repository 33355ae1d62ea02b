"""The parameters of an address of the API: each read, or a 422 that says what to write instead."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from uuid import UUID

from flask import request

from web.errors import ApiError

INSTANT_LENGTH_MAX = 40
INSTANT_HINT = "Write 2026-03-01T00:00:00Z, or with an offset; a + in an address is %2B."

Given = Mapping[str, str]


def parameters(*known: str) -> dict[str, str]:
    """Each at most once, and no other: a misspelled one would silently mean the default."""
    for name, values in request.args.lists():
        if name not in known:
            hint = f"There are {', '.join(known)}." if len(known) > 1 else f"There is {known[0]}."
            raise invalid(name, "The address has a parameter that is not known here.", hint)
        if len(values) > 1:
            raise invalid(name, f"`{name}` is given more than once.", "Give it once.")
    return request.args.to_dict()


def instant_in(given: Given, name: str) -> datetime | None:
    return instant_of(name, given[name]) if name in given else None


def instant_of(field: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text[: INSTANT_LENGTH_MAX + 1])
        if found.tzinfo is None or len(text) > INSTANT_LENGTH_MAX:
            raise ValueError
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise invalid(field, f"`{field}` is no instant with an offset.", INSTANT_HINT) from None


def id_in(given: Given, name: str, what: str, hint: str) -> UUID | None:
    try:
        return UUID(given[name]) if name in given else None
    except ValueError:
        raise invalid(name, f"`{name}` is no id of {what}.", hint) from None


def one_of(given: Given, name: str, choices: Collection[str], hint: str) -> str | None:
    if name in given and given[name] not in choices:
        raise invalid(name, f"`{name}` is one of {', '.join(choices)}.", hint)
    return given.get(name)


def invalid(field: str | None, message: str, hint: str) -> ApiError:
    return ApiError(422, "validation_error", message, hint, field)
