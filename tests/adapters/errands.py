"""Errands of the tests: facts that ask for one, and what may become of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from adapters.postgres.outbox import Entry
from adapters.stripe.errors import StripeAway
from domain.billing import NoticeSeen
from tests.house import House

SECOND = timedelta(seconds=1)
ERRAND = "act_on_notice"


class Stumble(Exception):
    """What goes wrong in an errand of these tests."""


class PulledPlug(BaseException):
    """The worker is gone in the middle of something."""


def seen(house: House, number: int = 1, body_sha256: str = "0" * 64) -> NoticeSeen:
    return NoticeSeen(
        notice_id=f"evt_{number}",
        type="customer.updated",
        object_type="customer",
        object_id="cus_1",
        customer_id="cus_1",
        subscription_id=None,
        tree_id=None,
        stripe_created_at=house.clock(),
        api_version=None,
        livemode=False,
        body_sha256=body_sha256,
    )


def notice(house: House, number: int = 1) -> None:
    """A fact that asks for an errand."""
    house.agency.receive_notice(seen(house, number), because=house.because("stripe"))


def entries(house: House) -> list[dict[str, Any]]:
    with house.database.connection() as db:
        return list(db.execute("SELECT * FROM outbox ORDER BY entry_id"))


def deliver(house: House, errand: Any, at: datetime | None = None) -> bool:
    clock = house.clock if at is None else lambda: at
    return house.wiring.outbox.deliver_one(house.database, {ERRAND: errand}, clock)


def stumble(entry: Entry) -> None:
    raise Stumble("the world " + "x" * 1_000)


def find_stripe_away(entry: Entry) -> None:
    raise StripeAway("no answer")


def pull_the_plug(entry: Entry) -> None:
    raise PulledPlug


def nothing(entry: Entry) -> None:
    """Done at once."""
