"""What a widget is told on the page of somebody else: who speaks there, and nothing about anybody.

It is told to pages of the allowed origins and to nobody else; for everybody else there is no such widget.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, current_app, jsonify, request

from domain.agent import AgentStatus
from domain.customer import CustomerStatus
from projections.catalogue import AGENTS, CUSTOMERS, DEPLOYMENTS
from web.access import live, read_by, read_of
from web.sealed import texts_in

widget = Blueprint("widget", __name__, url_prefix="/widget/v1")

CONFIG_SECONDS = 60  # so long a browser may go on showing what was changed
SCRIPT_SECONDS = 3_600
OFF = (CustomerStatus.SUSPENDED, CustomerStatus.CLOSED)


@widget.get("/<uuid:deployment_id>/config")
def config(deployment_id: UUID) -> Response:
    """404 without a word on who may, for a page of another origin as for what is not there."""
    read_by(str(deployment_id))
    found = DEPLOYMENTS.one(live(), deployment_id)
    origin = request.headers.get("Origin", "")
    if found is None or not found.enabled or origin not in found.allowed_origins:
        abort(404)
    read_of(found.workspace_id)
    if CUSTOMERS.status_of(live(), [found.workspace_id]).get(found.workspace_id) in OFF:
        abort(404)
    agent = _agent(found.workspace_id, found.agent_id) or abort(404)
    response = jsonify(deployment_id=str(deployment_id), agent=agent)
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Vary"] = "Origin"
    response.headers["Cache-Control"] = f"public, max-age={CONFIG_SECONDS}"
    return response


@widget.get("/widget.js")
def script() -> Response:
    """What the snippet loads, on pages of others."""
    response = current_app.send_static_file("widget.js")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = f"public, max-age={SCRIPT_SECONDS}"
    return response


def _agent(workspace_id: UUID, agent_id: UUID) -> dict[str, str | None] | None:
    """None if it does not speak just now: it is paused, deleted, or its customer is suspended."""
    row = AGENTS.one_in_workspace(live(), workspace_id, agent_id)
    if row is None or row.status != AgentStatus.ACTIVE:
        return None
    said = [one for one in (row.name_digest, row.greeting_digest) if one is not None]
    texts = texts_in(workspace_id, said)
    greeting = texts[row.greeting_digest] if row.greeting_digest else None
    return {"name": texts[row.name_digest], "greeting": greeting}
