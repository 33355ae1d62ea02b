"""Which parts look after pools: how they are paid for, overage, notices, credit notes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any
from uuid import UUID

import stripe

from adapters.budgets import Budgets
from adapters.calls.recording import Recording
from adapters.carrier import Carrier, LocalCarrier
from adapters.credits import Credits
from adapters.ledgers import Ledgers
from adapters.numbers import Numbers
from adapters.postgres.naming import Named
from adapters.quotas import Quotas
from adapters.stripe.billing import Billing
from adapters.stripe.gateway import StripeGateway, connect
from adapters.stripe.overages import Overages
from adapters.top_ups import TopUps
from projections.catalogue import (
    ACCESS,
    BUDGET_NOTICES,
    CREDITS,
    PHONE_NUMBERS,
    POOLED_USAGE,
    POOLS,
    QUOTAS,
    SUBSCRIPTIONS,
    TOP_UPS,
)
from projections.rooms import room_for_rent, room_of
from scripts.storage import Storage


class PoolParts(Storage):
    """The wiring brings how Stripe is reached."""

    stripe_client: stripe.HTTPClient | None
    stripe_seconds: float

    @cached_property
    def gateway(self) -> StripeGateway:
        return connect(
            self.settings.stripe_key,
            base_url=self.settings.stripe_url,
            webhook_secret=self.settings.stripe_webhook_secret,
            timeout_seconds=self.stripe_seconds,
            http_client=self.stripe_client,
        )

    @cached_property
    def overages(self) -> Overages:
        return Overages(
            self.agency,
            self.gateway,
            self.database,
            self.clock,
            due_of=self._asked(POOLS.overage_due),
            of_cycles_after=self._asked(POOLS.overages_after),
            lagging=self._asked(POOLED_USAGE.lagging),
        )

    @cached_property
    def billing(self) -> Billing:
        return Billing(
            self.agency,
            self.gateway,
            self.database,
            self.clock,
            trees_of=self._asked(SUBSCRIPTIONS.of_customer),
            overages=self.overages,
        )

    @cached_property
    def credits(self) -> Credits:
        return Credits(self.agency, self.metering, self.clock, due_of=self._asked(POOLS.credit_due))

    @cached_property
    def ledgers(self) -> Ledgers:
        return Ledgers(
            self.agency,
            self.metering,
            self.clock,
            trees_of=self._asked(ACCESS.trees_of),
            left_behind=self._asked(CREDITS.left_behind),
            room_of=room_of,
        )

    def credits_available(self, tree_id: UUID) -> int:
        """Micro-euros of a tree that nothing holds."""
        ledger = self._asked(CREDITS.ledger)(tree_id)
        return ledger.available_micros if ledger is not None else 0

    @cached_property
    def top_ups(self) -> TopUps:
        return TopUps(
            self.agency,
            self.metering,
            self.gateway,
            self.database,
            self.clock,
            low=self._asked(TOP_UPS.low),
            waiting=self._asked(TOP_UPS.waiting),
        )

    @cached_property
    def carrier(self) -> Carrier:
        """A real one takes its place here."""
        return LocalCarrier()

    @cached_property
    def numbers(self) -> Numbers:
        return Numbers(
            self.agency,
            self.recording,
            Recording(self.database, self.metering, POOLS, room_for_rent),
            self.carrier,
            self.database,
            self.clock,
            due_of=self._asked(PHONE_NUMBERS.due),
        )

    @cached_property
    def quotas(self) -> Quotas:
        return Quotas(self.agency, self.clock, due_of=self._asked(QUOTAS.due))

    @cached_property
    def budgets(self) -> Budgets:
        return Budgets(self.agency, self.clock, due_of=self._asked(BUDGET_NOTICES.due))

    def _asked(self, question: Callable[..., Any]) -> Callable[..., Any]:
        """A question of a projection for the clock and for Stripe, which look after everybody; each time in
        a snapshot of its own."""

        def ask(*about: Any, **more: Any) -> Any:
            with self.database.reading(Named(everybody=True)) as db:
                return question(db, *about, **more)

        return ask
