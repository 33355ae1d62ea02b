"""What every projection is: a question, the tables that answer it, and what each fact changes in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

from psycopg import Connection

from domain.fact import Fact

Db = Connection[Any]
Topic = str
Handler = Callable[[Any, Db, Fact, Any], None]
T = TypeVar("T")
H = TypeVar("H", bound=Callable[..., None])
# A question that was asked and is not waited for yet: several go to the database in one message.
Later = Callable[[], T]


def on(*event_classes: type) -> Callable[[H], H]:
    """Mark a method as what these facts change: it gets the database, the fact and its event."""

    def mark(handler: H) -> H:
        handler.facts = event_classes  # type: ignore[attr-defined]
        return handler

    return mark


class Writes(Protocol):
    """Where a followed projection writes: it is told nothing, because the answer comes later."""

    def execute(self, query: str, values: Sequence[Any] = (), /) -> object: ...


def fill(db: Writes, statement: str, rows: Iterable[Sequence[object]]) -> None:
    """Carry out a statement over rows, which it gets as one array for each column; nothing without rows.

    Better `SELECT unnest(...), unnest(...)` than `FROM unnest(...)`, of which PostgreSQL makes a table first.
    """
    if columns := [[*column] for column in zip(*rows, strict=True)]:
        db.execute(statement, columns)


class Projection:
    """Plain tables, rebuildable from the logs alone.

    Statements name tables without a schema: the search path decides whether the live tables or a
    shadow of them is meant, so there is one implementation for both.
    """

    name: ClassVar[str]
    logs: ClassVar[Sequence[str]]
    # Whether no row that a fact of one log adds or changes is touched by facts of the other: then a rebuild
    # follows both at once, each in transactions of its own, and not the one after the other.
    side_by_side: ClassVar[bool] = False
    tables: ClassVar[Mapping[str, str]]  # name -> columns and constraints
    indexes: ClassVar[Mapping[str, str]] = {}  # name -> "table (columns)"
    needed: ClassVar[frozenset[str]] = frozenset()  # indexes by which handlers find rows
    # Of facts that are most of a log: the only fields that are read. Of all others there is every field.
    reads: ClassVar[Mapping[Topic, frozenset[str]]] = {}
    handlers: ClassVar[dict[Topic, Handler]] = {}

    def __init_subclass__(cls) -> None:
        cls.handlers = cls.handlers | {
            event_class.__qualname__: member
            for member in vars(cls).values()
            for event_class in getattr(member, "facts", ())
        }

    def apply(self, db: Any, facts: Sequence[Fact]) -> None:
        """Apply facts in log order; a fact without a handler says nothing about the question.

        `db` only has to write. Of the event only the fields are there for certain, and what is written need
        not be done when a handler is through: the next ones find it as it will be.
        """
        handlers = self.handlers
        for fact in facts:
            if handler := handlers.get(fact.topic):
                handler(self, db, fact, fact.event)

    def topics(self, log: str) -> frozenset[Topic]:
        """Which facts of a log it must see."""
        return frozenset(self.handlers)

    def create(self, db: Db) -> None:
        """Make the tables, empty, in the first schema of the search path; fails if they are there."""
        self.create_tables(db)
        for statement in self.index_statements():
            db.execute(statement)

    def create_tables(self, db: Db) -> None:
        for table, columns in self.tables.items():
            db.execute(f"CREATE TABLE {table} ({columns})")
        for index in sorted(self.needed):
            db.execute(f"CREATE INDEX {index} ON {self.indexes[index]}")

    def index_statements(self) -> list[str]:
        """For the indexes by which questions are answered, which may be made when the tables are full."""
        return [
            f"CREATE INDEX {index} ON {columns}"
            for index, columns in self.indexes.items()
            if index not in self.needed
        ]
