"""A workspace with something of everything, its template, and what others get of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from domain.agent import Prompt
from domain.commands.agents import Attachments, Wanted
from domain.headers import opened
from projections.catalogue import ACTIONS, AGENTS, KNOWLEDGE, TEMPLATES
from projections.templates import StartedRow, TemplateRow
from tests.deployed import an_action
from tests.held import a_base, a_document, an_agent
from tests.web.pages.scene import Scene, text_of

TEMPLATES_PAGE = "/w/{anchor}/templates"
PROMPT = "Be brief.\nBe kind.\nNever promise a price."


def furnish(scene: Scene) -> Scene:
    """The child has an agent with prompt and settings, a knowledge base, an action, all attached."""
    house, child, ana = scene.house, scene.child_id, scene.people["Ana"]
    agent_id = an_agent(house, child, ana, "Concierge", "Good day")
    base_id = a_base(house, child, ana, "Prices")
    a_document(house, child, ana, base_id)
    action_id = an_action(house, child, ana, "Look up")
    because = house.because(f"person:{ana}")
    digest = house.wiring.vault.keep_text(child, PROMPT)
    prompt = Prompt(digest=digest, characters=len(PROMPT))
    house.agency.write_prompt(agent_id, child, ana, prompt, based_on=0, because=because)
    wanted = Wanted(
        settings={"voice": "sage"},
        knowledge=Attachments(attach=(base_id,)),
        actions=Attachments(attach=(action_id,)),
    )
    house.agency.change_agent(agent_id, child, ana, wanted, because=because)
    house.run_followed()
    return scene


def saves(scene: Scene, source: str = "{child}", **other: str) -> TestResponse:
    fields = {"name": "Front desk", "source": scene.path(source)} | other
    return scene.browser("Adam").post(scene.path(TEMPLATES_PAGE), **fields)


def starts(scene: Scene, template_id: UUID, child: str = "{sibling}") -> TestResponse:
    path = scene.path(f"{TEMPLATES_PAGE}/{template_id}/start")
    return scene.browser("Adam").post(path, child=scene.path(child))


def drifted(scene: Scene, template_id: UUID) -> str:
    return text_of(scene.browser("Adam").get(scene.path(f"{TEMPLATES_PAGE}/{template_id}")))


def rows(scene: Scene) -> list[TemplateRow]:
    with scene.house.database.reading() as db:
        return TEMPLATES.of_tree(db, scene.tree_id)


def started(scene: Scene) -> list[StartedRow]:
    with scene.house.database.reading() as db:
        return TEMPLATES.started_in_tree(db, scene.tree_id)


def furniture(scene: Scene, workspace_id: UUID) -> dict[str, Any]:
    """All of a workspace in plain texts."""

    def text(digest: str | None) -> str | None:
        return None if digest is None else scene.house.wiring.vault.text(workspace_id, digest)

    with scene.house.database.reading() as db:
        agents, actions = AGENTS.in_workspace(db, workspace_id), ACTIONS.in_workspace(db, workspace_id)
        bases = KNOWLEDGE.in_workspace(db, workspace_id)
        documents = [
            (text(one.title_digest), text(one.digest))
            for base in bases
            for one in KNOWLEDGE.documents_in_workspace(db, workspace_id, base.base_id)
        ]
        attached = [
            (
                len(AGENTS.knowledge_in_workspace(db, workspace_id, one.agent_id)),
                len(AGENTS.actions_in_workspace(db, workspace_id, one.agent_id)),
            )
            for one in agents
        ]
    return {
        "agents": [
            (text(one.name_digest), text(one.prompt_digest), one.voice, text(one.greeting_digest))
            for one in agents
        ],
        "bases": [text(base.name_digest) for base in bases],
        "documents": documents,
        "actions": [
            (text(one.name_digest), text(one.url_digest), opened(text(one.headers_digest) or ""))
            for one in actions
        ],
        "attached": attached,
    }


def agent_of(scene: Scene, workspace_id: UUID) -> Any:
    with scene.house.database.reading() as db:
        return AGENTS.in_workspace(db, workspace_id)[0]
