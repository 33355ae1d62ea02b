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
