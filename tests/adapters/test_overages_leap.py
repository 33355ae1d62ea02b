"""Overage where Stripe's clock leaps: billed to the cent, each part in a process or thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import requests
from werkzeug.serving import make_server

from adapters.local_stripe.server import Quiet
from domain.tree import TreeStatus
from scripts.ports import free_port
from scripts.wiring import Wiring, now
from scripts.worker import work
from tests.adapters.billed import checkout, fill
from tests.adapters.local_stripe.bright_signal import SECRET
from tests.adapters.local_stripe.test_server import pay, running
from tests.house import House, settings_of
from tests.waiting import until

ENDS_SECONDS_MAX = 20
LEAP_SECONDS_MAX = 90


class HouseInTown(House):
    """The web and the worker in threads of their own, the local Stripe in its process, and time as it is."""

    def __init__(self, database: str, data: Path, url: str, stripe_url: str) -> None:
        settings = settings_of(database, data)
        self.clock = now  # type: ignore[assignment]
        self.wiring = Wiring(
            replace(settings, url=url, stripe_url=stripe_url, stripe_webhook_secret=SECRET), clock=now
        )
        self.services = self.wiring.services
        self.agency = self.wiring.agency
        self.database = self.wiring.database
        self.stripe_url = stripe_url

    def leap(self, days: int) -> requests.Response:
        seconds = timedelta(days=days).total_seconds()
        return requests.post(
            f"{self.stripe_url}/_local/advance", json={"seconds": int(seconds)}, timeout=LEAP_SECONDS_MAX
        )

    def totals(self, tree_id: UUID) -> list[tuple[str, int]]:
        """Of the invoices, the oldest first."""
        subscription_id = self.agency.tree(tree_id).subscription_id
        assert subscription_id is not None
        found = self.wiring.gateway.invoices(subscription_id)
        return [(invoice.status, invoice.total_cents) for invoice in reversed(found)]


@pytest.fixture
def town(house: House, tmp_path: Path) -> Iterator[HouseInTown]:
    """On the database of a house in which nothing happened yet."""
    port, stop = free_port(), threading.Event()
    url = f"http://127.0.0.1:{port}"
    with running(tmp_path / "stripe", f"{url}/webhooks/stripe") as (stripe_url, _):
        town = HouseInTown(house.wiring.settings.database, tmp_path, url, stripe_url)
        worker = threading.Thread(target=work, args=(town.wiring, stop), daemon=True)
        worker.start()
        with served(town, port):
            yield town
            stop.set()
            worker.join(ENDS_SECONDS_MAX)
        assert not worker.is_alive()
        town.agency.close()
        town.wiring.metering.close()
        town.database.close()


@contextmanager
def served(town: HouseInTown, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, town.app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(ENDS_SECONDS_MAX)
        server.server_close()


def paid_agency(town: HouseInTown) -> UUID:
    ana = town.person("Ana")
    because = town.because(f"person:{ana}")
    tree_id = town.agency.choose_plan(town.workspace(ana), ana, "agency", uuid4(), because=because).id
    pay(town.stripe_url, checkout(town, tree_id, ana).rpartition("/")[2])
    until(lambda: town.agency.tree(tree_id).status is TreeStatus.ACTIVE, seconds=30)
    return tree_id


def test_a_leap_over_two_cycles_bills_the_overage_of_each_to_the_cent(town: HouseInTown) -> None:
    tree_id = paid_agency(town)
    anchor_id = town.agency.tree(tree_id).anchor_id
    fill(town, anchor_id, 27_000)

    first = town.leap(days=70)
    ahead = town.agency.tree(tree_id).cycle_started_at
    fill(town, anchor_id, 26_000)
    second = town.leap(days=35)

    assert (first.status_code, second.status_code) == (200, 200)
    assert ahead is not None
    assert ahead > now()
    assert town.totals(tree_id) == [
        ("paid", 24_900),
        ("paid", 24_900 + 1_000),
        ("paid", 24_900),
        ("paid", 24_900 + 500),
    ]
    assert town.wiring.health()["why"] == []
