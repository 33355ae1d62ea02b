"""What led to what in one story, and how long did each step take?

A fact has one cause, and follows only what stands before it: so steps make a forest, and never a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from heapq import merge
from typing import Protocol
from uuid import UUID

from domain.fact import Fact
from domain.ids import stream_of_notice
from domain.instants import instant_in
from domain.notice import StripeNotice

Place = tuple[UUID, int]  # stream and version of a fact
NOTHING = timedelta()


class Kind(StrEnum):
    """What a step is; all but the last two are first causes."""

    REQUEST = "request"
    NOTICE = "notice"
    TICK = "tick"
    COMMAND = "command"
    ELSEWHERE = "elsewhere"  # in another story, or nothing that the reader may know
    FACT = "fact"
    ERRAND = "errand"


FIRST = {f"{kind}:": kind for kind in (Kind.REQUEST, Kind.NOTICE, Kind.TICK, Kind.COMMAND)}


class Errand(Protocol):
    """What a fact asked the world to do, as the outbox still knows it."""

    @property
    def errand(self) -> str: ...
    @property
    def stream(self) -> UUID: ...
    @property
    def version(self) -> int: ...
    @property
    def asked_at(self) -> datetime: ...
    @property
    def done_at(self) -> datetime | None: ...
    @property
    def gave_up_at(self) -> datetime | None: ...
    @property
    def attempts(self) -> int: ...
    @property
    def error(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class Step:
    """One of a story; `after` is the time since its cause, None where nobody knows it."""

    number: int
    kind: Kind
    cause: int | None  # the number of the step that led to it
    depth: int
    at: datetime | None
    after: timedelta | None
    known_as: str  # of a first cause: the request, the notice, the job; else the fact or the errand
    actor: str | None  # None where it is not for the reader
    fact: Fact | None = None  # of a first cause, the one that it led to first
    errand: Errand | None = None


@dataclass(frozen=True, kw_only=True)
class Story:
    name: str | None  # None where it is not for the reader
    steps: Sequence[Step]

    def caused_by(self, step: Step) -> Step | None:
        return None if step.cause is None else self.steps[step.cause - 1]

    @property
    def facts(self) -> list[Fact]:
        return [step.fact for step in self.steps if step.kind is Kind.FACT and step.fact is not None]

    @property
    def took(self) -> timedelta:
        """From the first instant that is known to the last."""
        instants = [step.at for step in self.steps if step.at is not None]
        return max(instants) - min(instants) if instants else NOTHING


def told(
    facts: Iterable[Fact],
    errands: Iterable[Errand] = (),
    *,
    name: str | None,
    closed: Callable[[Fact], bool] = lambda fact: False,
) -> Story:
    """The steps in the order in which they happened; of a fact that is `closed` nobody learns the cause,
    unless it is one that they may see."""
    given = in_order(facts)
    asked: dict[Place, list[Errand]] = {}
    for one in errands:
        asked.setdefault((one.stream, one.version), []).append(one)
    telling = _Telling(asked, closed)
    for fact in given:
        telling.tell(fact)
    return Story(name=name, steps=telling.steps)


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """Each log in its own order, one beside the other by the clock."""
    known = {(fact.log, fact.position): fact for fact in facts}
    logs: dict[str, list[Fact]] = {}
    for _, fact in sorted(known.items()):
        logs.setdefault(fact.log, []).append(fact)
    # What was counted or voided comes before what followed from it at the same instant.
    return list(
        merge(*(logs[log] for log in sorted(logs, reverse=True)), key=lambda one: one.event.timestamp)
    )


class _Telling:
    """A story as far as it has been told."""

    def __init__(self, asked: Mapping[Place, list[Errand]], closed: Callable[[Fact], bool]) -> None:
        self.asked = asked
        self.closed = closed
        self.steps: list[Step] = []
        self.of_fact: dict[Place, int] = {}
        self.of_cause: dict[tuple[Kind, str], int] = {}

    def tell(self, fact: Fact) -> None:
        cause = self._cause_of(fact)
        step = self._add(
            Step(
                number=0,
                kind=Kind.FACT,
                cause=cause,
                depth=0,
                at=fact.event.timestamp,
                after=None,
                known_as=fact.name,
                actor=fact.event.actor,
                fact=fact,
            )
        )
        self.of_fact[fact.stream, fact.version] = step.number
        for one in self.asked.get((fact.stream, fact.version), ()):
            self._add(_errand_of(one, step, fact))

    def _add(self, step: Step) -> Step:
        led = self.steps[step.cause - 1] if step.cause is not None else None
        after = None
        if led is not None and led.at is not None and step.at is not None and not _begins_with(led, step):
            after = max(step.at - led.at, NOTHING)  # two clocks that are both right may differ
        depth = led.depth + 1 if led else 0
        added = replace(step, number=len(self.steps) + 1, depth=depth, after=after)
        self.steps.append(added)
        return added

    def _cause_of(self, fact: Fact) -> int:
        cause = fact.event.cause
        place = place_in(cause)
        if place is not None and place in self.of_fact:
            return self.of_fact[place]
        if self.closed(fact):
            return self._first(Kind.ELSEWHERE, "", fact)
        for prefix, kind in FIRST.items():
            if cause.startswith(prefix):
                return self._first(kind, cause.removeprefix(prefix), fact)
        return self._first(Kind.ELSEWHERE, cause, fact)

    def _first(self, kind: Kind, known_as: str, fact: Fact) -> int:
        """A first cause stands before the first thing that it led to."""
        if (known := self.of_cause.get((kind, known_as))) is not None:
            return known
        step = self._add(
            Step(
                number=0,
                kind=kind,
                cause=None,
                depth=0,
                at=_instant_of(kind, known_as, fact),
                after=None,
                known_as=known_as,
                actor=None if kind is Kind.ELSEWHERE else fact.event.actor,
                fact=None if kind is Kind.ELSEWHERE else fact,
            )
        )
        self.of_cause[kind, known_as] = step.number
        return step.number


def place_in(cause: str) -> Place | None:
    """The fact that a cause names, also the one that remembers a notice."""
    kind, _, which = cause.partition(":")
    if kind == "fact":
        stream, _, version = which.partition("/")
        try:
            return UUID(stream), int(version)
        except ValueError:
            return None
    return (stream_of_notice(which), 1) if kind == "notice" else None


def _begins_with(led: Step, step: Step) -> bool:
    """When somebody asked is not written anywhere but in what came of it."""
    return led.kind in (Kind.REQUEST, Kind.COMMAND) and led.fact is step.fact


def _instant_of(kind: Kind, known_as: str, fact: Fact) -> datetime | None:
    match kind:
        case Kind.NOTICE if isinstance(fact.event, StripeNotice.Received):
            made: datetime = fact.event.stripe_created_at
            return made
        case Kind.TICK:
            return _instant(known_as.rpartition("@")[2])
        case Kind.REQUEST | Kind.COMMAND:
            began: datetime = fact.event.timestamp
            return began
    return None


def _instant(text: str) -> datetime | None:
    try:
        return instant_in(text)
    except ValueError:
        return None


def _errand_of(one: Errand, of: Step, fact: Fact) -> Step:
    """It stands where it was asked for, at the instant at which it came to an end."""
    at = one.done_at or one.gave_up_at
    return Step(
        number=0,
        kind=Kind.ERRAND,
        cause=of.number,
        depth=0,
        at=at,
        after=None,
        known_as=one.errand,
        actor=None,
        fact=fact,
        errand=one,
    )
