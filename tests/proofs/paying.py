"""A subscription's whole life, as a person and a clock drive it while Stripe may fail at any call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from adapters.stripe.errors import StripeTryAgain
from domain.usage import Usage
from tests.adapters.billed import checkout, pay, sdk
from tests.house import House

OVER = 1_234  # events above the pool of the first plan
OVER_AT_THE_END = 567  # and above that of the last one, in the second cycle
SETTLING_ROUNDS_MAX = 40
BETWEEN_ROUNDS = timedelta(minutes=16)  # longer than any back-off while Stripe is away
INVOICE_FINAL = timedelta(hours=2)  # after the end of a cycle


class Paying:
    """One agency: buys Pro, goes above its pool, moves to Agency, wants Pro back and cancels instead, stays
    after all, changes its mind about Pro once more, goes above the next cycle's pool, and ends at once."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.ana = house.person("Ana")
        self.anchor_id = house.workspace(self.ana)
        self.tree_id = UUID(int=0)

    def live(self) -> None:
        billing = self.house.wiring.billing
        self.buy()
        self.use(10_000 + OVER)
        self.press(partial(billing.change_plan, plan="agency"))
        self.press(partial(billing.change_plan, plan="pro"))
        self.press(billing.cancel)  # while the schedule to Pro has the subscription
        self.press(billing.reactivate)
        self.press(partial(billing.change_plan, plan="pro"))
        self.press(partial(billing.change_plan, plan="agency"))
        self.renew()
        self.use(25_000 + OVER_AT_THE_END)
        self.press(billing.cancel_at_once)

    # What the person does.

    def buy(self) -> None:
        """Whoever is told that Stripe is away presses again; there is one checkout all the same."""
        because = self.because()
        tree = self.house.agency.choose_plan(self.anchor_id, self.ana, "pro", uuid4(), because=because)
        self.tree_id, url = tree.id, None
        for _ in range(SETTLING_ROUNDS_MAX):
            with suppress(StripeTryAgain):
                url = checkout(self.house, self.tree_id, self.ana)
                break
        assert url is not None, "the checkout never opened"
        paid = pay(self.house, url)
        with suppress(StripeTryAgain):  # a page that fails is no matter: the notice comes
            self.house.wiring.billing.returned(paid, self.ana, because=self.because())
        self.settle()

    def press(self, button: Callable[..., Any]) -> None:
        """Once. What was asked for is recorded, and carried out as soon as Stripe answers."""
        with suppress(StripeTryAgain):
            button(self.tree_id, self.ana, because=self.because())
        self.settle()

    def use(self, events: int) -> None:
        tree = self.house.agency.tree(self.tree_id)
        assert tree.cycle_started_at is not None
        counted = Usage.count(
            uuid4(),
            workspace_id=self.anchor_id,
            tree_id=self.tree_id,
            pool_id=self.tree_id,
            meter="events",
            quantity=events,
            cycle_started_at=tree.cycle_started_at,
            rows_sha256="0" * 64,
            because=self.because(),
        )
        self.house.wiring.metering.save(counted)
        self.house.wiring.overages.claim_all()
        self.settle()

    # What the clock does.

    def renew(self) -> None:
        """The next cycle, and its invoice is final."""
        cycle_ends_at = self.house.agency.tree(self.tree_id).cycle_ends_at
        assert cycle_ends_at is not None
        for at in (cycle_ends_at, cycle_ends_at + INVOICE_FINAL):
            self.house.clock.at = max(at, self.house.clock.at)
            self.house.stripe.advance(self.house.clock.at)
            self.settle()

    def settle(self) -> None:
        """Until nobody waits for anything; it must come to an end."""
        for _ in range(SETTLING_ROUNDS_MAX):
            self.house.clock.at += BETWEEN_ROUNDS
            self.house.deliver_notices()
            if not self.waiting():
                return
        raise AssertionError(f"still waiting: {self.waiting()}")

    def waiting(self) -> list[Any]:
        with self.house.database.reading() as db:
            return db.execute("SELECT errand, last_error FROM outbox WHERE done_at IS NULL").fetchall()

    def because(self) -> Any:
        return self.house.because(f"person:{self.ana}")

    # What came of it.

    def outcome(self) -> dict[str, Any]:
        """Here and at Stripe, without what a delay may change: instants, and the cents of a proration."""
        tree = self.house.agency.tree(self.tree_id)
        assert tree.customer_id is not None
        facts = Counter(fact.name for fact in self.house.services.evidence.of_stream(self.tree_id))
        stripe = sdk(self.house).v1
        subscriptions = stripe.subscriptions.list({"customer": tree.customer_id, "status": "all"}).data
        invoices = stripe.invoices.list({"customer": tree.customer_id, "limit": 100}).data
        metered = [
            (line.quantity, line.amount)
            for invoice in invoices
            for line in invoice.lines.data
            if line.pricing and 0 < (line.pricing.unit_amount_decimal or 0) < 1
        ]
        return {
            "facts": facts,
            "tree": (tree.status, tree.plan, tree.children, tree.asked_at_version),
            "anchor": self.house.agency.workspace(self.anchor_id).plan,
            "subscriptions": [subscription.status for subscription in subscriptions],
            "invoices": Counter((invoice.billing_reason, invoice.status) for invoice in invoices),
            "metered": metered,
            "noted": sorted(self.house.agency.invoice(invoice.id).seen.status for invoice in invoices),
        }
