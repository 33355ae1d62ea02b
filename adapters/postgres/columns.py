"""Columns: lists of plain values as PostgreSQL takes arrays of them, made in one stroke for each list.

psycopg asks of each value anew what it is. Here the statement says it: `%b::uuid[]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from struct import Struct
from typing import Any

PLACE = re.compile(r"%[sb]")
ARRAY = re.compile(r"%b::(\w+)\[\]")
HEAD = Struct(
    "!iiIii"
)  # dimensions, whether there are nulls, the type of an element, elements, the first one
NULL = b"\xff\xff\xff\xff"  # in the place of a length
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
BOOLEANS = {True: b"\x01", False: b"\x00"}
NO_NULL = (AttributeError, TypeError, KeyError)  # what an encoder says of a null

Column = Sequence[Any]
Encoder = Callable[[Column], list[bytes]]


def _ids(column: Column) -> list[bytes]:
    return [one.int.to_bytes(16, "big") for one in column]


def _numbers(width: int, column: Column) -> list[bytes]:
    return [one.to_bytes(width, "big", signed=True) for one in column]


def _instants(column: Column) -> list[bytes]:
    return [((one - EPOCH) // MICROSECOND).to_bytes(8, "big", signed=True) for one in column]


def _booleans(column: Column) -> list[bytes]:
    return [BOOLEANS[one] for one in column]


def _texts(column: Column) -> list[bytes]:
    return [one.encode() for one in column]


# By the type: the ids that PostgreSQL has for an element and for an array, the bytes of an element if all
# have as many, and what makes them.
KNOWN: dict[str, tuple[int, int, int, Encoder]] = {
    "uuid": (2950, 2951, 16, _ids),
    "bigint": (20, 1016, 8, partial(_numbers, 8)),
    "integer": (23, 1007, 4, partial(_numbers, 4)),
    "timestamptz": (1184, 1185, 8, _instants),
    "boolean": (16, 1000, 1, _booleans),
    "text": (25, 1009, 0, _texts),
}


def arrays_of(query: str) -> tuple[str, ...] | None:
    """The types of what a statement is given, if it is given arrays only, and all of them are known here."""
    types = tuple(ARRAY.findall(query))
    if types and len(types) == len(PLACE.findall(query)) and all(one in KNOWN for one in types):
        return types
    return None


def array_type(type: str) -> int:
    return KNOWN[type][1]


def array(type: str, column: Column) -> bytes:
    """In the binary form; a value that is no such thing raises what Python says of it."""
    of_one, _, width, encode = KNOWN[type]
    try:
        encoded, nulls = encode(column), False
    except NO_NULL:  # to look for one first would take longer than to make the array
        encoded, nulls = encode([one for one in column if one is not None]), True
    head = HEAD.pack(1, nulls, of_one, len(column), 1)
    length = width.to_bytes(4, "big")
    if width and not nulls:
        return b"".join((head, length, length.join(encoded)))
    if width:
        encoded = [length + one for one in encoded]
    else:
        encoded = [len(one).to_bytes(4, "big") + one for one in encoded]
    if nulls:
        there = iter(encoded)
        encoded = [NULL if one is None else next(there) for one in column]
    return head + b"".join(encoded)
