"""Gathering: what many threads ask at once is done as one, and each of them gets its own answer."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from domain.conflicts import Contended

WAITING_MAX = 1_000
WAIT_SECONDS = 40.0  # longer than the database takes to say that it is away

Q = TypeVar("Q")
A = TypeVar("A")


class _Turn(Generic[Q, A]):
    """One who asks; `awake` is released when the answer is there or the others are to be led."""

    __slots__ = ("answer", "awake", "question")

    def __init__(self, question: Q) -> None:
        self.question = question
        self.answer: A | BaseException | None = None
        self.awake = threading.Lock()
        self.awake.acquire()


class Gathering(Generic[Q, A]):
    """Whoever comes first acts for all who wait by then; who comes meanwhile waits for the next round.

    There is no thread of its own: nothing to start, to stop or to lose over a fork. `act` answers each of
    those it is asked, an exception being an answer too; `weight` and `weight_max` bound how many they are.
    """

    def __init__(
        self, act: Callable[[Sequence[Q]], Sequence[A | BaseException]], *, weight: Callable[[Q], int],
        weight_max: int,
    ) -> None:  # fmt: skip
        self._act = act
        self._weight = weight
        self._weight_max = weight_max
        self._lock = threading.Lock()
        self._waiting: deque[_Turn[Q, A]] = deque()
        self._led = False

    def ask(self, question: Q) -> A:
        """The answer to one question, or what went wrong with it; Contended after the deadline."""
        turn: _Turn[Q, A] = _Turn(question)
        with self._lock:
            waits = self._led
            if waits:
                if len(self._waiting) >= WAITING_MAX:
                    raise Contended("track")
                self._waiting.append(turn)
            self._led = True
        if waits:
            self._wait(turn)
        if turn.answer is None:
            self._lead(turn)
        if isinstance(turn.answer, BaseException):
            raise turn.answer
        assert turn.answer is not None
        return turn.answer

    def _wait(self, turn: _Turn[Q, A]) -> None:
        if turn.awake.acquire(timeout=WAIT_SECONDS):
            return
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise Contended("track")
        if not turn.awake.acquire(timeout=WAIT_SECONDS):  # it is being answered just now
            raise Contended("track")

    def _lead(self, first: _Turn[Q, A]) -> None:
        turns = [first, *self._next(self._weight(first.question))]
        answers: Sequence[A | BaseException]
        try:
            answers = self._act([turn.question for turn in turns])
        except BaseException as error:
            answers = [error] * len(turns)
        for turn, answer in zip(turns, answers, strict=True):
            turn.answer = answer
            if turn is not first:
                turn.awake.release()
        with self._lock:
            self._led = bool(self._waiting)
            if self._led:
                self._waiting.popleft().awake.release()

    def _next(self, weight: int) -> list[_Turn[Q, A]]:
        turns = []
        with self._lock:
            while self._waiting:
                weight += self._weight(self._waiting[0].question)
                if weight > self._weight_max:
                    break
                turns.append(self._waiting.popleft())
        return turns
