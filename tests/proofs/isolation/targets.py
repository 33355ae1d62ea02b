"""What an id may name: something there, something deleted, what never was, and what cannot be."""

from __future__ import annotations

import re

from werkzeug.routing import Rule

from tests.proofs.isolation.asking import never
from tests.proofs.isolation.cast import ANCHORS, PLACES, first_of
from tests.proofs.isolation.ground import Ground
from tests.proofs.isolation.table import ARGUMENTS

NAMED = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
MALFORMED = (
    *("0", "-1", "null", "undefined", "*", "%", "%00", "%0d%0aX-Injected:%201", "..%2f..%2fetc%2fpasswd"),
    *(
        "' OR 1=1 --",
        "{{7*7}}",
        "7d0a3c0e-2f5b-4b43-9d0c",
        "7D0A3C0E-2F5B-4B43-9D0C-5A3F4F6B0A0G",
        "x" * 4_000,
    ),
)


def thing(ground: Ground, kind: str, place: str) -> str | None:
    """The id of something of a workspace; None if it has nothing of this kind."""
    if kind == "workspace":
        return str(ground.places[place])
    if kind == "tree":
        return str(ground.trees[place]) if place in ANCHORS else None
    if kind in ("person", "actor"):
        who = first_of(place)
        prefix = "person:" if kind == "actor" else ""
        return f"{prefix}{ground.people[who]}" if who else None
    if kind == "path":
        return f"/w/{ground.places[place]}/settings"
    if kind == "checkout":
        return ground.checkouts.get(place)
    return ground.things.get(kind, {}).get(place) or None


def nothing(kind: str) -> str:
    """An id of this kind that never was."""
    return {
        "actor": f"person:{never()}",
        "path": f"/w/{never()}/settings",
        "story": f"request:{never()}",
        "key": "aaaaaaaa",
        "mac": "0" * 40,
        "link": "x" * 43,
        "file": "nothing.css",
        "checkout": "cs_test_999999",
        "invoice": "in_999999",
        "position": "999999999",
        "line": "999999999",
        "version": "999",
    }.get(kind) or never()


def kinds_of(rule: Rule) -> dict[str, str]:
    """Each name in an address and what it stands for, from left to right."""
    return {name: ARGUMENTS[name] for name in NAMED.findall(rule.rule)}


def filled(ground: Ground, rule: Rule, place: str) -> dict[str, str]:
    """The ids of an address, all of them of one workspace; what it lacks never was."""
    return {name: thing(ground, kind, place) or nothing(kind) for name, kind in kinds_of(rule).items()}


def of_nothing(rule: Rule) -> dict[str, str]:
    return {name: nothing(kind) for name, kind in kinds_of(rule).items()}


def path_of(rule: Rule, ids: dict[str, str]) -> str:
    """The address, as it is written in a request."""
    return NAMED.sub(lambda found: ids[found[1]], rule.rule)


def roots_of(rule: Rule) -> list[str]:
    """The workspaces that an address may begin with; a tree goes by its anchor."""
    kinds = [*kinds_of(rule).values()]
    if not kinds:
        return PLACES[:1]
    return [*ANCHORS] if kinds[0] == "tree" else PLACES
