"""What reaches each refusal of a budget: of a life before it, the command that is refused."""

from __future__ import annotations

from collections.abc import Callable

from domain.refusals import Refusal
from tests.histories.life import ACME, ANA, Life, digest

CREDIT = 1_000_000  # in micros


def sets(life: Life, credits: int, *, stops: bool = True) -> None:
    life.agency.set_budget(ACME, ANA, credits * CREDIT, stops, because=life.by(ANA))


def raises(life: Life, credits: int) -> None:
    life.agency.raise_budget(ACME, ANA, credits * CREDIT, digest("a reason"), because=life.by(ANA))


def _without(life: Life) -> Callable[[], object]:
    return lambda: raises(life, 100)


def _as_high(life: Life) -> Callable[[], object]:
    sets(life, 100)
    return lambda: raises(life, 100)


OF_BUDGETS: dict[Refusal, Callable[[Life], Callable[[], object]]] = {
    Refusal.NO_BUDGET: _without,
    Refusal.NOT_ABOVE_BUDGET: _as_high,
}
