"""Why Heartwood does not start, in words for the person at the terminal."""

from __future__ import annotations


class CannotStart(Exception):
    """The reason, with a way out. Whoever raises it has changed nothing."""
