"""Spreadsheets: a table as a file, with exact decimals, instants in ISO 8601, and nothing that computes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from flask import Response

from domain.plans import MICROS_PER_CENT

# What a spreadsheet takes for the beginning of a formula, also where it may split a cell in two.
FORMULA = re.compile(r"(^|[\t\r\n;,|])(?=\s*[=+\-@\uff0b\uff0d\uff1d\uff20])|^(?=[\t\r\n])")

CENTS = 100
MICROS = CENTS * MICROS_PER_CENT
MICROS_DIGITS = 6

Cell = str | int | UUID | None


def table(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(head)
    lines.writerows(rows)
    safe_name = re.sub(r"[^A-Za-z0-9_-]", "", name)
    return Response(
        written.getvalue(),
        mimetype="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="{safe_name}.csv"',
            "Cache-Control": "no-store",
        },
    )


def text_cell(text: str | None) -> str:
    """What people or Stripe wrote: a spreadsheet shows it as it is, and never computes it."""
    return FORMULA.sub(r"\g<0>'", text or "")


def instant_cell(at: datetime | None) -> str:
    return at.isoformat().replace("+00:00", "Z") if at else ""


def cents_cell(cents: int) -> str:
    """-12.50"""
    whole, rest = divmod(abs(cents), CENTS)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02}"


def micros_cell(micros: int) -> str:
    """0.005: two digits after the point, more only where the amount has them."""
    whole, rest = divmod(abs(micros), MICROS)
    digits = f"{rest:0{MICROS_DIGITS}}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}{whole}.{digits}"
