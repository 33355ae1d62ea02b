"""What one request reads: one snapshot of the database, at one instant, and the rows of those it named."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g

from domain.moments import Moment
from web import signed_in
from web.services import services


def db() -> Any:
    """The snapshot that this request reads: every query of it sees the same instant, and only rows of the
    person who asks and of those to whom a gate has let them in. Of one that looks back it is the screens as
    of its moment, and nothing else of the past."""
    moment = looking_back()
    if moment is None:
        return live()
    if "past" not in g:
        g.reading_past = services().reading_past(moment, person=person_or_none(), tenants=g.tenants)
        g.past = g.reading_past.__enter__()
    return g.past


def live() -> Any:
    """The present, also for a request that looks back: whom to let in is never asked of the past."""
    if "reading" not in g:
        g.reading = services().reading(
            person=person_or_none(), tenants=g.get("tenants", ()), everybody=g.get("everybody", False)
        )
        g.db = g.reading.__enter__()
    return g.db


def read_of(*tenants: UUID) -> None:
    """From here on this request reads the rows of these, too."""
    named = g.get("tenants", frozenset()) | set(tenants)
    if named != g.get("tenants"):
        g.tenants = named
        if "reading" in g:
            services().naming(g.db, tenants=named)
        end_past()


def read_as(person_id: UUID) -> None:
    """In this snapshot, what is theirs: of somebody who is known, and not signed in yet."""
    services().naming(db(), person=person_id)


def read_by(known: str) -> None:
    """In this snapshot, what is found by something that the one who asks has brought along."""
    services().naming(db(), secret=hashlib.sha256(known.encode()).digest())


def read_everybody() -> None:
    """What stands still, of whichever tenant."""
    g.everybody = True
    read_again()


def person_or_none() -> UUID | None:
    """Who is signed in."""
    if "person_id" not in g:
        here = signed_in.session_or_none(present())
        g.person_id = here.person_id if here else None
    found: UUID | None = g.person_id
    return found


def read_again() -> None:
    """End the snapshot, so that the next query sees what a command of this request recorded."""
    end_reading(None)


def followed() -> None:
    """Wait until the screens show what was just recorded, without holding what was read before."""
    read_again()
    services().followed()


def ask_stripe() -> Any:
    """Billing, which leaves the house: a snapshot held meanwhile would make a rebuild wait for Stripe."""
    read_again()
    return services().billing


def look_back(moment: Moment) -> None:
    """From here on this request shows the screens as of a moment."""
    g.looking_back = moment


def looking_back() -> Moment | None:
    """As of when this request shows the screens; None of the present."""
    found: Moment | None = g.get("looking_back")
    return found


def look_no_further() -> None:
    """There is nothing to show of that moment, so what is said about it is of the present."""
    g.pop("looking_back", None)
    end_past()


def now() -> datetime:
    """The instant of what this request shows: of the request itself, or the one it looks back to."""
    moment = looking_back()
    return moment.at if moment is not None else present()


def present() -> datetime:
    """The instant of this request: all that it answers and records is of the same moment."""
    if "now" not in g:
        g.now = services().clock()
    found: datetime = g.now
    return found


def end_past() -> None:
    """The tables of the past go with the reading; who asks again gets them again."""
    g.pop("past", None)
    if reading := g.pop("reading_past", None):
        reading.__exit__(None, None, None)


def end_reading(_: BaseException | None) -> None:
    end_past()
    g.pop("db", None)
    g.pop("places", None)
    if reading := g.pop("reading", None):
        reading.__exit__(None, None, None)
