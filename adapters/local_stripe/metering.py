"""How much was used: meter events, and their totals over a time."""

from __future__ import annotations

import re

from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import Refusal
from adapters.local_stripe.catalogue import ACTIVE_METER
from adapters.local_stripe.lists import paged
from adapters.local_stripe.store import Json

AGE_MAX_SECONDS = 35 * 86_400
AHEAD_MAX_SECONDS = 300
UNIQUE_SECONDS = 86_400  # Stripe promises no more, so neither do we
IDENTIFIER_MAX = 100
WINDOWS = {None: 60, "hour": 3_600, "day": 86_400}
SUMMARIES_MAX = 1_000
WHOLE = re.compile(r"[0-9]{1,15}")


def record_usage(account: Account, params: Json) -> Json:
    meter = _meter_named(account, params["event_name"])
    now = account.now()
    customer = _payload(params, meter["customer_mapping"]["event_payload_key"])
    value = _payload(params, meter["value_settings"]["event_payload_key"])
    identifier = params.get("identifier") or account.new_id("mev")
    timestamp = params.get("timestamp", now)
    _must_be_usable(account, customer, value, identifier)
    _must_be_timely(timestamp, now)
    _must_be_new(account, identifier, now)
    account.store.write(
        "INSERT INTO meter_events (identifier, event_name, customer, value, timestamp, created)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        identifier,
        meter["event_name"],
        customer,
        int(value),
        timestamp,
        now,
    )
    return {
        "object": "billing.meter_event",
        "created": now,
        "event_name": meter["event_name"],
        "identifier": identifier,
        "livemode": False,
        "payload": params["payload"],
        "timestamp": timestamp,
    }


def used(account: Account, meter_id: str, customer: str, start: int, end: int, *, late: int = 0) -> int:
    """`late`: as it was counted so many seconds ago."""
    meter = account.find("billing.meter", meter_id)
    found = account.store.rows(
        "SELECT coalesce(sum(value), 0) FROM meter_events"
        " WHERE customer = ? AND event_name = ? AND timestamp >= ? AND timestamp < ? AND created <= ?",
        customer,
        meter["event_name"],
        start,
        end,
        account.now() - late,
    )
    total: int = found[0][0]
    return total


def summaries(account: Account, params: Json, meter_id: str) -> Json:
    """One total of the whole time, or one for each hour or day of it; the newest first."""
    window = params.get("value_grouping_window")
    aligned = WINDOWS[window]
    start, end = params["start_time"], params["end_time"]
    for name in ("start_time", "end_time"):
        if params[name] % aligned:
            raise Refusal(f"{name} must be aligned with {window or 'minute'} boundaries", param=name)
    if start >= end:
        raise Refusal("end_time must be after start_time", param="end_time")
    step = aligned if window else end - start
    starts = range(end - step, start - 1, -step)
    if len(starts) > SUMMARIES_MAX:
        raise Refusal(f"The local Stripe makes {SUMMARIES_MAX} totals at most", param="end_time")
    found = [_summary(account, params["customer"], meter_id, begin, begin + step) for begin in starts]
    url = f"/v1/billing/meters/{meter_id}/event_summaries"
    return paged(account, "billing.meter_event_summary", url, found, params)


def _summary(account: Account, customer: str, meter_id: str, start: int, end: int) -> Json:
    late = account.knob("count_late_seconds")
    return {
        "id": f"mtrusg_{meter_id}_{start}_{end}",
        "object": "billing.meter_event_summary",
        "aggregated_value": used(account, meter_id, customer, start, end, late=late),
        "end_time": end,
        "livemode": False,
        "meter": meter_id,
        "start_time": start,
    }


def _meter_named(account: Account, event_name: str) -> Json:
    found = account.store.newest_first("billing.meter", ACTIVE_METER, event_name)
    if not found:
        raise Refusal(f"No active meter found for event name {event_name}", param="event_name")
    return found[0]


def _payload(params: Json, key: str) -> str:
    value = params["payload"].get(key)
    if not value:
        raise Refusal(f"The payload must include {key}", param=f"payload[{key}]")
    return str(value)


def _must_be_usable(account: Account, customer: str, value: str, identifier: str) -> None:
    account.find("customer", customer, param="payload[stripe_customer_id]")
    if not WHOLE.fullmatch(value):
        raise Refusal(f"Invalid value: {value}", param="payload[value]")
    if len(identifier) > IDENTIFIER_MAX:
        raise Refusal(f"identifier is longer than {IDENTIFIER_MAX} characters", param="identifier")


def _must_be_timely(timestamp: int, now: int) -> None:
    if timestamp < now - AGE_MAX_SECONDS:
        raise Refusal("The timestamp is more than 35 days in the past", param="timestamp")
    if timestamp > now + AHEAD_MAX_SECONDS:
        raise Refusal("The timestamp is more than 5 minutes in the future", param="timestamp")


def _must_be_new(account: Account, identifier: str, now: int) -> None:
    if account.store.rows(
        "SELECT 1 FROM meter_events WHERE identifier = ? AND created > ?", identifier, now - UNIQUE_SECONDS
    ):
        raise Refusal(f"An event already exists with identifier {identifier}.", param="identifier")
