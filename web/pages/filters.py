"""How amounts, counts and instants are written on a page: exactly, and always in the same way."""

from __future__ import annotations

from datetime import date, datetime

from domain.credits.category import Category
from domain.plans import MICROS_PER_CENT, PLANS, cents_of_micros
from projections.history import wording
from web.pages.blueprint import pages

CATEGORIES = {
    Category.PHONE_CALL: "Phone calls",
    Category.WEB_CALL: "Web calls",
    Category.SMS: "SMS",
    Category.FORWARDING: "Forwarding",
    Category.PHONE_NUMBER: "Phone numbers",
}
SECONDS_OF_MINUTE = 60
SECONDS_OF_HOUR = 3_600


@pages.app_template_filter()
def grouped(number: int) -> str:
    """25,000"""
    return f"{number:,}"


@pages.app_template_filter()
def money(cents: int, currency: str = "eur") -> str:
    """€ 290.00"""
    return wording.cents(cents, currency)


@pages.app_template_filter()
def money_of_micros(micros: int, currency: str = "eur") -> str:
    """€ 0.005: two digits after the point, more only where the amount has them."""
    return wording.micros(micros, currency)


@pages.app_template_filter()
def money_to_the_cent(micros: int, currency: str = "eur") -> str:
    """€ 806.67: rounded, for what is not billed."""
    return money(cents_of_micros(micros), currency)


@pages.app_template_filter()
def in_field(micros: int) -> str:
    """62.50: as a form takes it, which has whole cents."""
    cents = micros // MICROS_PER_CENT
    return f"{cents // 100}.{cents % 100:02}"


@pages.app_template_filter()
def title_of_category(category: str) -> str:
    """Phone calls"""
    return CATEGORIES[Category(category)]


@pages.app_template_filter()
def about(micros: int) -> str:
    """€ 62: of what is only foretold, whole euros"""
    return f"{wording.EURO} {(micros + wording.MICROS // 2) // wording.MICROS:,}"


@pages.app_template_filter()
def minutes(seconds: int) -> str:
    """1,234.5: rounded to a tenth"""
    return _to_a_tenth(seconds, SECONDS_OF_MINUTE)


@pages.app_template_filter()
def hours(seconds: int) -> str:
    """1,234.5: rounded to a tenth"""
    return _to_a_tenth(seconds, SECONDS_OF_HOUR)


@pages.app_template_filter()
def clock(seconds: int) -> str:
    """1:03, or 2:00:01 where it took hours."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


@pages.app_template_filter()
def share(part: int, whole: int) -> str:
    """83.2%: rounded to a tenth; it may be more than a hundred."""
    return f"{_to_a_tenth(part * 100, whole)}%"


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


def _to_a_tenth(part: int, whole: int) -> str:
    tenths = (part * 10 + whole // 2) // whole if whole else 0
    return f"{tenths // 10:,}.{tenths % 10}"
