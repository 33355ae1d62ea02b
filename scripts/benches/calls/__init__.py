"""Calls: what a page that adds them up costs among a million of them, against among a thousand."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.benches.calls.overview import overviews
from scripts.benches.result import Result


def run() -> Iterator[Result]:
    yield from overviews()
