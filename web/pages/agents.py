"""The agents of a workspace, and one of them: what it is told, how it speaks, whether it answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from domain.agent import PROMPT_MAX, AgentStatus
from domain.agent_settings import (
    CALL_SECONDS_MAX,
    CALL_SECONDS_MIN,
    GREETING_MAX,
    LANGUAGES,
    MODELS,
    TEMPERATURE_MAX,
    VOICES,
)
from domain.commands.agents import Attachments, Wanted
from domain.permissions import Permission
from projections.catalogue import AGENTS
from web.access import because, db, followed, new_id, person
from web.agents import AgentSeen, actions_in, agent_in, agents_in, is_timezone, knowledge_in, prompts_in
from web.pages.blueprint import pages
from web.pages.forms import Invalid, No, choice_of, done, id_of, name_of, number_of, shows_again, text_of
from web.pages.here import Here, here_or_404
from web.pages.line_diff import rows_of
from web.services import services
from web.texts import with_plain_breaks

LAST = 5  # versions that are named beside the prompt
KINDS = ("knowledge", "action")


@pages.get("/w/<uuid:workspace_id>/agents")
def agents(workspace_id: UUID, no: No | None = None) -> ResponseReturnValue:
    here = agents_or_404(workspace_id)
    found = agents_in(workspace_id)
    return render_template(
        "agents.html",
        here=here,
        agents=found,
        agents_max=here.plan.limits.agents_max,
        languages=LANGUAGES,
        no=no,
    )


@pages.get("/w/<uuid:workspace_id>/agents/<uuid:agent_id>")
def agent(workspace_id: UUID, agent_id: UUID, no: No | None = None, **_: Any) -> ResponseReturnValue:
    here = agents_or_404(workspace_id)
    one = agent_in(workspace_id, agent_id) or abort(404)
    versions = prompts_in(workspace_id, agent_id, limit=LAST) if here.may(Permission.SEE_PROMPTS) else []
    clashes = no is not None and no.code == "changed_meanwhile" and no.endpoint == "pages.write_prompt"
    return render_template(
        "agent.html",
        here=here,
        agent=one,
        versions=versions,
        differs=rows_of(one.prompt, with_plain_breaks(request.form.get("prompt", ""))) if clashes else [],
        clashes=clashes,
        **attached_to(workspace_id, agent_id),
        languages=LANGUAGES,
        voices=VOICES,
        models=MODELS,
        prompt_max=PROMPT_MAX,
        no=no,
    )


def attached_to(workspace_id: UUID, agent_id: UUID) -> dict[str, dict[str, list[tuple[UUID, str]]]]:
    """What an agent knows and does, and what else of the workspace it may be given, by id and name."""
    had = {
        "knowledge": AGENTS.knowledge_in_workspace(db(), workspace_id, agent_id),
        "action": AGENTS.actions_in_workspace(db(), workspace_id, agent_id),
    }
    there = {"knowledge": knowledge_in(workspace_id), "action": actions_in(workspace_id)}
    return {
        "attached": {kind: [(one, there[kind].get(one) or str(one)) for one in had[kind]] for kind in KINDS},
        "to_attach": {
            kind: [(one, name) for one, name in there[kind].items() if one not in had[kind]] for kind in KINDS
        },
    }


def agents_or_404(workspace_id: UUID) -> Here:
    """For whoever is shown what the agents are told, or how they are set up."""
    here = here_or_404(workspace_id)
    if not here.sees_agents:
        abort(404)
    return here


def agent_or_404(workspace_id: UUID, agent_id: UUID, permission: Permission) -> AgentSeen:
    here_or_404(workspace_id, permission)
    return agent_in(workspace_id, agent_id) or abort(404)


@pages.post("/w/<uuid:workspace_id>/agents")
@shows_again(agents)
def make_agent(workspace_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.CONFIGURE)
    name = name_of("name", "a name for the agent")
    agent_id = new_id("agent")

    digest = services().vault.keep_text(workspace_id, name)
    services().agency.make_agent(agent_id, workspace_id, person(), digest, because=because())

    followed()
    text = f"“{name}” is there. It is paused: write its prompt, and activate it."
    return done(text, "pages.agent", workspace_id=workspace_id, agent_id=agent_id)


@pages.post("/w/<uuid:workspace_id>/agents/<uuid:agent_id>/name")
@shows_again(agent)
def rename_agent(workspace_id: UUID, agent_id: UUID) -> ResponseReturnValue:
    agent_or_404(workspace_id, agent_id, Permission.CONFIGURE)
    name = name_of("name", "a name for the agent")

    digest = services().vault.keep_text(workspace_id, name)
    return _changed(workspace_id, agent_id, Wanted(name_digest=digest), f"The agent is now called “{name}”.")


@pages.post("/w/<uuid:workspace_id>/agents/<uuid:agent_id>/settings")
@shows_again(agent)
def configure_agent(workspace_id: UUID, agent_id: UUID) -> ResponseReturnValue:
    agent_or_404(workspace_id, agent_id, Permission.CONFIGURE)
    settings, based_on = _settings_of_form(workspace_id), based_on_of_form()

    wanted = Wanted(settings=settings, based_on=based_on)
    return _changed(workspace_id, agent_id, wanted, "The configuration is saved.")


@pages.post("/w/<uuid:workspace_id>/agents/<uuid:agent_id>/activate")
@shows_again(agent)
def activate_agent(workspace_id: UUID, agent_id: UUID) -> ResponseReturnValue:
    agent_or_404(workspace_id, agent_id, Permission.CONFIGURE)

    wanted = Wanted(status=AgentStatus.ACTIVE)
    return _changed(workspace_id, agent_id, wanted, "The agent is active.")


@pages.post("/w/<uuid:workspace_id>/agents/<uuid:agent_id>/pause")
@shows_again(agent)
def pause_agent(workspace_id: UUID, agent_id: UUID) -> ResponseReturnValue:
    agent_or_404(workspace_id, agent_id, Permission.CONFIGURE)

    wanted = Wanted(status=AgentStatus.PAUSED)
    return _changed(workspace_id, agent_id, wanted, "The agent is paused.")


@pages.post("/w/<uuid:workspace_id>/agents/<uuid:agent_id>/attach")
@shows_again(agent)
def attach_to_agent(workspace_id: UUID, agent_id: UUID) -> ResponseReturnValue:
    agent_or_404(workspace_id, agent_id, Permission.CONFIGURE)
    kind, thing_id = choice_of("kind", KINDS), id_of("thing", "Please choose what to attach or detach.")

    return _changed(workspace_id, agent_id, _attaching(kind, attach=(thing_id,)), "It is attached.")


@pages.post("/w/<uuid:workspace_id>/agents/<uuid:agent_id>/detach")
@shows_again(agent)
def detach_from_agent(workspace_id: UUID, agent_id: UUID) -> ResponseReturnValue:
    agent_or_404(workspace_id, agent_id, Permission.CONFIGURE)
    kind, thing_id = choice_of("kind", KINDS), id_of("thing", "Please choose what to attach or detach.")

    return _changed(workspace_id, agent_id, _attaching(kind, detach=(thing_id,)), "It is detached.")


@pages.post("/w/<uuid:workspace_id>/agents/<uuid:agent_id>/delete")
@shows_again(agent)
def delete_agent(workspace_id: UUID, agent_id: UUID) -> ResponseReturnValue:
    one = agent_or_404(workspace_id, agent_id, Permission.CONFIGURE)
    if request.form.get("name", "").strip() != one.name:
        raise Invalid("name", "Please type the name of the agent exactly as it is shown.")

    services().agency.delete_agent(agent_id, workspace_id, person(), because=because())

    followed()
    text = f"“{one.name}” is deleted and its place is free. Its history can still be read."
    return done(text, "pages.agents", workspace_id=workspace_id)


def based_on_of_form() -> int:
    """Which version whoever fills in a form had read; every form has it."""
    return number_of("based_on", "the version that this is based on", least=0, most=10**9 - 1)


def _changed(workspace_id: UUID, agent_id: UUID, wanted: Wanted, text: str) -> ResponseReturnValue:
    services().agency.change_agent(agent_id, workspace_id, person(), wanted, because=because())

    followed()
    return done(text, "pages.agent", workspace_id=workspace_id, agent_id=agent_id)


def _attaching(kind: str, **ids: tuple[UUID, ...]) -> Wanted:
    attachments = Attachments(**ids)
    return Wanted(knowledge=attachments) if kind == KINDS[0] else Wanted(actions=attachments)


def _settings_of_form(workspace_id: UUID) -> dict[str, Any]:
    """Every setting: a page shows them all."""
    chosen: dict[str, Any] = {
        "language": choice_of("language", LANGUAGES),
        "voice": choice_of("voice", VOICES),
        "model": choice_of("model", MODELS),
        "temperature_hundredths": number_of(
            "temperature_hundredths", "the temperature", least=0, most=TEMPERATURE_MAX
        ),
        "max_call_seconds": number_of(
            "max_call_seconds", "how long a call may take", least=CALL_SECONDS_MIN, most=CALL_SECONDS_MAX
        ),
        "record_calls": request.form.get("record_calls") == "yes",
        "timezone": name_of("timezone", "a time zone"),
    }
    if not is_timezone(chosen["timezone"]):
        raise Invalid("timezone", "Please enter a time zone such as Europe/Berlin, or UTC.")
    greeting = text_of("greeting", "the greeting", required=False, longest=GREETING_MAX).strip()
    digest = services().vault.keep_text(workspace_id, greeting) if greeting else None
    return chosen | {"greeting_digest": digest}
