"""Prompts for programs: every version of one, a new version, a former one brought back."""

from __future__ import annotations

from uuid import UUID

from flask import Response, jsonify

from domain.agent import Prompt
from domain.permissions import Permission
from web.access import followed
from web.agents import prompts_in
from web.api.agent_types import PromptBody
from web.api.agents import AGENT, agent_of
from web.api.blueprint import api
from web.api.gates import manager_of_key, reader_of_key
from web.api.managing import body_of
from web.api.query import invalid, parameters
from web.services import services
from web.texts import is_plain, number_in, with_plain_breaks

AT_ONCE = 20  # versions in one answer, since each may be long


@api.get(f"{AGENT}/prompts")
def prompts(agent_id: UUID) -> Response:
    """The versions of an agent's prompt, the newest first, 20 at a time."""
    row = reader_of_key(Permission.SEE_PROMPTS)
    before = _before()
    agent_of(row.workspace_id, agent_id)
    found = prompts_in(row.workspace_id, agent_id, before=before, limit=AT_ONCE + 1)
    told = found[:AT_ONCE]
    return jsonify(
        prompts=[
            {
                "number": one.row.number,
                "text": one.text,
                "characters": one.row.characters,
                "restored_from": one.row.restored_from,
                "written_at": one.row.written_at.isoformat(),
            }
            for one in told
        ],
        next_before=told[-1].row.number if len(found) > AT_ONCE else None,
    )


@api.post(f"{AGENT}/prompts")
def write_prompt(agent_id: UUID) -> tuple[Response, int]:
    """Write a new version. If it is not based on the one that holds now, 409, and nothing is changed.

    What is sent again is answered as before and makes no second version.
    """
    who, row = manager_of_key(Permission.EDIT_PROMPTS)
    body = body_of(PromptBody)
    text = with_plain_breaks(body.text)
    if not text.strip() or not is_plain(text):
        raise invalid("text", "The prompt is empty, or holds control characters.", "Send plain text.")
    agent_of(row.workspace_id, agent_id)
    prompt = Prompt(digest=services().vault.keep_text(row.workspace_id, text), characters=len(text))

    number = services().agency.write_prompt(
        agent_id, row.workspace_id, None, prompt, based_on=body.based_on, because=who.because()
    )

    followed()
    return jsonify(agent_id=str(agent_id), number=number), 201


@api.post(f"{AGENT}/prompts/<int:number>/restore")
def restore_prompt(agent_id: UUID, number: int) -> tuple[Response, int]:
    """Bring back the words of a former version, as a new one; nothing if they hold already."""
    who, row = manager_of_key(Permission.EDIT_PROMPTS)

    restored = services().agency.restore_prompt(
        agent_id, row.workspace_id, None, number, because=who.because()
    )

    followed()
    return jsonify(agent_id=str(agent_id), number=restored), 201


def _before() -> int | None:
    given = parameters("before")
    if "before" not in given:
        return None
    number = number_in(given["before"])
    if not number:
        raise invalid("before", "`before` is no number of a version.", "Send what `next_before` said.")
    return number
