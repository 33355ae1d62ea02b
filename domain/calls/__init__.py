"""Calls: what happened on each of them, and what it cost in credits."""
