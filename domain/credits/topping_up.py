"""How a ledger is topped up: asked for, paid for at Stripe or not; and by itself where little is left."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid5

from domain.because import Because
from domain.credits.ledger import CreditLedger
from domain.refusals import Refusal, Refused

MICROS_PER_EURO = 1_000_000
AMOUNT_MIN_MICROS = 10 * MICROS_PER_EURO
AMOUNT_MAX_MICROS = 5_000 * MICROS_PER_EURO
THRESHOLD_MAX_MICROS = 5_000 * MICROS_PER_EURO
CAP_MAX_MICROS = 50_000 * MICROS_PER_EURO
FAILURES_MAX = 3  # in a row; then it is switched off
TRIED_AGAIN_AFTER = timedelta(hours=1)  # by itself, after a payment that failed


def ask(ledger: CreditLedger, top_up_id: UUID, amount_micros: int, *, because: Because) -> None:
    """By somebody; asked twice it is asked once, and one waits for Stripe at a time."""
    assert AMOUNT_MIN_MICROS <= amount_micros <= AMOUNT_MAX_MICROS
    if top_up_id in ledger.top_ups:
        return
    if refusal := why_not_ask(ledger):
        raise Refused(refusal)
    _ask(ledger, top_up_id, amount_micros, automatic=False, because=because)


def ask_if_low(ledger: CreditLedger, available_micros: int, *, because: Because) -> None:
    """By itself, if what is available is below the threshold; nothing where anything speaks against it."""
    wanted = ledger.automatic
    if wanted is None or available_micros >= wanted.threshold_micros or why_not_ask(ledger):
        return
    if automatic_left_micros(ledger) < wanted.amount_micros:
        return
    if ledger.failed_at is not None and because.at < ledger.failed_at + TRIED_AGAIN_AFTER:
        return
    top_up_id = uuid5(ledger.id, f"top-up:{ledger.version}")
    _ask(ledger, top_up_id, wanted.amount_micros, automatic=True, because=because)


def _ask(
    ledger: CreditLedger, top_up_id: UUID, amount_micros: int, *, automatic: bool, because: Because
) -> None:
    ledger.note(
        ledger.TopUpAsked,
        because,
        top_up_id=top_up_id,
        amount_micros=amount_micros,
        automatic=automatic,
        cycle_started_at=max(ledger.granted),
    )


def succeed(ledger: CreditLedger, top_up_id: UUID, invoice_id: str, *, because: Because) -> None:
    """What was paid for is there, also where the ledger was frozen meanwhile."""
    if (asked := ledger.asked.get(top_up_id)) is not None:
        ledger.note(
            ledger.ToppedUp,
            because,
            top_up_id=top_up_id,
            amount_micros=asked.amount_micros,
            automatic=asked.automatic,
            cycle_started_at=asked.cycle_started_at,
            invoice_id=invoice_id,
        )


def fail(ledger: CreditLedger, top_up_id: UUID, code: str, *, because: Because) -> None:
    """Nothing was paid, and nothing will be. After so many in a row none is asked for by itself any more."""
    if (asked := ledger.asked.get(top_up_id)) is None:
        return
    ledger.note(ledger.TopUpFailed, because, top_up_id=top_up_id, automatic=asked.automatic, code=code)
    if ledger.automatic is not None and ledger.failures >= FAILURES_MAX:
        following = because.following(ledger.id, ledger.version)
        ledger.note(ledger.AutoTopUpEnded, following, after_failures=True)


def set_automatic(
    ledger: CreditLedger,
    *,
    threshold_micros: int,
    amount_micros: int,
    monthly_cap_micros: int,
    because: Because,
) -> None:
    assert 0 < threshold_micros <= THRESHOLD_MAX_MICROS
    assert AMOUNT_MIN_MICROS <= amount_micros <= AMOUNT_MAX_MICROS
    assert amount_micros <= monthly_cap_micros <= CAP_MAX_MICROS
    if ledger.frozen:
        raise Refused(Refusal.CREDITS_FROZEN)
    wanted = (threshold_micros, amount_micros, monthly_cap_micros)
    if (has := ledger.automatic) is not None and wanted == (
        has.threshold_micros,
        has.amount_micros,
        has.monthly_cap_micros,
    ):
        return
    ledger.note(
        ledger.AutoTopUpSet,
        because,
        threshold_micros=threshold_micros,
        amount_micros=amount_micros,
        monthly_cap_micros=monthly_cap_micros,
    )


def end_automatic(ledger: CreditLedger, *, because: Because) -> None:
    """One that waits for Stripe just then is still carried out."""
    if ledger.automatic is not None:
        ledger.note(ledger.AutoTopUpEnded, because, after_failures=False)


# Rules.


def why_not_ask(ledger: CreditLedger) -> Refusal | None:
    if ledger.frozen or not ledger.granted:
        return Refusal.CREDITS_FROZEN
    return Refusal.TOP_UP_ASKED if ledger.asked else None


def automatic_left_micros(ledger: CreditLedger) -> int:
    """Of the cap, in the cycle that runs."""
    if ledger.automatic is None:
        return 0
    return ledger.automatic.monthly_cap_micros - ledger.topped_up.get(max(ledger.granted), 0)
