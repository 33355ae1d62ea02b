"""Many at once, in threads of their own: what each was told, and what went wrong in any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event
from typing import Any

from domain.refusals import Refused


def at_once(deeds: Iterable[Callable[[], Any]]) -> list[Any]:
    """The answers, in the order of the deeds; a refusal answers with its reason."""
    wanted = list(deeds)
    start = Barrier(len(wanted))

    def done(deed: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return deed()
        except Refused as refused:
            return refused.refusal

    with ThreadPoolExecutor(len(wanted)) as threads:
        return list(threads.map(done, wanted))


@contextmanager
def meanwhile(*works: Callable[[Event], None]) -> Iterator[None]:
    """Do these in threads of their own until the block ends; what goes wrong in them goes wrong here."""
    stop = Event()
    with ThreadPoolExecutor(len(works)) as threads:
        running = [threads.submit(work, stop) for work in works]
        try:
            yield
        finally:
            stop.set()
    for one in running:
        one.result()
