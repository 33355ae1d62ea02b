"""What does one need to know to use the Heartwood that has just started?"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scripts.outside import public_url, smtp_server

NOTHING: dict[str, Any] = {
    "sign_in": {},
    "cast": {},
    "api_keys": {},
    "anchor_id": None,
    "child_ids": [],
    "tree_id": None,
}
EXAMPLE = {"agent_id": "brief-writer", "task_type": "draft_email", "outcome": "success"}


def facts_for_programs(environ: Mapping[str, str], *, demo: bool) -> dict[str, Any]:
    """The content of ready.json."""
    url, data = environ["HEARTWOOD_URL"], environ["HEARTWOOD_DATA"]
    facts: dict[str, Any] = {
        "url": url,
        "stripe_url": environ.get("HEARTWOOD_STRIPE_URL"),
        "mail": where_mail_goes(environ),
        "data": data,
        "database": environ["HEARTWOOD_DATABASE"],
        "pid": os.getpid(),
        "version": version("heartwood"),
        **NOTHING,
    }
    if demo:
        from scripts import demo as story
        from scripts.settings import settings

        facts |= story.ready(settings(environ))
    return facts


def where_mail_goes(environ: Mapping[str, str]) -> str:
    """The page of mails is there if one asked for the demo, even where it could not be written."""
    if environ["HEARTWOOD_DEMO"] == "1":
        return f"{environ['HEARTWOOD_URL']}/dev/mail"
    server = smtp_server(environ)
    return f"{server.host}:{server.port}" if server else str(Path(environ["HEARTWOOD_DATA"], "mail"))


def words_for_people(facts: Mapping[str, Any]) -> str:
    """The line that says it is ready, and what to do next."""
    lines = [f"Heartwood is ready: {facts['url']}", ""]
    if facts["sign_in"]:
        lines.append("Sign in (each link works once):")
        width = max(map(len, facts["sign_in"]))
        for person, link in facts["sign_in"].items():
            lines.append(f"  {person:<{width}}  {link}  {facts['cast'][person]}")
    else:
        url = public_url(os.environ) or facts["url"]
        lines.append(f"Sign up at {url}/sign-up; the link that lets you in comes by mail.")
    if facts["api_keys"]:
        key = next(iter(facts["api_keys"].values()))
        lines += ["", "Track an event:", "  " + curl(facts["url"], key)]
    lines += ["", f"Mails:  {facts['mail']}", f"Stripe: {facts['stripe_url'] or 'the real one'}"]
    lines += [f"Data:   {facts['data']}", "", "Ctrl-C stops it."]
    return "\n".join(lines)


def curl(url: str, key: str) -> str:
    parts = ["curl", f"{url}/api/v1/track", "-H", f"Authorization: Bearer {key}"]
    parts += ["-H", "Content-Type: application/json", "-d", json.dumps(EXAMPLE)]
    return shlex.join(parts)
