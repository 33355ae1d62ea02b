"""The rebuilder: makes what is asked for, one rebuild at a time, and says how far it is and what came of it.

It asks the world for nothing: a rebuild reads logs and writes tables; errands are written by appends only.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from uuid import UUID

import psycopg
from psycopg.errors import LockNotAvailable

from adapters.postgres.database import Database
from adapters.postgres.rebuild import (
    AlreadyRebuilding,
    NotRebuilt,
    Progress,
    Rebuildable,
    Rebuilt,
    rebuild,
    rebuild_followed,
)
from adapters.postgres.rebuilds import AT_IT_LOCK, Rebuild, Rebuilds
from adapters.redacting import redacted

ALL = "all"
TOGETHER = "the screens"
ATTEMPTS_MAX = 3  # of one that is interrupted
WAITS_MAX = timedelta(hours=1)  # for its turn; whoever asked has looked away by then
LOOK_SECONDS = 1.0
TELL_SECONDS = 0.5
OPERATOR = "operator"
MS = 1_000  # in a second

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What is made and swapped in at once."""

    label: str
    projections: Sequence[Rebuildable]
    inline: bool


class Stopped(NotRebuilt):
    """The worker ends; whoever works next begins it again."""


class Rebuilder:
    def __init__(
        self,
        database: Database,
        rebuilds: Rebuilds,
        clock: Callable[[], datetime],
        *,
        inline: Sequence[Rebuildable],
        followed: Sequence[Rebuildable],
    ) -> None:
        self.database = database
        self.rebuilds = rebuilds
        self.clock = clock
        self.inline = inline
        self.followed = followed

    def parts_of(self, wanted: str) -> list[Part]:
        """Inline projections are made one by one; all that are followed are swapped in at once."""
        alone = [Part(label=one.name, projections=[one], inline=True) for one in self.inline]
        if wanted == ALL:
            return [*alone, Part(label=TOGETHER, projections=self.followed, inline=False)]
        alone += [Part(label=one.name, projections=[one], inline=False) for one in self.followed]
        return [part for part in alone if part.label == wanted]

    def make(self, rebuild_id: UUID, by: str, part: Part, progress: Progress) -> list[Rebuilt]:
        began = time.monotonic()
        told = self._told(rebuild_id, part, progress)
        if part.label == TOGETHER:
            made = rebuild_followed(self.database, part.projections, told)
        else:
            made = [rebuild(self.database, part.projections[0], told, inline=part.inline)]
        took_ms = int((time.monotonic() - began) * MS)
        self.rebuilds.note(rebuild_id, by, made, took_ms=took_ms, now=self.clock())
        return made

    def _told(self, rebuild_id: UUID, part: Part, progress: Progress) -> Progress:
        """Now and then also to the others. Where that fails, the rebuild goes on all the same."""
        last = float("-inf")

        def told(read: int, there: int) -> None:
            nonlocal last
            progress(read, there)
            if time.monotonic() >= last + TELL_SECONDS:
                last = time.monotonic()
                with suppress(psycopg.OperationalError):
                    self.rebuilds.tell(rebuild_id, part.label, read, there)

        return told

    # At the command line.

    @contextmanager
    def at_once(self, rebuild_id: UUID, wanted: str) -> Iterator[None]:
        """Rebuild within this: what else waits gives way, and whatever ends it is told."""
        with self._alone() as alone:
            if not alone:
                raise AlreadyRebuilding("another rebuild is under way; wait for it to end")
            self.rebuilds.take_over(rebuild_id, wanted, OPERATOR, self.clock())
            try:
                yield
            except BaseException as error:
                with suppress(psycopg.OperationalError):
                    self.rebuilds.end(rebuild_id, self.clock(), error=_reason(error))
                raise
            self.rebuilds.end(rebuild_id, self.clock())

    # In the worker.

    def run(self, stop: Event, leads: Event) -> None:
        """Look every second whether something is asked for, as long as this worker leads."""
        while not stop.wait(LOOK_SECONDS):
            if not leads.is_set():
                continue
            try:
                self.step(stop)
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                log.warning("rebuilds wait for the database: %s", type(error).__name__)
            except Exception as error:
                log.error("a rebuild stumbled: %s", type(error).__name__)

    def step(self, stop: Event) -> None:
        """Make what is asked for, unless somebody is at it."""
        if (seen := self._asked()) is None or seen.runs:
            return
        with self._alone() as alone:
            asked = self._asked() if alone else None
            if asked is None:
                return
            if reason := self._why_not(asked):
                self.rebuilds.end(asked.rebuild_id, self.clock(), error=reason)
            else:
                self._carry_out(asked, stop)

    def _asked(self) -> Rebuild | None:
        with self.database.connection() as db:
            newest = self.rebuilds.newest(db)
        return newest if newest and newest.is_open else None

    def _carry_out(self, asked: Rebuild, stop: Event) -> None:
        """A database that is away costs an attempt, and so does the end of a worker; nothing else is tried
        again."""
        self.rebuilds.begin(asked.rebuild_id, self.clock())
        try:
            for part in self.parts_of(asked.wanted):
                self.make(asked.rebuild_id, asked.asked_by, part, _until(stop))
        except Stopped:
            return
        except AlreadyRebuilding:  # the session of one that was killed goes on for a while
            self.rebuilds.wait(asked.rebuild_id)
        except Exception as error:
            if _is_away(error):
                raise
            log.error("the rebuild of %s failed: %s", asked.wanted, type(error).__name__)
            self.rebuilds.end(asked.rebuild_id, self.clock(), error=_reason(error))
        else:
            self.rebuilds.end(asked.rebuild_id, self.clock())

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether nobody else is at a rebuild; while this lasts, nobody begins one."""
        with self.database.connect() as db:
            db.execute("SET idle_session_timeout = 0")
            row = db.execute("SELECT pg_try_advisory_lock(%s) AS got", (AT_IT_LOCK,)).fetchone()
            try:
                yield bool(row and row["got"])
            finally:
                if not db.closed and not db.broken:
                    db.execute("SELECT pg_advisory_unlock_all()")

    def _why_not(self, found: Rebuild) -> str | None:
        if found.asked_by == OPERATOR:
            return "interrupted"
        if not self.parts_of(found.wanted):
            return "there is no such projection"
        if found.attempts >= ATTEMPTS_MAX:
            return f"interrupted {found.attempts} times"
        if self.clock() - found.asked_at > WAITS_MAX:
            return "nobody came to it"
        return None


def _until(stop: Event) -> Progress:
    def progress(_: int, __: int) -> None:
        if stop.is_set():
            raise Stopped("the worker ends")

    return progress


def _is_away(error: Exception) -> bool:
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and not isinstance(
        error, LockNotAvailable
    )


def _reason(error: BaseException) -> str:
    """Without a word about anybody: what we say ourselves, or the kind of fault."""
    if isinstance(error, NotRebuilt):
        return redacted(str(error))
    if isinstance(error, LockNotAvailable):
        return "others held what this needs for too long; nothing was changed"
    return type(error).__name__ if isinstance(error, Exception) else "interrupted"
