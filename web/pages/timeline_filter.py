"""What the address of a timeline asks for: which facts, from when to when, and which page of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from domain.moments import place_in
from projections.timeline import Place, TimelineFilter
from web.pages.narrowing import bad_request, id_in, since_in, until_in

TEXT_MAX = 120
WITHIN = ("name", "actor", "workspace", "person", "story", "text", "since", "until")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The filter, and the fact below or above which the page begins; `given` is what the form shows again.

    `alone` is asked by a program of ours in the browser: what is new of a page that it has already.
    """

    which: TimelineFilter
    text: str
    before: Place | None
    after: Place | None
    alone: bool
    given: dict[str, str]

    @property
    def at_newest(self) -> bool:
        return self.before is None and self.after is None

    @property
    def begins(self) -> dict[str, str]:
        """The page once more, as it goes into an address."""
        if self.before:
            return {"before": address_of(self.before)}
        return {"after": address_of(self.after)} if self.after else {}


def asked(*, without: frozenset[str] = frozenset()) -> Asked:
    """Read the address; what it has no business to ask is an error, not ignored."""
    before, after = _place("before"), _place("after")
    if before and after:
        bad_request("Give the position before which to begin, or the one after which, not both.")
    if (part := request.args.get("part", "")) not in ("", "alone"):
        bad_request("There is no such part of a page of the timeline.")
    which, given = filter_of(request.args, without=without)
    return Asked(
        which=which,
        text=given.get("text", ""),
        before=before,
        after=after,
        alone=bool(part),
        given=given,
    )


def filter_of(
    args: Mapping[str, str], *, without: frozenset[str] = frozenset()
) -> tuple[TimelineFilter, dict[str, str]]:
    """The filter, but for its words, which mean something only where it is known whose timeline it is."""
    given = {name: args[name].strip() for name in WITHIN if args.get(name, "").strip()}
    for name, text in given.items():
        if name in without:
            bad_request(f"This timeline cannot be filtered by {name}.")
        if len(text) > TEXT_MAX:
            bad_request(f"The filter {name} is longer than {TEXT_MAX} characters.")
        if not text.isprintable():
            bad_request(f"The filter {name} holds characters that no name has.")
    which = TimelineFilter(
        name=given.get("name"),
        actor=given.get("actor"),
        workspace_id=id_in(given, "workspace", "a workspace"),
        person_id=id_in(given, "person", "a person"),
        story=given.get("story"),
        since=since_in(given),
        until=until_in(given),
    )
    return which, given


def place_of(text: str) -> Place | None:
    """A position, and behind a point the one in the other log."""
    position, behind = place_in(text) or (0, None)
    return (position, behind or 0) if position > 0 else None


def _place(name: str) -> Place | None:
    text = request.args.get(name)
    if not text:
        return None
    if name == "after" and text == "0":
        return 0, 0  # of a page on which nothing is yet
    return place_of(text) or bad_request(f"The page {name} which to begin is no position of a fact.")


def address_of(place: Place) -> str:
    return f"{place[0]}.{place[1]}" if place[1] else f"{place[0]}"


def mark_of(place: Place) -> str:
    """What the row of a fact is called on its page."""
    return f"p{address_of(place).replace('.', '-')}"
