"""Which parts look after pools: how they are paid for, overage, notices, credit notes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import stripe

from adapters.credits import Credits
from adapters.postgres.naming import Named
from adapters.quotas import Quotas
from adapters.stripe.billing import Billing
from adapters.stripe.gateway import StripeGateway, connect
from adapters.stripe.overages import Overages
from projections.catalogue import POOLED_USAGE, POOLS, QUOTAS, SUBSCRIPTIONS
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
    def quotas(self) -> Quotas:
        return Quotas(self.agency, self.clock, due_of=self._asked(QUOTAS.due))

    def _asked(self, question: Callable[..., Any]) -> Callable[..., Any]:
        """A question of a projection for the clock and for Stripe, which look after everybody; each time in
        a snapshot of its own."""

        def ask(*about: Any, **more: Any) -> Any:
            with self.database.reading(Named(everybody=True)) as db:
                return question(db, *about, **more)

        return ask
