"""Markup: what an agency asks of a client for credits, above what they cost itself."""

from __future__ import annotations

from domain.plans import MICROS_PER_CENT

WHOLE = 10_000  # hundredths of a percent


def billed_cents(micros: int, percent_hundredths: int) -> int:
    """Credits with the markup on them, in whole cents; half a cent is rounded up.

    Of each line of an invoice, so that the lines add up to what is asked for.
    """
    whole_cent = MICROS_PER_CENT * WHOLE
    return (micros * (WHOLE + percent_hundredths) + whole_cent // 2) // whole_cent
