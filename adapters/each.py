"""One after the other, so that what fails for one is no matter of the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


def failures(ones: Iterable[T], act: Callable[[T], object], says: Callable[[T], str]) -> int:
    """How many failed; each is told in the log, in words without a name of anybody."""
    failed = 0
    for one in ones:
        try:
            act(one)
        except Exception:
            log.exception("%s", says(one))
            failed += 1
    return failed
