"""Does a batch that is folded leave the rows that its changes one by one would have left?"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg.errors import UniqueViolation

from projections.folding import Rows, Table

COLUMNS = """
    one    integer NOT NULL,
    other  text NOT NULL,
    said   text,
    number bigint NOT NULL DEFAULT 0,
    list   text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (one, other)
"""
TABLES = {"things": Table.of("things", COLUMNS)}
WORDS = ("plain", 'with "quotes"', "back\\slash", "com,ma", "{}", "NULL", "")
CHANGES = 300
SEEDS = range(4)

Change = Callable[[Rows], None]


@pytest.fixture
def db(database: str) -> Any:
    with psycopg.connect(database) as db:
        db.execute(f"CREATE TEMPORARY TABLE things ({COLUMNS})")
        yield db


def rows_of(db: Any) -> list[Any]:
    return db.execute("SELECT * FROM things ORDER BY one, other").fetchall()  # type: ignore[no-any-return]


def changes(seed: int) -> list[Change]:
    """Only of those that are there something is inserted once more, and nobody would allow that."""
    chance, there, made = random.Random(seed), set(), []
    for _ in range(CHANGES):
        key = chance.randrange(4), chance.choice("ab")
        word, number = chance.choice(WORDS), chance.randrange(-5, 6)
        kind = chance.choice(["update", "said", "add", "put", "take", "delete", "search", "insert"])
        if kind == "insert":
            kind = "update" if key in there else "insert"
            there.add(key)
        elif kind == "delete":
            there.discard(key)
        made.append(change(kind, key, word, number))
    return made


def change(kind: str, key: tuple[int, str], word: str, number: int) -> Change:
    one, other = key
    kinds: dict[str, Change] = {
        "insert": lambda rows: rows.insert("things", one=one, other=other, said=word, list=[word]),
        "update": lambda rows: rows.update("things", key, said=word, number=number),
        "said": lambda rows: rows.update("things", key, said=None),
        "add": lambda rows: rows.add("things", key, number=number),
        "put": lambda rows: rows.put("things", key, "list", word),
        "take": lambda rows: rows.take("things", key, "list", word),
        "delete": lambda rows: rows.delete("things", key),
        "search": lambda rows: rows.execute("UPDATE things SET said = 'found' WHERE said = %s", (word,)),
    }
    return kinds[kind]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_batch_leaves_the_rows_that_its_changes_one_by_one_leave(db: Any, seed: int) -> None:
    made = changes(seed)
    for one in made:
        rows = Rows(db, TABLES)
        one(rows)
        rows.write()
    expected = rows_of(db)
    db.execute("DELETE FROM things")

    rows = Rows(db, TABLES)
    for one in made:
        one(rows)
    rows.write()

    assert expected
    assert rows_of(db) == expected


@pytest.mark.parametrize("between", ["nothing", "a change", "its end"])
def test_who_comes_twice_is_refused_in_a_batch_too(db: Any, between: str) -> None:
    rows = Rows(db, TABLES)
    rows.insert("things", one=1, other="a")
    rows.write()
    if between == "a change":
        rows.update("things", (1, "a"), said="still here")

    def come_again() -> None:
        rows.insert("things", one=1, other="a")
        if between == "its end":
            rows.delete("things", (1, "a"))
        rows.write()

    with pytest.raises(UniqueViolation):
        come_again()


def test_many_changes_of_many_rows_are_few_statements(db: Any) -> None:
    class Counting:
        statements = 0

        def execute(self, query: str, values: Any = ()) -> None:
            self.statements += 1
            db.execute(query, values)

    counting = Counting()
    rows = Rows(counting, TABLES)

    for number in range(100):
        rows.insert("things", one=number, other="a", number=0)
        rows.add("things", (number, "a"), number=2)
        rows.update("things", (number, "b"), said="nobody")
    rows.write()

    assert counting.statements == 2
    assert {row[3] for row in rows_of(db)} == {2}
