"""What the address of a timeline asks for: which facts, from when to when, and which page of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NoReturn
from uuid import UUID

from flask import abort, request

from projections.timeline import Place, TimelineFilter

TEXT_MAX = 120
POSITION_MAX = 2**62
WITHIN = ("name", "actor", "workspace", "story", "since", "until")
PLACE = re.compile(r"([0-9]{1,20})(?:\.([0-9]{1,20}))?")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The filter, and the fact before which the page begins; `given` is what the form shows again."""

    which: TimelineFilter
    before: Place | None
    given: dict[str, str]


def asked(*, without: frozenset[str] = frozenset()) -> Asked:
    """Read the address; what it has no business to ask is an error, not ignored."""
    given = {
        name: request.args[name].strip() for name in sorted(WITHIN) if request.args.get(name, "").strip()
    }
    for name, text in given.items():
        if name in without:
            _no(f"This timeline cannot be filtered by {name}.")
        if len(text) > TEXT_MAX:
            _no(f"The filter {name} is longer than {TEXT_MAX} characters.")
        if not text.isprintable():
            _no(f"The filter {name} holds characters that no name has.")
    which = TimelineFilter(
        name=given.get("name"),
        actor=given.get("actor"),
        workspace_id=_workspace(given.get("workspace")),
        story=given.get("story"),
        since=_instant(given.get("since")),
        until=_instant(given.get("until"), day_after=True),
    )
    return Asked(which=which, before=_place(request.args.get("before")), given=given)


def _workspace(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        _no("The filter workspace is no id of a workspace.")


def _instant(text: str | None, *, day_after: bool = False) -> datetime | None:
    """An instant, or a day in UTC: its beginning, or with `day_after` its end."""
    if not text:
        return None
    try:
        if DAY.fullmatch(text):
            day = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
            return day + timedelta(days=1) if day_after else day
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        _no("Give since and until as a day such as 2026-11-21, or as an instant such as 2026-11-21T14:05Z.")


def _place(text: str | None) -> Place | None:
    """A position, and behind a point the one in the other log."""
    if not text:
        return None
    found = PLACE.fullmatch(text)
    position, behind = (int(found[1]), int(found[2] or 0)) if found else (0, 0)
    if not 0 < position <= POSITION_MAX or behind > POSITION_MAX:
        _no("The page before which to begin is no position of a fact.")
    return position, behind


def address_of(place: Place) -> str:
    return f"{place[0]}.{place[1]}" if place[1] else f"{place[0]}"


def _no(message: str) -> NoReturn:
    abort(400, message)
