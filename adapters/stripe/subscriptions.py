"""How a subscription goes on: read, cancelled, reactivated, ended, and moved to another plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import stripe

from adapters.stripe.account import Account, is_id
from adapters.stripe.catalogue import PAGE_MAX
from adapters.stripe.errors import StripeMisconfigured, StripeRefused, none_if_missing, our_faults
from adapters.stripe.reading import id_of, plan_item_of, subscription_seen
from domain.billing import LIVE_STATUSES, UNPAID, SubscriptionSeen

if TYPE_CHECKING:
    from stripe.params import (
        SubscriptionScheduleUpdateParamsPhase,
        SubscriptionScheduleUpdateParamsPhaseDuration,
        SubscriptionScheduleUpdateParamsPhaseItem,
        SubscriptionUpdateParams,
    )

# The prices of the next phase tell which plan comes; without them a schedule is an id.
SCHEDULED = "schedule.phases.items.price"
STILL_THERE = LIVE_STATUSES | {UNPAID}


class Subscriptions(Account):
    def subscription(self, subscription_id: str) -> SubscriptionSeen | None:
        if not is_id(subscription_id):
            return None
        return none_if_missing(
            lambda: subscription_seen(
                self._client.v1.subscriptions.retrieve(subscription_id, {"expand": [SCHEDULED]})
            )
        )

    def live_subscriptions(self, customer_id: str) -> list[SubscriptionSeen]:
        """Whatever this customer still has, so that nobody buys a second one by accident."""
        return [one for one in self.subscriptions_of(customer_id) if one.status in STILL_THERE]

    def subscriptions_of(self, customer_id: str) -> list[SubscriptionSeen]:
        """All that this customer ever had, without what they are set to change to."""
        with our_faults():
            found = self._client.v1.subscriptions.list(
                {"customer": customer_id, "status": "all", "limit": PAGE_MAX}
            )
            return [subscription_seen(subscription) for subscription in found.auto_paging_iter()]

    def all_subscriptions(self) -> Iterator[SubscriptionSeen]:
        """Of the whole account, the newest first; page by page."""
        with our_faults():
            found = self._client.v1.subscriptions.list({"status": "all", "limit": PAGE_MAX})
            for subscription in found.auto_paging_iter():
                yield subscription_seen(subscription)

    def schedule_cancellation(self, subscription_id: str, idempotency_key: str) -> SubscriptionSeen:
        """At the end of the period that runs now. Asking twice changes nothing."""
        with our_faults():
            subscription = self._client.v1.subscriptions.retrieve(subscription_id)
            if not _is_scheduled(subscription):
                self._release(subscription, idempotency_key)
                flexible = subscription.billing_mode.type == "flexible"
                params: SubscriptionUpdateParams = (
                    {"cancel_at": "min_period_end"} if flexible else {"cancel_at_period_end": True}
                )
                subscription = self._update(subscription_id, params, idempotency_key)
            return subscription_seen(subscription)

    def clear_cancellation(self, subscription_id: str, idempotency_key: str) -> SubscriptionSeen:
        """Clears whichever is set; Stripe refuses the two in one call."""
        with our_faults():
            subscription = self._client.v1.subscriptions.retrieve(subscription_id)
            if subscription.cancel_at_period_end:
                subscription = self._update(
                    subscription_id, {"cancel_at_period_end": False}, f"{idempotency_key}:flag"
                )
            if subscription.cancel_at is not None:
                self._update(subscription_id, {"cancel_at": ""}, f"{idempotency_key}:instant")
            subscription = self._client.v1.subscriptions.retrieve(subscription_id)
            if _is_scheduled(subscription):
                raise StripeRefused(
                    f"subscription {subscription_id} is still to be cancelled", code="still_scheduled"
                )
            return subscription_seen(subscription)

    def _update(
        self, subscription_id: str, params: SubscriptionUpdateParams, idempotency_key: str
    ) -> stripe.Subscription:
        return self._client.v1.subscriptions.update(
            subscription_id, params, {"idempotency_key": idempotency_key}
        )

    def end(self, subscription_id: str, idempotency_key: str, *, invoice_now: bool = True) -> None:
        """At once. What was used and not invoiced yet is invoiced with it, or it is lost."""
        with our_faults():
            subscription = self._client.v1.subscriptions.retrieve(subscription_id)
            if subscription.status not in STILL_THERE:
                return
            self._client.v1.subscriptions.cancel(
                subscription_id,
                {"invoice_now": invoice_now, "prorate": False},
                {"idempotency_key": idempotency_key},
            )

    # Plans.

    def change_plan(self, subscription_id: str, plan: str, idempotency_key: str) -> None:
        """At once, and the difference for the rest of the cycle is invoiced and paid at once, or nothing."""
        price_id = self._price_of(plan)
        with our_faults():
            subscription = self._client.v1.subscriptions.retrieve(subscription_id)
            self._release(subscription, idempotency_key)
            item = plan_item_of(subscription)
            if item.price.id == price_id:
                return
            self._update(
                subscription_id,
                {
                    "items": [{"id": item.id, "price": price_id}],
                    "proration_behavior": "always_invoice",
                    "payment_behavior": "error_if_incomplete",
                },
                idempotency_key,
            )

    def schedule_plan(self, subscription_id: str, plan: str, idempotency_key: str) -> None:
        """With the next cycle: a schedule of two phases, the one that runs now and the one that follows."""
        price_id = self._price_of(plan)
        with our_faults():
            subscription = self._client.v1.subscriptions.retrieve(subscription_id)
            schedule_id = self._schedule_of(subscription, idempotency_key)
            self._client.v1.subscription_schedules.update(
                schedule_id,
                {
                    "end_behavior": "release",
                    "proration_behavior": "none",
                    "phases": _phases(subscription, price_id),
                },
                {"idempotency_key": f"{idempotency_key}:phases"},
            )

    def keep_plan(self, subscription_id: str, idempotency_key: str) -> None:
        """Take a scheduled change back."""
        with our_faults():
            self._release(self._client.v1.subscriptions.retrieve(subscription_id), idempotency_key)

    def _price_of(self, plan: str) -> str:
        prices = self.catalogue().plan_price_ids
        if plan not in prices:
            raise StripeMisconfigured(f"the plan {plan} is not sold", code="plan_unknown")
        return prices[plan]

    def _schedule_of(self, subscription: stripe.Subscription, idempotency_key: str) -> str:
        if subscription.schedule is not None:
            return id_of(subscription.schedule)
        return self._client.v1.subscription_schedules.create(
            {"from_subscription": subscription.id}, {"idempotency_key": f"{idempotency_key}:schedule"}
        ).id

    def _release(self, subscription: stripe.Subscription, idempotency_key: str) -> None:
        """While a schedule has a subscription, Stripe changes nothing else about its plan or its end."""
        if subscription.schedule is not None:
            self._client.v1.subscription_schedules.release(
                id_of(subscription.schedule), {}, {"idempotency_key": f"{idempotency_key}:release"}
            )


def _phases(subscription: stripe.Subscription, price_id: str) -> list[SubscriptionScheduleUpdateParamsPhase]:
    plan_item = plan_item_of(subscription)
    metered = [item.price.id for item in subscription.items.data if item.id != plan_item.id]
    begun, ends = plan_item.current_period_start, plan_item.current_period_end

    def items(plan_price_id: str) -> list[SubscriptionScheduleUpdateParamsPhaseItem]:
        found: list[SubscriptionScheduleUpdateParamsPhaseItem] = [{"price": plan_price_id, "quantity": 1}]
        found.extend({"price": one} for one in metered)  # a metered price takes no quantity
        return found

    month: SubscriptionScheduleUpdateParamsPhaseDuration = {"interval": "month", "interval_count": 1}
    return [
        {"items": items(plan_item.price.id), "start_date": begun, "end_date": ends},
        {"items": items(price_id), "start_date": ends, "duration": month},
    ]


def _is_scheduled(subscription: stripe.Subscription) -> bool:
    return subscription.cancel_at_period_end or subscription.cancel_at is not None
