"""Amounts and instants are written exactly."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from web.pages import filters


@pytest.mark.parametrize(
    ("cents", "written"),
    [
        (0, "€ 0.00"),
        (5, "€ 0.05"),
        (29_000, "€ 290.00"),
        (123_456_789, "€ 1,234,567.89"),
        (-1_250, "−€ 12.50"),
    ],
)
def test_cents_are_written_with_two_digits(cents: int, written: str) -> None:
    assert filters.money(cents) == written


@pytest.mark.parametrize(
    ("micros", "written"),
    [
        (0, "€ 0.00"),
        (5_000, "€ 0.005"),
        (290_000_000, "€ 290.00"),
        (12_345_678, "€ 12.345678"),
        (1_500_000, "€ 1.50"),
        (-4_000, "−€ 0.004"),
    ],
)
def test_micros_are_written_with_as_many_digits_as_they_have(micros: int, written: str) -> None:
    assert filters.money_of_micros(micros) == written


@pytest.mark.parametrize(
    ("micros", "written"),
    [
        (806_666_649, "€ 806.67"),
        (5_000, "€ 0.01"),
        (4_999, "€ 0.00"),
        (-4_000, "€ 0.00"),
        (-330_000, "−€ 0.33"),
    ],
)
def test_what_was_saved_is_rounded_to_the_cent(micros: int, written: str) -> None:
    assert filters.money_to_the_cent(micros) == written


def test_another_currency_is_named() -> None:
    assert filters.money(100, "usd") == "USD 1.00"


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [
        (0, 500, "0.0%"),
        (1, 3, "33.3%"),
        (500, 500, "100.0%"),
        (85_000, 25_000, "340.0%"),
        (1, 0, "0.0%"),
        (999_999_999, 1, "99,999,999,900.0%"),
    ],
)
def test_a_share_is_rounded_to_a_tenth(part: int, whole: int, written: str) -> None:
    assert filters.share(part, whole) == written


def test_instants_are_written_with_their_zone() -> None:
    at = datetime(2026, 11, 21, 14, 5, 59, tzinfo=UTC)

    assert filters.instant(at) == "21 Nov 2026, 14:05 UTC"
    assert filters.day(at) == "21 Nov 2026"
    assert filters.grouped(25_000) == "25,000"
