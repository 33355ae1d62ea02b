"""Names of workspaces: which one would follow the convention of agencies?

It is suggested and never forced: a name is whatever somebody has typed.
"""

from __future__ import annotations

import re

CONVENTION = "[Client] — [Project]"
FOLLOWS = re.compile(r"\S(?:.*\S)? — \S.*")
ALMOST = re.compile(r"\s*(?:—|–|\||/|:|--|\s-\s)\s*")  # what people type where a dash was meant


def suggested_name(name: str, client: str) -> str | None:
    """None where the name follows the convention, or nothing better is known."""
    if FOLLOWS.fullmatch(name):
        return None
    before, *rest = ALMOST.split(name.strip(), maxsplit=1)
    if rest and before and rest[0]:
        return f"{before} — {rest[0]}"
    if name.casefold() == client.casefold() or not client:
        return None  # a project is missing, and only they know which
    if name.casefold().startswith(f"{client.casefold()} "):
        return f"{client} — {name[len(client) :].strip()}"
    return f"{client} — {name}"


def follows_convention(name: str) -> bool:
    return FOLLOWS.fullmatch(name) is not None
