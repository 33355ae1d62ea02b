"""Subscription schedules: what a subscription changes to, and when, without anybody asking again."""

from __future__ import annotations

from adapters.local_stripe import standing
from adapters.local_stripe.account import RENEWED_STATUSES, Account
from adapters.local_stripe.answers import Refusal, must_act_on, unsupported
from adapters.local_stripe.items import Period, is_licensed, period_of, with_price
from adapters.local_stripe.periods import period_end
from adapters.local_stripe.shapes import PHASE, PHASE_ITEM, SCHEDULE, blank
from adapters.local_stripe.store import Json

PHASE_KEYS = frozenset({"items", "start_date", "end_date", "duration", "proration_behavior"})
PERIODS_MAX = 120


def create(account: Account, params: Json) -> Json:
    """From a subscription as it is: one phase, which is the period that runs now."""
    must_act_on(params, {"from_subscription", "metadata"})
    if "from_subscription" not in params:
        raise unsupported("a schedule of no subscription")
    subscription = account.find("subscription", params["from_subscription"], param="from_subscription")
    if subscription["schedule"] is not None:
        raise Refusal(
            "You cannot migrate a subscription that is already attached to a schedule:"
            f" `{subscription['schedule']}`.",
            param="from_subscription",
        )
    if subscription["status"] not in RENEWED_STATUSES:
        raise Refusal(f"A subscription that is {subscription['status']} takes no schedule")
    if subscription["cancel_at"] is not None:
        raise unsupported("a schedule of a subscription that is to be cancelled")
    period = period_of(subscription)
    schedule = account.save(
        blank(
            SCHEDULE,
            id=account.new_id("sub_sched"),
            billing_mode=subscription["billing_mode"],
            created=account.now(),
            current_phase={"end_date": period[1], "start_date": period[0]},
            customer=subscription["customer"],
            metadata=params.get("metadata", {}),
            phases=[_phase(subscription, _items_now(subscription), period)],
            subscription=subscription["id"],
        )
    )
    standing.change(account, subscription, {"schedule": schedule["id"]})
    return schedule


def update(account: Account, params: Json, schedule_id: str) -> Json:
    must_act_on(params, {"end_behavior", "metadata", "phases", "proration_behavior"})
    for name, only in (("end_behavior", "release"), ("proration_behavior", "none")):
        if params.get(name, only) != only:
            raise unsupported(f"{name}={params[name]}")
    schedule = _active(account, schedule_id, "update")
    subscription = account.find("subscription", schedule["subscription"])
    changes: Json = {}
    if "metadata" in params:
        changes["metadata"] = standing.merged(schedule["metadata"], params["metadata"])
    if "phases" in params:
        changes["phases"] = _phases(account, subscription, schedule, params["phases"])
    return account.save({**schedule, **changes})


def release(account: Account, params: Json, schedule_id: str) -> Json:
    """The subscription goes on as it is, and is its own again."""
    must_act_on(params, ())
    schedule = _active(account, schedule_id, "release")
    subscription = account.find("subscription", schedule["subscription"])
    standing.change(account, subscription, {"schedule": None})
    return _released(account, schedule)


def must_be_its_own(subscription: Json) -> None:
    """What a schedule manages is changed there."""
    if subscription["schedule"] is not None:
        raise Refusal(
            f"The subscription is managed by the subscription schedule `{subscription['schedule']}`, and"
            " updating it directly is not allowed. Please update the schedule instead."
        )


def following(account: Account, subscription: Json, at: int) -> Json:
    """What the schedule makes of the subscription at the end of a period. Nothing is kept yet."""
    if subscription["schedule"] is None:
        return {}
    schedule = account.find("subscription_schedule", subscription["schedule"])
    phase = next((one for one in schedule["phases"] if one["start_date"] == at), None)
    if phase is not None:
        return {"items": _with_prices_of(account, subscription, phase)}
    return {"schedule": None} if schedule["phases"][-1]["end_date"] <= at else {}


def move_on(account: Account, subscription: Json, at: int) -> None:
    """The next phase has begun, or the last one is over."""
    if subscription["schedule"] is None:
        return
    schedule = account.find("subscription_schedule", subscription["schedule"])
    phase = next((one for one in schedule["phases"] if one["start_date"] == at), None)
    if phase is not None:
        current = {"end_date": phase["end_date"], "start_date": phase["start_date"]}
        account.save({**schedule, "current_phase": current})
    elif schedule["phases"][-1]["end_date"] <= at:
        _released(account, schedule)


