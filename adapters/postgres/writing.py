"""Writing without waiting: statements go to the server while the next ones are made.

Projections write a statement or two for most facts. psycopg's own pipeline takes longer to hand one over
than the server needs to carry it out; here it is prepared once for a batch and then only sent.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import DiagnosticField, ExecStatus, Format, abc
from psycopg.waiting import Ready, Wait

from adapters.postgres.columns import array, array_type, arrays_of

PLACEHOLDER = re.compile(r"%[sb]")

Types = tuple[int, ...]


class Rejected(Exception):
    """The server did not carry out a statement: of whom it was, and what the server says."""

    def __init__(self, writer: str, error: psycopg.Error) -> None:
        super().__init__(f"{writer}: {type(error).__name__}")
        self.writer = writer
        self.error = error


class Writing:
    """Stands in for a connection where answers are of no interest; whether all went well is said at the
    end. `writer` is whose statements come now."""

    def __init__(self, db: Connection[Any]) -> None:
        self.db = db
        self.writer = ""
        self._pgconn = db.pgconn
        self._transformer = Transformer(db)
        self._prepared: dict[tuple[str, Types], bytes] = {}
        self._writers: deque[str] = deque()  # of all that is not answered yet
        self._synced, self._answered = 0, 0
        self._rejected: Rejected | None = None

    def execute(self, query: str, values: Sequence[Any] = ()) -> None:
        statement, formats, arrays = _plain(query)
        dumped: Sequence[Any]
        sent: list[Format] | None
        if arrays:
            dumped = [array(*column) for column in zip(arrays, values, strict=True)]
            types, sent = tuple([array_type(one) for one in arrays]), [Format.BINARY] * len(arrays)
        else:
            dumped = self._transformer.dump_sequence(values, formats)
            types, sent = self._transformer.types or (), self._transformer.formats
        name = self._prepared.get((query, types)) or self._prepare(query, statement, types)
        self._pgconn.send_query_prepared(name, dumped, sent)
        self._writers.append(self.writer)

    def _prepare(self, query: str, statement: bytes, types: Types) -> bytes:
        """Under a name that the batch before may have used for another one."""
        name = self._prepared[query, types] = f"heartwood_{len(self._prepared)}".encode()
        self._pgconn.send_close_prepared(name)
        self._pgconn.send_prepare(name, statement, types)
        self._writers.extend((self.writer, self.writer))
        return name

    def keep_up(self) -> None:
        """Go on while the server works on what came since the last time: it has all of that by then, and
        what was before is done."""
        self.sync()
        self._wait_for(self._synced - 1)

    def sync(self) -> None:
        """The end of a part; without a transaction around it, it is one of its own."""
        self._pgconn.pipeline_sync()
        self._synced += 1

    def end(self) -> None:
        """Wait until the server is through with all of it."""
        try:
            self.sync()
            self._wait_for(self._synced)
        finally:
            if not self.db.closed:
                self._pgconn.exit_pipeline_mode()

    def _wait_for(self, synced: int) -> None:
        """Raises Rejected for the first statement that the server refused."""
        try:
            self.db.wait(self._answers(synced))
        except BaseException:
            self.db.close()  # nobody knows what it still has to say
            raise
        if self._rejected is not None:
            raise self._rejected

    def _answers(self, synced: int) -> Generator[Wait, Ready | int, None]:
        """Reads them in the order of the statements, until so many parts are answered and all is sent."""
        pgconn = self._pgconn
        while (unsent := pgconn.flush()) or self._answered < synced:
            yield Wait.RW if unsent else Wait.R
            pgconn.consume_input()
            while self._answered < self._synced and not pgconn.is_busy():
                answer = pgconn.get_result()
                if answer is None:
                    continue
                if answer.status == ExecStatus.PIPELINE_SYNC:
                    self._answered += 1
                    continue
                writer = self._writers.popleft()
                if answer.status == ExecStatus.FATAL_ERROR and self._rejected is None:
                    self._rejected = Rejected(writer, _error(answer))


@contextmanager
def writing(db: Connection[Any]) -> Iterator[Writing]:
    """Write in the transaction that the connection is in, if it is in any."""
    db.pgconn.enter_pipeline_mode()
    written = Writing(db)
    try:
        yield written
    finally:
        written.end()


@cache
def _plain(query: str) -> tuple[bytes, list[PyFormat], tuple[str, ...] | None]:
    """A statement as PostgreSQL numbers its values, how each one is sent, and of what they are arrays."""
    formats = [
        PyFormat.BINARY if one == "%b" else PyFormat.AUTO
        for one in PLACEHOLDER.findall(query.replace("%%", ""))
    ]
    parts = [PLACEHOLDER.split(part) for part in query.split("%%")]
    number = 0
    for part in parts:
        for at in range(1, len(part)):
            number += 1
            part[at] = f"${number}{part[at]}"
    return "%".join("".join(part) for part in parts).encode(), formats, arrays_of(query)


def _error(answer: abc.PGresult) -> psycopg.Error:
    def field(which: DiagnosticField) -> str:
        return (answer.error_field(which) or b"").decode(errors="replace")

    kind = psycopg.errors.lookup(field(DiagnosticField.SQLSTATE))
    return kind(field(DiagnosticField.MESSAGE_PRIMARY))
