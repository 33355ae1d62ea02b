"""How tests wait for what happens elsewhere: by looking often, until a deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

LOOK_SECONDS = 0.02

Answer = TypeVar("Answer")


def until(question: Callable[[], Answer], *, seconds: float = 10) -> Answer:
    """The first answer that is true; the test fails if there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := question():
            return answer
        assert time.monotonic() < deadline, f"nothing within {seconds} s"
        threading.Event().wait(LOOK_SECONDS)
