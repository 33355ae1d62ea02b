"""What one request reads: one snapshot of the database, at one instant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g

from web.services import services


def db() -> Any:
    """The snapshot that this request reads: every query of it sees the same instant."""
    if "reading" not in g:
        g.reading = services().reading()
        g.db = g.reading.__enter__()
    return g.db


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
