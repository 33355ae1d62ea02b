"""How far something is that takes its time, for whoever watches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from adapters.postgres.rebuild import Progress


@contextmanager
def bar(label: str) -> Iterator[Progress]:
    """How far it is, for who watches; what came of it is told by itself."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=1, label=f"{label:<16}", file=sys.stderr, hidden=hidden) as shown:

        def progress(applied: int, there: int) -> None:
            shown.length = max(there, 1)
            shown.update(applied - shown.pos)

        yield progress
        progress(shown.length or 1, shown.length or 1)
