"""Agencies that live the same life at Stripe, and hear of it in different ways."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import stripe

from adapters.local_stripe import notices
from adapters.local_stripe.engine import TAKEN_MAX
from adapters.local_stripe.in_process import InProcess
from adapters.local_stripe.notices import Attempt
from adapters.postgres.outbox import LEASE, Entry
from domain.usage import Usage
from projections.catalogue import POOLS
from tests.adapters.billed import sdk
from tests.house import WEBHOOK_SECRET, House
from tests.proofs.customers import Stripe

OVER, OVER_UNTIL_THE_END = 1_111, 2_222  # events above the pool, in the first cycle and in the last
POOL = 25_000
INVOICE_FINAL = timedelta(hours=2)  # after the end of a cycle
RECONCILED = ("ended", "invoiced")  # while the last invoice is a draft, and when all is over
COMPLETE = 0  # a worker that dies when its errand is complete, and nobody knows it


class Crash(BaseException):
    """The worker is gone; nothing may catch it."""


@dataclass
class One:
    """One agency, and all that Stripe ever had to say about it, in the order in which it happened."""

    tree_id: UUID
    anchor_id: UUID
    child_id: UUID
    customer_id: str
    subscription_id: str
    said: list[Attempt] = field(default_factory=list)
    heard: int = 0  # of these, in those phases that are over

    def news(self) -> list[Attempt]:
        """What was said since this was asked last."""
        found = self.said[self.heard :]
        self.heard = len(self.said)
        return found


class Lives:
    """Time passes for all of them together."""

    def __init__(self, house: House, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.house = house
        self.stripe = Stripe(house)
        self.ones = [self._born() for _ in range(number)]
        self._answers_until_death = COMPLETE
        self._may_die(monkeypatch)
        for customer in self.stripe.customers:
            for body in customer.notices.values():
                notices.send_again(house.stripe.account, json.loads(body)["id"])
        self.stripe.customers.clear()

    def _born(self) -> One:
        bought = self.stripe.buys(children=1)
        customer_id = self.house.agency.tree(bought.tree_id).customer_id
        assert customer_id is not None
        return One(bought.tree_id, bought.anchor_id, bought.children[0], customer_id, bought.subscription_id)

    # What happens at Stripe.

    def phases(self) -> Iterator[str]:
        """Whatever happens, and a pause after each of it, in which one may hear of it or not.

        The overage of the first cycle is claimed by the clock; that of the last by whoever hears in time.
        """
        for phase in self._lived():
            self._overhear()
            yield phase

    def _lived(self) -> Iterator[str]:
        yield "bought"
        self._each_uses(POOL + OVER)
        self._each(self.house.stripe.cancel_in_portal)
        yield "cancelled"
        self._each(self.house.stripe.reactivate_in_portal)
        self.house.wiring.overages.claim_all()
        for _ in self.ones[::2]:
            self._work_and_die(answers=1)  # Stripe has counted it, and nobody notes that
        self.take_over()
        yield "reactivated"
        self._card("declining")
        self._pass(self._cycle_end())
        yield "renewed"
        self._pass(self.house.clock() + INVOICE_FINAL)
        yield "not paid"
        self._card("good")
        self._pay_what_is_open()
        self._each_uses(POOL + OVER_UNTIL_THE_END)
        yield "paid"
        self._each(self.house.stripe.cancel_in_portal)
        yield "cancelled again"
        self._pass(self._cycle_end())
        yield "ended"
        self._pass(self.house.clock() + INVOICE_FINAL)
        yield "invoiced"

    def _each(self, deed: Any) -> None:
        for one in self.ones:
            deed(one.subscription_id)

    def _each_uses(self, events: int) -> None:
        for one in self.ones:
            self._track(one, events)

    def _card(self, card: str) -> None:
        for one in self.ones:
            self.house.stripe.do("set_card", one.customer_id, card=card)

    def _pay_what_is_open(self) -> None:
        invoices = sdk(self.house).v1.invoices
        for one in self.ones:
            (open_one,) = invoices.list({"customer": one.customer_id, "status": "open"}).data
            self.house.stripe.do("pay", open_one.id)

    def _pass(self, at: datetime) -> None:
        self.house.clock.at = at
        self.house.stripe.advance(at)

    def _cycle_end(self) -> datetime:
        seen = self.house.wiring.gateway.subscription(self.ones[0].subscription_id)
        assert seen is not None
        return seen.cycle_ends_at

    def _track(self, one: One, events: int) -> None:
        """Counted for the cycle that it is by the clock, whether Stripe was heard to begin it or not."""
        with self.house.database.reading() as db:
            pool = POOLS.of_workspace(db, one.child_id)
        assert pool is not None
        counted = Usage.count(
            uuid4(),
            workspace_id=one.child_id,
            tree_id=one.tree_id,
            pool_id=pool.pool_id,
            meter="events",
            quantity=events,
            cycle_started_at=pool.cycle_at(self.house.clock()).started_at,
            rows_sha256="0" * 64,
            because=self.house.because(),
        )
        self.house.wiring.metering.save(counted)

    def _overhear(self) -> None:
        """Nothing of it has arrived; Stripe sends it no more, and knows that."""
        account, now = self.house.stripe.account, self.house.clock()
        by_subscription = {one.subscription_id: one for one in self.ones}
        with self.house.stripe.store.transaction():
            found = notices.attempts(account, account.now(), now.timestamp(), TAKEN_MAX)
            for attempt in found:
                notices.lose(account, attempt.notice.notice_id)
        for attempt in found:
            one = by_subscription.get(_subscription_in(json.loads(attempt.notice.body)) or "")
            if one is not None:
                one.said.append(attempt)

    # What is heard of it.

    def hears(self, attempt: Attempt, *, dies_after: int | None = None) -> None:
        """A notice arrives, signed now; the worker acts on it, or dies after so many answers of Stripe."""
        body, at = attempt.notice.body, int(self.house.clock().timestamp())
        signature = stripe.WebhookSignature.generate_signature_header(body.decode(), WEBHOOK_SECRET, at)
        answer = self.stripe.web.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": signature})
        assert answer.status_code == 200, answer.get_json()
        notices.arrived(self.house.stripe.account, attempt)
        if dies_after is not None:
            self._work_and_die(dies_after)  # what it had begun stays its own until its lease is over
        self.house.wiring.deliver_due()

    def _may_die(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Between Stripe's answer and what is made of it here: so also between a tree and its invoices."""
        request = InProcess.request

        def dying(*given: Any, **kept: Any) -> Any:
            answer = request(*given, **kept)
            if self._answers_until_death:
                self._answers_until_death -= 1
                if not self._answers_until_death:
                    raise Crash
            return answer

        monkeypatch.setattr(InProcess, "request", dying)

    def _work_and_die(self, answers: int) -> None:
        """In whichever errand Stripe gives that answer; or in the first, when that is complete."""

        def dying(errand: Any) -> Any:
            def run(entry: Entry) -> None:
                errand(entry)
                raise Crash

            return run

        wiring = self.house.wiring
        self._answers_until_death = answers
        with suppress(Crash):
            if answers != COMPLETE:
                wiring.deliver_due()
            else:
                errands = {name: dying(errand) for name, errand in wiring.errands.items()}
                wiring.outbox.deliver_one(self.house.database, errands, self.house.clock)
        self._answers_until_death = COMPLETE

    def take_over(self) -> None:
        """What dead workers had begun is begun again when their lease is over."""
        self.house.clock.at += LEASE
        self.house.wiring.deliver_due(limit=100_000)

    def reconcile(self) -> None:
        """One run of each of the clock's jobs; then whatever they asked for."""
        reconciler = self.house.wiring.reconciler
        reconciler.hear_undelivered()
        reconciler.reconcile_subscriptions()
        reconciler.reconcile_overage()
        self.house.wiring.deliver_due(limit=100_000)
        self.house.run_followed()


def _subscription_in(event: dict[str, Any]) -> str | None:
    about = event["data"]["object"]
    details = (about.get("parent") or {}).get("subscription_details") or {}
    if about["object"] == "subscription":
        return str(about["id"])
    return details.get("subscription") or about.get("subscription")
