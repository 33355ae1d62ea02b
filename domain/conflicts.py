"""What happens when two commands decide on the same stream at once: the later one decides again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from eventsourcing.persistence import IntegrityError

CONFLICTS_MAX = 25  # more writers than any stream of ours sees at once

P = ParamSpec("P")
R = TypeVar("R")


class Contended(Exception):
    """So many others wrote to the same stream that the command gave up; nothing was recorded."""


def decided_again(command: Callable[P, R]) -> Callable[P, R]:
    """Run a command of load, decide, save; on a conflict run it again from a fresh load.

    The recorder says `IntegrityError` only if somebody else has taken the next version of a stream;
    whatever else goes wrong would go wrong again, and is not asked again.
    """

    @wraps(command)
    def attempt(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(CONFLICTS_MAX):
            try:
                return command(*args, **kwargs)
            except IntegrityError:
                continue
        raise Contended(command.__name__)

    return attempt
