"""Poison: a fact that a projection cannot follow."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, cast

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow

from adapters.postgres.logs import facts_to_follow
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
        give(rows)


@contextmanager
def feeding(
    db: Connection[DictRow], projections: Sequence[Fed], log: str
) -> Iterator[Callable[[Sequence[DictRow]], None]]:
    """To feed in several parts: the server writes one while the next is read and decoded."""
    following = [projection for projection in projections if log in projection.logs]
    wanted = frozenset[str]().union(*(projection.topics(log) for projection in following))
    try:
        with _no_cycles(), db.transaction(), writing(db) as written:

            def give(rows: Sequence[DictRow]) -> None:
                at = NO_PROJECTION
                try:
                    facts = facts_to_follow(log, rows, wanted)
                    for projection in following:
                        at = written.writer = projection.name
                        projection.apply(cast(Connection[Any], written), facts)
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
