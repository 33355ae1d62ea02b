"""Do arrays that are made in one stroke arrive as what they were?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.errors import CharacterNotInRepertoire

from adapters.postgres.columns import arrays_of
from adapters.postgres.writing import Rejected, writing

INSTANT = datetime(2026, 7, 21, 14, 30, 5, 123_456, tzinfo=UTC)
VALUES: dict[str, list[Any]] = {
    "uuid": [UUID(int=0), UUID(int=2**128 - 1), UUID("0f8fad5b-d9cb-469f-a165-70867728950e")],
    "bigint": [0, 1, -1, 2**63 - 1, -(2**63)],
    "integer": [0, 7, -7, 2**31 - 1, -(2**31)],
    "timestamptz": [
        INSTANT,
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        INSTANT.astimezone(timezone(timedelta(hours=-9, minutes=-30))),
    ],
    "boolean": [True, False],
    "text": ["", "plain", "näher", "NULL", '{"a\\b"}', "🌳"],
}


def written(database: str, type: str, values: list[Any]) -> list[Any]:
    with psycopg.connect(database) as db:
        db.execute(f"CREATE TEMPORARY TABLE things (n bigint, value {type})")
        with writing(db) as writer:
            statement = f"INSERT INTO things SELECT * FROM unnest(%b::bigint[], %b::{type}[])"
            writer.execute(statement, ([*range(len(values))], values))
        return [row[0] for row in db.execute("SELECT value FROM things ORDER BY n")]


@pytest.mark.parametrize("type", list(VALUES))
@pytest.mark.parametrize("nulls", ["none", "some", "only"])
def test_an_array_arrives_as_what_it_was(database: str, type: str, nulls: str) -> None:
    some = [None, *VALUES[type], None, None]
    values = {"none": VALUES[type], "some": some, "only": [None, None]}[nulls]

    assert written(database, type, values) == values


def test_only_statements_that_are_given_nothing_but_arrays_are_sent_so() -> None:
    assert arrays_of("SELECT unnest(%b::uuid[], %b::text[])") == ("uuid", "text")
    assert arrays_of("SELECT unnest(%b::uuid[]) WHERE x = %s") is None
    assert arrays_of("SELECT unnest(%b::uuid[]) WHERE x = ANY(%s::uuid[])") is None
    assert arrays_of("SELECT unnest(%b::inet[])") is None
    assert arrays_of("SELECT 1") is None


def test_what_postgresql_cannot_hold_is_refused(database: str) -> None:
    with pytest.raises(Rejected) as refused:
        written(database, "text", ["fine", "not\x00fine"])

    assert isinstance(refused.value.error, CharacterNotInRepertoire)


@pytest.mark.parametrize(("type", "value"), [("integer", 2**31), ("uuid", "no id"), ("boolean", "maybe")])
def test_a_value_of_another_kind_is_refused(database: str, type: str, value: Any) -> None:
    with pytest.raises((OverflowError, AttributeError, KeyError)):
        written(database, type, [value])
