"""How each "no" about credits is reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from domain.calls.charge import Charge
from domain.credits import granting, moving, topping_up
from domain.credits.category import Category
from domain.credits.ledger import CreditLedger
from domain.credits.room import Room
from domain.limits import require_place, require_rates
from domain.plans import PLANS
from domain.refusals import Refusal, Refused
from tests.histories.life import ACME, ANA, ANCHOR, TREE, Life, named

AMPLE = Room(balance_micros=1_000, held_micros=0, frozen=False)
ROOMS = {
    Refusal.CUSTOMER_SUSPENDED: replace(AMPLE, suspended=True),
    Refusal.BUDGET_EXCEEDED: replace(AMPLE, stops_at_micros=500),
    Refusal.INSUFFICIENT_CREDITS: replace(AMPLE, balance_micros=900, held_micros=300),
}


def no_room(refusal: Refusal) -> Callable[[Life], Callable[[], None]]:
    def last() -> None:
        if found := ROOMS[refusal].why_not(601):
            raise Refused(found)

    return lambda life: last


def frozen(life: Life) -> Callable[[], object]:
    ledgers = [
        CreditLedger.open(tree_id, ANCHOR, 1, because=life.by(ANA)) for tree_id in (TREE, named("other"))
    ]
    granting.freeze(ledgers[0], because=life.by(ANA))
    return lambda: moving.transfer(*ledgers, named("transfer"), 1, because=life.by(ANA))


def more_than_charged(life: Life) -> Callable[[], object]:
    because = life.by(ANA)
    ledger = CreditLedger.open(TREE, ANCHOR, 1, because=because)
    charge = Charge.make(
        named("charge"),
        workspace_id=ACME,
        tree_id=TREE,
        cycle_started_at=life.now,
        category=Category.SMS,
        quantity=2,
        rate_micros=80_000,
        because=because,
    )
    granting.refund(ledger, named("refund"), charge, Category.SMS, 100_000, "digest", because=because)
    last = (ledger, named("second refund"), charge, Category.SMS, 60_001, "digest")
    return lambda: granting.refund(*last, because=because)


def asked_for(life: Life) -> Callable[[], object]:
    because = life.by(ANA)
    ledger = CreditLedger.open(TREE, ANCHOR, 1, because=because)
    about = {"cycle_started_at": life.now, "cycle_ends_at": life.now + timedelta(days=30)}
    granting.grant(ledger, **about, amount_micros=1, because=because)
    amount_micros = topping_up.AMOUNT_MIN_MICROS
    topping_up.ask(ledger, named("first"), amount_micros, because=because)
    return lambda: topping_up.ask(ledger, named("second"), amount_micros, because=because)


def at_the_limit(life: Life) -> Callable[[], object]:
    return lambda: require_place(10, PLANS["agency"].limits.agents_max)


def calls_without_rates(life: Life) -> Callable[[], object]:
    return lambda: require_rates(PLANS["agency"])


REACHED: dict[Refusal, Callable[[Life], Callable[[], object]]] = {
    Refusal.LIMIT_REACHED: at_the_limit,
    Refusal.CALLS_NOT_IN_PLAN: calls_without_rates,
    Refusal.CUSTOMER_SUSPENDED: no_room(Refusal.CUSTOMER_SUSPENDED),
    Refusal.CREDITS_FROZEN: frozen,
    Refusal.BUDGET_EXCEEDED: no_room(Refusal.BUDGET_EXCEEDED),
    Refusal.INSUFFICIENT_CREDITS: no_room(Refusal.INSUFFICIENT_CREDITS),
    Refusal.MORE_THAN_CHARGED: more_than_charged,
    Refusal.TOP_UP_ASKED: asked_for,
}
