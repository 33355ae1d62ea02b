"""Prompts of an agent: a new version, every former one, any two of them compared, one of them restored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from domain.agent import PROMPT_MAX, Prompt
from domain.permissions import Permission
from projections.history.names import actor_words, members_ever_in, person_in
from web.access import because, db, followed, person
from web.agents import AgentSeen, PromptSeen, agent_in, prompt_in, prompts_in
from web.pages.agents import agent, agent_or_404, based_on_of_form
from web.pages.blueprint import pages
from web.pages.forms import No, done, shows_again, text_of
from web.pages.here import Here, here_or_404
from web.pages.line_diff import rows_of
from web.pages.timeline_lines import THE_AGENCY
from web.services import services
from web.texts import number_in

AT_ONCE = 50  # versions on a page
NO_VERSION = "“{name}” is the number of a version, such as 3. Leave it out, or choose one in the list."


@pages.get("/w/<uuid:workspace_id>/agents/<uuid:agent_id>/prompts")
def prompts(workspace_id: UUID, agent_id: UUID, no: No | None = None, **_: Any) -> ResponseReturnValue:
    """Its versions, and two of them compared: those asked for, or the last one and the one before."""
    here = here_or_404(workspace_id, Permission.SEE_PROMPTS)
    one = agent_in(workspace_id, agent_id) or abort(404)
    found = prompts_in(workspace_id, agent_id, before=_number("before"), limit=AT_ONCE + 1)
    first, second = _compared(workspace_id, one)
    return render_template(
        "prompts.html",
        here=here,
        agent=one,
        versions=found[:AT_ONCE],
        older_than=found[AT_ONCE - 1].row.number if len(found) > AT_ONCE else None,
        writer=_writers(here, [*found, *(each for each in (first, second) if each)]),
        first=first,
        second=second,
        differs=rows_of(first.text, second.text) if first and second else [],
        no=no,
    )


@pages.post("/w/<uuid:workspace_id>/agents/<uuid:agent_id>/prompt")
@shows_again(agent)
def write_prompt(workspace_id: UUID, agent_id: UUID) -> ResponseReturnValue:
    """Based on an older version it is refused, and both texts are shown: nothing of either is lost."""
    agent_or_404(workspace_id, agent_id, Permission.EDIT_PROMPTS)
    text = text_of("prompt", "a prompt", longest=PROMPT_MAX)
    based_on = based_on_of_form()

    prompt = Prompt(digest=services().vault.keep_text(workspace_id, text), characters=len(text))
    number = services().agency.write_prompt(
        agent_id, workspace_id, person(), prompt, based_on=based_on, because=because()
    )

    followed()
    said = f"Version {number} of the prompt holds from now on."
    return done(said, "pages.agent", workspace_id=workspace_id, agent_id=agent_id)


@pages.post("/w/<uuid:workspace_id>/agents/<uuid:agent_id>/prompts/<int:number>/restore")
@shows_again(prompts)
def restore_prompt(workspace_id: UUID, agent_id: UUID, number: int) -> ResponseReturnValue:
    agent_or_404(workspace_id, agent_id, Permission.EDIT_PROMPTS)

    restored = services().agency.restore_prompt(agent_id, workspace_id, person(), number, because=because())

    followed()
    said = f"What version {number} said holds again, as version {restored}."
    return done(said, "pages.prompts", workspace_id=workspace_id, agent_id=agent_id)


def _compared(workspace_id: UUID, one: AgentSeen) -> tuple[PromptSeen | None, PromptSeen | None]:
    """The two versions that the address names; a version that never was is a miss."""
    last = one.row.prompt_number
    second = _number("to") or last
    first = _number("from") or second - 1
    return _version(workspace_id, one, first), _version(workspace_id, one, second)


def _version(workspace_id: UUID, one: AgentSeen, number: int) -> PromptSeen | None:
    if number < 1:
        return None
    return prompt_in(workspace_id, one.row.agent_id, number) or abort(404)


def _number(name: str) -> int | None:
    """A number of a version, as the address names it."""
    text = request.args.get(name, "")
    if not text:
        return None
    return number_in(text) or abort(400, NO_VERSION.format(name=name))


def _writers(here: Here, versions: list[PromptSeen]) -> Callable[[PromptSeen], str]:
    """Who wrote a version, for who may know the members; whoever is not of the workspace is the agency."""
    if not here.may(Permission.SEE_MEMBERS):
        return lambda version: ""
    actors = {one.row.written_by for one in versions}
    people = {found for actor in actors if (found := person_in(actor))}
    if here.is_child and not here.leads:
        people &= members_ever_in(db(), here.workspace_id)
    named = services().vault.people(sorted(people))

    def writer(version: PromptSeen) -> str:
        actor = version.row.written_by
        found = person_in(actor)
        if found is not None and found not in named:
            return THE_AGENCY
        return actor_words(actor, lambda person_id: str(named[person_id].name))

    return writer
