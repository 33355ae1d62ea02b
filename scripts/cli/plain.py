"""How anything of ours looks as plain JSON: stable, readable, and without loss."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate


def plain(value: Any) -> Any:
    """Ids and instants as text, spans in seconds, sets sorted, aggregates and dataclasses by field."""
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return value.value
        case str():
            return str(value)
        case UUID():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case bytes():
            return value.hex()
        case dict():
            return {str(plain(key)): plain(one) for key, one in value.items()}
        case set() | frozenset():
            return sorted(plain(one) for one in value)
        case list() | tuple():
            return [plain(one) for one in value]
        case Aggregate():
            return state_of(value)
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no plain form")


def state_of(aggregate: Aggregate) -> dict[str, Any]:
    """What an aggregate knows, without the library's bookkeeping."""
    return {name: plain(value) for name, value in vars(aggregate).items() if not name.startswith("_")}


def document(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False, indent=2)
