"""Agents for programs: which there are, a new one, one changed, the end of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from flask import Response, abort, jsonify

from domain.agent import AgentStatus
from domain.agent_settings import LANGUAGES, MODELS, VOICES
from domain.commands.agents import Attachments, Wanted
from domain.permissions import Permission
from domain.plans import PLANS
from projections.catalogue import AGENTS
from web.access import db, followed
from web.agents import AgentSeen, agent_in, agents_in, is_timezone
from web.api.agent_types import AgentBody, AgentChangeBody, AgentSettingsBody
from web.api.blueprint import api
from web.api.gates import manager_of_key, reader_of_key, shows_key
from web.api.managing import body_of, conflict, line_in, made_id
from web.api.query import invalid
from web.services import services
from web.texts import is_plain, with_plain_breaks

EITHER = (Permission.SEE_CONFIGURATION, Permission.SEE_PROMPTS)
AGENT = "/agents/<uuid:agent_id>"
CHOICES: dict[str, Mapping[str, Any] | tuple[str, ...]] = {
    "language": LANGUAGES,
    "voice": VOICES,
    "model": MODELS,
}


@api.get("/agents")
def agents() -> Response:
    """The agents of the key's workspace, and how many the plan has room for."""
    row = reader_of_key(*EITHER)
    configured, prompts = (shows_key(row.workspace_id, one) for one in EITHER)
    return jsonify(
        agents=[
            {
                "agent_id": str(one.row.agent_id),
                "name": one.name,
                "status": one.row.status if configured else None,
                "prompt_number": one.row.prompt_number if prompts else None,
                "created_at": one.row.created_at.isoformat(),
            }
            for one in agents_in(row.workspace_id)
        ],
        agents_max=PLANS[row.plan].limits.agents_max,
    )


@api.get(AGENT)
def agent(agent_id: UUID) -> Response:
    """One agent: its prompt, how it speaks, and what it knows and does."""
    row = reader_of_key(*EITHER)
    return _told(agent_of(row.workspace_id, agent_id))


@api.post("/agents")
def make_agent() -> tuple[Response, int]:
    """Make an agent: 201; 200 if it was made under the same Idempotency-Key before."""
    who, row = manager_of_key(Permission.CONFIGURE)
    name_digest = _name_kept(row.workspace_id, body_of(AgentBody).name)
    agent_id = made_id(row.workspace_id, "agent")

    made = services().agency.make_agent(agent_id, row.workspace_id, None, name_digest, because=who.because())

    if not made:
        _refuse_another(row.workspace_id, agent_id, name_digest)
    followed()
    return _told(agent_of(row.workspace_id, agent_id)), 201 if made else 200


@api.patch(AGENT)
def change_agent(agent_id: UUID) -> Response:
    """Change its name, how it speaks, whether it answers, and what it knows and does."""
    who, row = manager_of_key(Permission.CONFIGURE)
    agent_of(row.workspace_id, agent_id)
    wanted = _wanted(row.workspace_id, body_of(AgentChangeBody))

    services().agency.change_agent(agent_id, row.workspace_id, None, wanted, because=who.because())

    followed()
    return _told(agent_of(row.workspace_id, agent_id))


@api.delete(AGENT)
def delete_agent(agent_id: UUID) -> Response:
    """End an agent; its place is free, and its history stays. To ask twice is not an error."""
    who, row = manager_of_key(Permission.CONFIGURE)

    services().agency.delete_agent(agent_id, row.workspace_id, None, because=who.because())

    followed()
    return jsonify(agent_id=str(agent_id), deleted=True)


def agent_of(workspace_id: UUID, agent_id: UUID) -> AgentSeen:
    """As the screens show it, in this very workspace."""
    return agent_in(workspace_id, agent_id) or abort(404)


def _told(one: AgentSeen) -> Response:
    row = one.row
    configured, prompts = (shows_key(row.workspace_id, one) for one in EITHER)
    knowledge = AGENTS.knowledge_in_workspace(db(), row.workspace_id, row.agent_id)
    actions = AGENTS.actions_in_workspace(db(), row.workspace_id, row.agent_id)
    does = configured and shows_key(row.workspace_id, Permission.SEE_ACTIONS)
    return jsonify(
        agent_id=str(row.agent_id),
        workspace_id=str(row.workspace_id),
        name=one.name,
        status=row.status if configured else None,
        created_at=row.created_at.isoformat(),
        changed_at=row.changed_at.isoformat(),
        prompt={"number": row.prompt_number, "text": one.prompt} if prompts else None,
        configuration=_configuration(one) if configured else None,
        knowledge_base_ids=[str(each) for each in knowledge] if configured else None,
        action_ids=[str(each) for each in actions] if does else None,
    )


def _configuration(one: AgentSeen) -> dict[str, Any]:
    settings = one.row.settings.chosen()
    del settings["greeting_digest"]
    return {"number": one.row.settings_number, **settings, "greeting": one.greeting}


def _refuse_another(workspace_id: UUID, agent_id: UUID, name_digest: str) -> None:
    """What the key of the request was used for before is answered again only if it was the same."""
    before = services().agency.agent_in(workspace_id, agent_id, also_deleted=True)
    if before.deleted or before.made_as != name_digest:
        raise conflict()


def _wanted(workspace_id: UUID, body: AgentChangeBody) -> Wanted:
    settings = {} if body.configuration is msgspec.UNSET else _settings(workspace_id, body.configuration)
    unset = msgspec.UNSET
    return Wanted(
        name_digest=None if body.name is unset else _name_kept(workspace_id, body.name),
        settings=settings,
        based_on=None if body.configuration_based_on is unset else body.configuration_based_on,
        status=None if body.status is unset else AgentStatus(body.status),
        knowledge=_attachments(body.attach_knowledge_base_ids, body.detach_knowledge_base_ids),
        actions=_attachments(body.attach_action_ids, body.detach_action_ids),
    )


def _attachments(
    attach: list[UUID] | msgspec.UnsetType, detach: list[UUID] | msgspec.UnsetType
) -> Attachments:
    return Attachments(
        attach=() if attach is msgspec.UNSET else tuple(attach),
        detach=() if detach is msgspec.UNSET else tuple(detach),
    )


def _settings(workspace_id: UUID, body: AgentSettingsBody) -> dict[str, Any]:
    """The settings that are named, each of which can be chosen."""
    chosen: dict[str, Any] = msgspec.structs.asdict(body)
    chosen = {name: value for name, value in chosen.items() if value is not msgspec.UNSET}
    for name, choices in CHOICES.items():
        if name in chosen and chosen[name] not in choices:
            raise invalid(
                f"configuration.{name}", f"There is no such {name}.", f"One of: {', '.join(choices)}."
            )
    if "timezone" in chosen and not is_timezone(chosen["timezone"]):
        raise invalid(
            "configuration.timezone", "There is no such time zone.", "Such as Europe/Berlin, or UTC."
        )
    if "greeting" in chosen:
        chosen["greeting_digest"] = _text_kept(workspace_id, "configuration.greeting", chosen.pop("greeting"))
    return chosen


def _name_kept(workspace_id: UUID, name: str) -> str:
    digest: str = services().vault.keep_text(workspace_id, line_in("name", name))
    return digest


def _text_kept(workspace_id: UUID, field: str, text: str) -> str | None:
    text = with_plain_breaks(text)
    if not is_plain(text):
        raise invalid(field, "The text holds control characters.", "Remove them.")
    if not text.strip():
        return None
    digest: str = services().vault.keep_text(workspace_id, text)
    return digest
