"""How instants, spans, amounts and Stripe's words read in a sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from domain.plans import MICROS_PER_CENT, PLANS

EURO = "€"
SIGNS = {"eur": EURO}
MICROS = 100 * MICROS_PER_CENT

# Stripe's reasons for an end (cancellation_details.reason, or the status where it gave none).
REASONS = {
    "cancellation_requested": "somebody asked for it",
    "payment_failed": "payment failed, and Stripe gave up collecting it",
    "payment_disputed": "a payment was disputed with the bank",
    "canceled": "it was cancelled; Stripe gave no reason",
    "unpaid": "an invoice was never paid",
    "incomplete_expired": "the first payment was never completed",
}

OUTCOMES = {
    "synced": "the agency was brought up to date with Stripe",
    "nothing_to_do": "there was nothing to do",
    "not_ours": "it is about no agency of ours",
    "not_started": "the first payment of the agency is not done yet",
    "not_current": "it is about another subscription than the one that the agency lives on",
}


def instant(at: datetime) -> str:
    """To the minute; the exact instant is in the fact itself."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def span(taken: timedelta) -> str:
    """The two largest units that are not nothing: "3 days 2 hours", "40 seconds"."""
    seconds = int(taken.total_seconds())
    if seconds <= 0:
        return "less than a second"
    parts = []
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(f"{number} {unit}{'s' if number > 1 else ''}")
    return " ".join(parts[:2])


def count(number: int) -> str:
    return f"{number:,}"


def counted(number: int, thing: str) -> str:
    """`1 member`, `3 members`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def cents(amount: int, currency: str = "eur") -> str:
    """€ 290.00"""
    whole, rest = divmod(abs(amount), 100)
    return f"{_sign(amount, currency)} {whole:,}.{rest:02}"


def micros(amount: int, currency: str = "eur") -> str:
    """€ 0.005: two digits after the point, more only where the amount has them."""
    whole, rest = divmod(abs(amount), MICROS)
    return f"{_sign(amount, currency)} {whole:,}.{f'{rest:06}'.rstrip('0').ljust(2, '0')}"


def _sign(amount: int, currency: str) -> str:
    return ("−" if amount < 0 else "") + SIGNS.get(currency, currency.upper())


def plan(name: str) -> str:
    """The title under which a plan is sold."""
    return PLANS[name].title if name in PLANS else name


def a(word: str) -> str:
    """The word behind its article."""
    return f"{'an' if word[:1].lower() in 'aeio' else 'a'} {word}"


def reason(stripes: str) -> str:
    """Stripe's reason in plain words; an unknown one as it stands."""
    return REASONS.get(stripes, f"Stripe says “{stripes}”")


def standing(name: str) -> str:
    """How the payments of a subscription stand."""
    return name.replace("_", " ")


def outcome(name: str) -> str:
    return OUTCOMES.get(name, name)
