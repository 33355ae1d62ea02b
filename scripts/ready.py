"""What does one need to know to use the Heartwood that has just started?"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

NOTHING: dict[str, Any] = {
    "sign_in": {},
    "api_keys": {},
    "anchor_id": None,
    "child_ids": [],
    "tree_id": None,
}
EXAMPLE = {"agent_id": "brief-writer", "task_type": "draft_email", "outcome": "success"}


def facts_for_programs(environ: Mapping[str, str], *, demo: bool) -> dict[str, Any]:
    """The content of ready.json."""
    facts: dict[str, Any] = {
        "url": environ["HEARTWOOD_URL"],
        "stripe_url": environ.get("HEARTWOOD_STRIPE_URL"),
        "database": environ["HEARTWOOD_DATABASE"],
        "pid": os.getpid(),
        "version": version("heartwood"),
        **NOTHING,
    }
    if demo:
        from scripts import demo as story
        from scripts import wiring

        facts |= story.ready(wiring.settings(environ))
    return facts


def words_for_people(facts: Mapping[str, Any]) -> str:
    """The line that says it is ready, and what to do next."""
    lines = [f"Heartwood is ready: {facts['url']}"]
    if facts["sign_in"]:
        lines += ["", "Sign in (each link works once):"]
        width = max(map(len, facts["sign_in"]))
        lines += [f"  {person:<{width}}  {link}" for person, link in facts["sign_in"].items()]
    if facts["api_keys"]:
        key = next(iter(facts["api_keys"].values()))
        lines += ["", "Track an event:", "  " + curl(facts["url"], key)]
    lines += ["", "Ctrl-C stops it."]
    return "\n".join(lines)


def curl(url: str, key: str) -> str:
    parts = ["curl", f"{url}/api/v1/track", "-H", f"Authorization: Bearer {key}"]
    parts += ["-H", "Content-Type: application/json", "-d", json.dumps(EXAMPLE)]
    return shlex.join(parts)
