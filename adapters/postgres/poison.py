"""Poison: a fact that a projection cannot follow."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, cast

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow

from adapters.postgres.logs import PlainRow, facts_to_follow, plain
from adapters.postgres.mapper import Reader, reader
from adapters.postgres.writing import Rejected, writing
from adapters.redacting import redacted
from domain.fact import Fact

AWAY = (psycopg.OperationalError, psycopg.InterfaceError)
NO_PROJECTION = "none"  # where the fact itself cannot be read


class Fed(Protocol):
    """A projection, as far as it is fed."""

    @property
    def name(self) -> str: ...
    @property
    def logs(self) -> Sequence[str]: ...
    @property
    def reads(self) -> Mapping[str, frozenset[str]]: ...
    def topics(self, log: str) -> frozenset[str]: ...
    def apply(self, db: Connection[Any], facts: Sequence[Fact]) -> None: ...


class Poison(Exception):
    """The name of the projection, and what it says."""

    def __init__(self, projection: str, error: Exception) -> None:
        super().__init__(f"{projection}: {type(error).__name__}")
        self.projection = projection
        self.says = f"{projection} cannot follow" if projection != NO_PROJECTION else "nothing can read"
        self.error = redacted(f"{type(error).__name__}: {error}")


def feed(db: Connection[DictRow], projections: Sequence[Fed], log: str, rows: Sequence[DictRow]) -> None:
    """Give rows of a log to the projections that follow it: all of them take all, or it is as if none had."""
    with feeding(db, projections, log) as give:
        give([plain(row) for row in rows])


@contextmanager
def feeding(
    db: Connection[DictRow], projections: Sequence[Fed], log: str
) -> Iterator[Callable[[Sequence[PlainRow]], None]]:
    """To feed in several parts: the server writes one while the next is read and decoded."""
    following = [projection for projection in projections if log in projection.logs]
    wanted_by = [projection.topics(log) for projection in following]
    readers = _readers(following, wanted_by)
    try:
        with _no_cycles(), db.transaction(), writing(db) as written:

            def give(rows: Sequence[PlainRow]) -> None:
                at = NO_PROJECTION
                try:
                    facts = facts_to_follow(log, rows, readers)
                    for projection, own in _shared_out(facts, following, wanted_by):
                        at = written.writer = projection.name
                        projection.apply(cast(Connection[Any], written), own)
                    written.keep_up()
                except (*AWAY, Rejected):
                    raise  # if the database is away, no fact is to blame
                except Exception as error:
                    raise Poison(at, error) from error

            yield give
    except Rejected as rejected:
        if isinstance(rejected.error, AWAY):
            raise rejected.error from None
        raise Poison(rejected.writer, rejected.error) from rejected.error


def _readers(following: Sequence[Fed], wanted_by: Sequence[frozenset[str]]) -> dict[str, Reader]:
    """By topic: of facts of which all who want them say what they read, nothing else is decoded."""
    fields: dict[str, frozenset[str] | None] = {}
    for projection, wanted in zip(following, wanted_by, strict=True):
        for topic in wanted:
            own, others = projection.reads.get(topic), fields.get(topic, frozenset())
            fields[topic] = None if own is None or others is None else own | others
    return {topic: reader(topic, only) for topic, only in fields.items()}


def _shared_out(
    facts: Sequence[Fact], following: Sequence[Fed], wanted_by: Sequence[frozenset[str]]
) -> list[tuple[Fed, list[Fact]]]:
    """To each those that it wants, in order: otherwise all would look through all."""
    shares: list[list[Fact]] = [[] for _ in following]
    takers: dict[str, list[list[Fact]]] = {}
    for fact in facts:
        topic = fact.topic
        if (taking := takers.get(topic)) is None:
            taking = takers[topic] = [
                share for share, wanted in zip(shares, wanted_by, strict=True) if topic in wanted
            ]
        for share in taking:
            share.append(fact)
    return [(one, share) for one, share in zip(following, shares, strict=True) if share]


@contextmanager
def _no_cycles() -> Iterator[None]:
    """Facts hold no cycles, and to look for some among thousands takes as long as to decode them."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
