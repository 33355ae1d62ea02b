"""A sentence that depends: which of two ways a fact is told in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Either:
    """Two ways to tell a fact, and the question that decides between them."""

    asked: Callable[[Fields], bool]
    so: str
    otherwise: str


def has(field: str) -> Callable[[Fields], bool]:
    """Whether a fact says something in a field: neither nothing nor no."""
    return lambda fields: fields[field] is not None and fields[field] is not False
