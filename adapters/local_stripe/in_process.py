"""The SDK's way to a local Stripe in the same process, without a socket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe
from flask import Flask


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
        answer = self._app.test_client().open(
            to.path, method=method.upper(), query_string=to.query, headers=dict(headers or {}), data=post_data
        )
        return answer.get_data(as_text=True), answer.status_code, _lowered(answer.headers.items())

    def close(self) -> None:
        """Nothing is open."""


def _lowered(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}