def _active(account: Account, schedule_id: str, verb: str) -> Json:
    schedule = account.find("subscription_schedule", schedule_id)
    if schedule["status"] != "active":
        raise Refusal(
            f"You cannot {verb} a subscription schedule that is currently in the"
            f" `{schedule['status']}` status."
        )
    return schedule


def _released(account: Account, schedule: Json) -> Json:
    return account.save(
        {
            **schedule,
            "current_phase": None,
            "released_at": account.now(),
            "released_subscription": schedule["subscription"],
            "status": "released",
            "subscription": None,
        }
    )


def _items_now(subscription: Json) -> list[Json]:
    found = []
    for item in subscription["items"]["data"]:
        quantity = {"quantity": item["quantity"]} if "quantity" in item else {}
        found.append({"price": item["price"]["id"], **quantity})
    return found


def _phase(subscription: Json, items: list[Json], period: Period) -> Json:
    shown = []
    for item in items:
        shape = blank(PHASE_ITEM, plan=item["price"], price=item["price"])
        shown.append({**shape, "quantity": item["quantity"]} if "quantity" in item else shape)
    return blank(
        PHASE,
        currency=subscription["currency"],
        end_date=period[1],
        items=shown,
        proration_behavior="none",
        start_date=period[0],
    )


def _phases(account: Account, subscription: Json, schedule: Json, given: list[Json]) -> list[Json]:
    """Each begins where the one before it ends, and ends where a period of the subscription does."""
    if not given:
        raise Refusal("A schedule needs a phase", param="phases")
    phases: list[Json] = []
    start = schedule["current_phase"]["start_date"]
    for index, asked in enumerate(given):
        path = f"phases[{index}]"
        must_act_on(asked, PHASE_KEYS, path)
        begins = asked.get("start_date", start if index else None)
        if begins != start:
            said = "You can not modify the start date of the current phase." if not index else ""
            raise Refusal(said or "A phase begins where the one before it ends.", param=f"{path}[start_date]")
        end = _end_of(subscription, asked, start, path)
        items = _items(account, subscription, asked["items"], path)
        phases.append(_phase(subscription, items, (start, end)))
        start = end
    current = _phase(subscription, _items_now(subscription), (0, 0))["items"]
    if phases[0]["items"] != current or phases[0]["end_date"] <= account.now():
        raise unsupported("phases[0] that is not the subscription as it is")
    return phases


def _end_of(subscription: Json, asked: Json, start: int, path: str) -> int:
    if ("end_date" in asked) == ("duration" in asked):
        raise Refusal("A phase has either an end_date or a duration.", param=path)
    duration = asked.get("duration", {"interval": "month", "interval_count": PERIODS_MAX})
    if duration["interval"] != "month":
        raise unsupported(f"{path}[duration][interval]={duration['interval']}")
    end = start
    for _ in range(min(duration.get("interval_count", 1), PERIODS_MAX)):
        end = period_end(subscription["billing_cycle_anchor"], end)
        if asked.get("end_date") == end:
            return end
    if "end_date" in asked:
        raise unsupported(f"{path}[end_date] within a period")
    return end


def _items(account: Account, subscription: Json, given: list[Json], path: str) -> list[Json]:
    items = []
    for index, asked in enumerate(given):
        where = f"{path}[items][{index}]"
        must_act_on(asked, {"price", "quantity"}, where)
        price = account.find("price", asked.get("price", ""), f"{where}[price]")
        if is_licensed(price):
            items.append({"price": price["id"], "quantity": asked.get("quantity", 1)})
        elif "quantity" in asked:
            raise Refusal("A metered price takes no quantity", param=f"{where}[quantity]")
        else:
            items.append({"price": price["id"]})
    return _in_their_order(subscription, items, path)


def _in_their_order(subscription: Json, items: list[Json], path: str) -> list[Json]:
    """One for each item of the subscription. Of those only the licensed ones can change."""
    plans = [item for item in items if "quantity" in item]
    metered = {item["price"]: item for item in items if "quantity" not in item}
    ordered = []
    for item in subscription["items"]["data"]:
        wanted = plans.pop(0) if is_licensed(item["price"]) and plans else None
        ordered.append(wanted or metered.pop(item["price"]["id"], None))
    if plans or metered or None in ordered:
        raise unsupported(f"{path}[items] that are more, fewer or metered otherwise")
    return [item for item in ordered if item is not None]


def _with_prices_of(account: Account, subscription: Json, phase: Json) -> Json:
    data = [
        with_price(item, account.shown(account.find("price", wanted["price"])), wanted["quantity"])
        if "quantity" in wanted
        else item
        for item, wanted in zip(subscription["items"]["data"], phase["items"], strict=True)
    ]
    return {**subscription["items"], "data": data}
