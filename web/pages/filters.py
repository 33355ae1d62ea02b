"""How amounts, counts and instants are written on a page: exactly, and always in the same way."""

from __future__ import annotations

from datetime import date, datetime

from domain.plans import MICROS_PER_CENT, PLANS, cents_of_micros
from projections.history import wording
from web.pages.blueprint import pages

SIGNS = {"eur": "€"}
CENTS = 100
SECONDS_OF_HOUR = 3_600
MICROS = CENTS * MICROS_PER_CENT
MICROS_DIGITS = 6


@pages.app_template_filter()
def grouped(number: int) -> str:
    """25,000"""
    return f"{number:,}"


@pages.app_template_filter()
def money(cents: int, currency: str = "eur") -> str:
    """€ 290.00"""
    whole, rest = divmod(abs(cents), CENTS)
    return f"{_sign(currency, cents)}{whole:,}.{rest:02}"


@pages.app_template_filter()
def money_of_micros(micros: int, currency: str = "eur") -> str:
    """€ 0.005: two digits after the point, more only where the amount has them."""
    whole, rest = divmod(abs(micros), MICROS)
    digits = f"{rest:0{MICROS_DIGITS}}".rstrip("0").ljust(2, "0")
    return f"{_sign(currency, micros)}{whole:,}.{digits}"


@pages.app_template_filter()
def money_to_the_cent(micros: int, currency: str = "eur") -> str:
    """€ 806.67: rounded, for what is not billed."""
    return money(cents_of_micros(micros), currency)


@pages.app_template_filter()
def hours(seconds: int) -> str:
    """1,234.5: rounded to a tenth"""
    tenths = (seconds * 10 + SECONDS_OF_HOUR // 2) // SECONDS_OF_HOUR
    return f"{tenths // 10:,}.{tenths % 10}"


@pages.app_template_filter()
def share(part: int, whole: int) -> str:
    """83.2%: rounded to a tenth; it may be more than a hundred."""
    tenths = (part * 1000 + whole // 2) // whole if whole else 0
    return f"{tenths // 10:,}.{tenths % 10}%"


@pages.app_template_filter()
def instant(at: datetime) -> str:
    """21 Nov 2026, 14:05 UTC"""
    return f"{day(at)}, {at:%H:%M} UTC"


@pages.app_template_filter()
def instant_exact(at: datetime) -> str:
    """21 Nov 2026, 14:05:09 UTC"""
    return f"{day(at)}, {at:%H:%M:%S} UTC"


@pages.app_template_filter()
def day(at: datetime) -> str:
    """21 Nov 2026"""
    return f"{at.day} {at:%b %Y}"


@pages.app_template_filter()
def day_of_month(at: date) -> str:
    """21 Nov"""
    return f"{at.day} {at:%b}"


@pages.app_template_filter()
def title_of_plan(name: str) -> str:
    """Agency"""
    return PLANS[name].title


@pages.app_template_filter()
def reason(stripes: str) -> str:
    """Why a subscription ended: somebody asked for it"""
    return wording.reason(stripes)


def _sign(currency: str, amount: int) -> str:
    minus = "−" if amount < 0 else ""
    return f"{minus}{SIGNS.get(currency, currency.upper())} "
