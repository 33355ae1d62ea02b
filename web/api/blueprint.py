"""The whole API, gathered under one name."""

from __future__ import annotations

from flask import Blueprint

api = Blueprint("api", __name__, url_prefix="/api/v1")

from web.api import (  # noqa: E402, F401 - they register their routes here
    actions,
    agents,
    audit,
    call_list,
    calls,
    compare,
    credits,
    customers,
    knowledge,
    numbers,
    prompts,
    track,
    usage,
    widgets,
    workspaces,
)
