"""Which of the requests that came together are let in: their keys work, and do not ask too much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from psycopg import Connection

from adapters.key_traffic import KeyTraffic, Taken
from adapters.usage.deciding import Answered
from domain.api_keys import KeyState
from domain.tracking import Asked


class KeyStates(Protocol):
    """The `access` projection, as far as ingest asks it."""

    def ask_key_states(
        self, db: Any, key_ids: Collection[str], at: datetime
    ) -> Callable[[], Mapping[str, KeyState]]: ...


def ask_in(
    db: Connection[Any], keys: KeyStates, traffic: KeyTraffic, requests: Sequence[Asked]
) -> Callable[[], list[Answered]]:
    """In the order of the requests; whoever tracks without a key is one of us."""
    at = max(asked.because.at for asked in requests)
    asked_of = Counter(asked.key_id for asked in requests if asked.key_id is not None)
    if not asked_of:
        return lambda: [Answered(outcomes=[], state=KeyState.WORKS) for _ in requests]
    states = keys.ask_key_states(db, list(asked_of), at)()
    working = {key_id: times for key_id, times in asked_of.items() if states.get(key_id) is KeyState.WORKS}
    taken = traffic.ask_now(db, working, at) if working else dict
    return lambda: _entries(requests, states, taken())


def _entries(
    requests: Sequence[Asked], states: Mapping[str, KeyState], taken: Mapping[str, Taken]
) -> list[Answered]:
    seen: Counter[str] = Counter()
    answers = []
    for asked in requests:
        key_id = asked.key_id
        if key_id is None:
            answers.append(Answered(outcomes=[], state=KeyState.WORKS))
            continue
        share = _share(taken[key_id], seen[key_id]) if key_id in taken else None
        answers.append(Answered(outcomes=[], state=states.get(key_id), taken=share))
        seen[key_id] += 1
    return answers


def is_in(answer: Answered) -> bool:
    return answer.state is KeyState.WORKS and (answer.taken is None or answer.taken.allowed > 0)


def _share(taken: Taken, number: int) -> Taken:
    """What one of several requests of a key is told, the first of them being number 0."""
    return Taken(
        allowed=int(number < taken.allowed),
        remaining=taken.remaining + max(0, taken.allowed - 1 - number),
        reset_seconds=taken.reset_seconds,
    )
