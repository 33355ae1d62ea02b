"""A moment of the past: up to which fact of each log, and what the clock showed then."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

PLACE = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,18}))?")


class NoSuchMoment(Exception):
    """It has not come yet, or nothing had happened by then. The message says which."""


class NotTold(Exception):
    """The past cannot be shown, and the message says why."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Right after a fact of the agency log, and after a fact of the log of usage.

    Two numbers, because nothing in the logs puts all facts of both in one order: tracking never waits for
    the agency log, so a count does not say which fact of that it came behind.
    """

    position: int  # the last fact of the agency log that had happened
    counted: int  # and the last one of the log of usage
    at: datetime  # for whatever depends on the clock: which cycle runs, which invitation has expired

    @property
    def place(self) -> tuple[int, int]:
        return self.position, self.counted

    def lies_before(self, other: Moment) -> bool:
        """In one of the logs at least."""
        return self.position < other.position or self.counted < other.counted


def place_in(text: str) -> tuple[int, int | None] | None:
    """A position of the agency log, and behind a point one of the log of usage; None if it is no place."""
    found = PLACE.fullmatch(text)
    return (int(found[1]), None if found[2] is None else int(found[2])) if found else None
