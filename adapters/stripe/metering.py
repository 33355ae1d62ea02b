"""What is above the pools, as it reaches Stripe's meter, and what the meter then holds."""

from __future__ import annotations

from datetime import datetime

import stripe

from adapters.stripe.account import Account
from adapters.stripe.catalogue import METER_CUSTOMER_KEY, METER_EVENT_NAME, METER_VALUE_KEY, PAGE_MAX
from adapters.stripe.errors import our_faults


class Metering(Account):
    def report_overage(self, *, customer_id: str, identifier: str, quantity: int, at: datetime) -> None:
        """Events above the pool. The identifier makes it happen once; that it did so before is success."""
        assert quantity > 0
        with our_faults():
            try:
                # No idempotency key beside the identifier: Stripe would repeat a stored failure
                # for a day, and the closed cycle's invoice stays open for an hour.
                self._client.v1.billing.meter_events.create(
                    {
                        "event_name": METER_EVENT_NAME,
                        "identifier": identifier,
                        "timestamp": int(at.timestamp()),
                        "payload": {METER_CUSTOMER_KEY: customer_id, METER_VALUE_KEY: str(quantity)},
                    }
                )
            except stripe.InvalidRequestError as error:
                if "already exists" not in (error.user_message or ""):
                    raise

    def usage_held(self, customer_id: str, since: datetime, until: datetime) -> int:
        """Events that the meter holds for a customer between two whole minutes.

        Stripe counts some time after it confirms, so this may lag behind what was reported.
        """
        meter_id = self.catalogue().meter_id
        with our_faults():
            found = self._client.v1.billing.meters.event_summaries.list(
                meter_id,
                {
                    "customer": customer_id,
                    "start_time": int(since.timestamp()),
                    "end_time": int(until.timestamp()),
                    "limit": PAGE_MAX,
                },
            )
            return sum(int(total.aggregated_value) for total in found.auto_paging_iter())
