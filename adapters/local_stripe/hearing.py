"""Whether those who listen have done what the last notices asked of them."""

from __future__ import annotations

import threading
import time

from flask import request

from adapters.local_stripe import notices
from adapters.local_stripe.engine import LocalStripe

HEARING_SECONDS_MAX = 10.0
QUIET_SECONDS = 2.5  # an errand of Heartwood's that failed once is tried again after two
LOOK_SECONDS = 0.05


class Hearing:
    """Stripe gives an hour of its time for that. In a leap there is no such hour, so this is its stand-in:
    all notices are acknowledged, and for a moment nobody has asked the API anything."""

    def __init__(self, engine: LocalStripe, stop: threading.Event) -> None:
        self._engine = engine
        self._stop = stop
        self._busy_at = time.monotonic() - QUIET_SECONDS
        engine.app.before_request(self._asked)

    def acknowledged(self) -> None:
        self._busy_at = time.monotonic()

    def wait(self) -> None:
        """Until they have, or for as long as anybody may wait."""
        deadline = time.monotonic() + HEARING_SECONDS_MAX
        while time.monotonic() < deadline and not self._is_over():
            if self._stop.wait(LOOK_SECONDS):
                return

    def _asked(self) -> None:
        if request.path.startswith("/v1/"):
            self._busy_at = time.monotonic()

    def _is_over(self) -> bool:
        if notices.waiting(self._engine.account):
            return False
        return time.monotonic() - self._busy_at >= QUIET_SECONDS
