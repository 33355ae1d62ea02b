"""What one request reads: one snapshot of the database, at one instant, and the rows of those it named."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g

from web import signed_in
from web.services import services


def db() -> Any:
    """The snapshot that this request reads: every query of it sees the same instant, and only rows of the
    person who asks and of those to whom a gate has let them in."""
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
        here = signed_in.session_or_none(now())
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


def now() -> datetime:
    """The instant of this request: all that it answers and records is of the same moment."""
    if "now" not in g:
        g.now = services().clock()
    found: datetime = g.now
    return found


def end_reading(_: BaseException | None) -> None:
    g.pop("db", None)
    g.pop("places", None)
    if reading := g.pop("reading", None):
        reading.__exit__(None, None, None)
