"""The SDK's way to a local Stripe in the same process, without a socket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe
from flask import Flask

from adapters.local_stripe.faults import IN_PROCESS, BrokenOff


class InProcess(stripe.HTTPClient):
    name = "in_process"

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._app = app

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        to = urlsplit(url)
        try:
            answer = self._app.test_client().open(
                to.path,
                method=method.upper(),
                query_string=to.query,
                headers=dict(headers or {}),
                data=post_data,
                environ_overrides={IN_PROCESS: True},
            )
        except BrokenOff as broken:
            raise self._as_the_sdk_says_it(broken) from broken
        return answer.get_data(as_text=True), answer.status_code, _lowered(answer.headers.items())

    def _as_the_sdk_says_it(self, broken: BrokenOff) -> stripe.APIConnectionError:
        what = "ReadTimeout: Read timed out." if broken.is_timeout else f"ConnectionError: {broken}"
        return stripe.APIConnectionError(  # type: ignore[no-untyped-call]
            f"Unexpected error communicating with Stripe.\n\n(Network error: {what})", should_retry=True
        )

    def _sleep_time_seconds(self, num_retries: int) -> float:
        """Nobody recovers in the time between two calls of one process."""
        return 0

    def close(self) -> None:
        """Nothing is open."""


def _lowered(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}
