"""A change: what one fact made of one row of a screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.fact import Fact

Row = Mapping[str, Any]  # as plain JSON
Rows = Mapping[str, list[Row]]  # by table


@dataclass(frozen=True, kw_only=True)
class Change:
    """None where there was no row before, or is none after it."""

    fact: Fact
    table: str
    before: Row | None
    after: Row | None
