"""Acts of a story about calls: customers, their agents, what is said, and what it costs."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

from domain.agent import AgentStatus, Prompt
from domain.because import Because
from domain.calls.call import Direction, Ending, Kind
from domain.calls.told import CallTold, EndTold
from domain.commands.agents import Attachments, Wanted
from domain.commands.customers import Into
from domain.customer import About
from domain.ids import stream_of_call
from domain.refusals import Refused
from scripts.demo.stage import Stage, demo_id, person_id_of, workspace_id_of

LINES = (
    "Agent: Good morning, how can I help?",
    "Caller: I would like to move my appointment to Thursday.",
    "Agent: Thursday at ten is free. Shall I book it?",
    "Caller: Yes, please.",
)
HOLD_SECONDS = 600


def customer_id(stage: Stage, workspace: str) -> UUID:
    there = stage.wiring.agency.customer_of(workspace_id_of(workspace))
    assert there is not None
    return there.id


def agent_id(workspace: str) -> UUID:
    return demo_id("agent", workspace)


def adds_customer(
    stage: Stage, who: str, anchor: str, tree_id: UUID, name: str, workspace: str, contact: str
) -> None:
    vault, child_id, contact_id = stage.wiring.vault, workspace_id_of(workspace), demo_id("contact", name)
    about = About(
        name_digest=vault.keep_text(workspace_id_of(anchor), name),
        contact_id=contact_id,
        contact_digest=vault.keep_text(contact_id, contact),
    )
    into = Into(workspace_id=child_id, name_digest=vault.keep_text(child_id, workspace))
    stage.wiring.agency.add_customer(tree_id, person_id_of(who), into, about, because=stage.by(who))


def makes_agent(stage: Stage, who: str, workspace: str, name: str, prompt: str) -> None:
    workspace_id, made, vault = workspace_id_of(workspace), agent_id(workspace), stage.wiring.vault
    me = person_id_of(who)
    agency = stage.wiring.agency
    agency.make_agent(made, workspace_id, me, vault.keep_text(workspace_id, name), because=stage.by(who))
    writes_prompt(stage, who, workspace, prompt)
    agency.change_agent(made, workspace_id, me, Wanted(status=AgentStatus.ACTIVE), because=stage.by(who))


def writes_prompt(stage: Stage, who: str, workspace: str, text: str) -> None:
    workspace_id = workspace_id_of(workspace)
    agent = stage.wiring.agency.agent_in(workspace_id, agent_id(workspace))
    stage.wiring.agency.write_prompt(
        agent.id,
        workspace_id,
        person_id_of(who),
        Prompt(digest=stage.wiring.vault.keep_text(workspace_id, text), characters=len(text)),
        based_on=agent.prompt_number,
        because=stage.by(who),
    )


def restores_prompt(stage: Stage, who: str, workspace: str, number: int) -> None:
    workspace_id = workspace_id_of(workspace)
    stage.wiring.agency.restore_prompt(
        agent_id(workspace), workspace_id, person_id_of(who), number, because=stage.by(who)
    )


def keeps_document(stage: Stage, who: str, workspace: str, title: str, text: str) -> None:
    """In a knowledge base of its own, which the agent answers from."""
    agency, vault, me = stage.wiring.agency, stage.wiring.vault, person_id_of(who)
    workspace_id, base_id = workspace_id_of(workspace), demo_id("knowledge", workspace, title)
    digest = vault.keep_text(workspace_id, title)
    agency.create_knowledge_base(workspace_id, me, base_id, digest, because=stage.by(who))
    agency.add_document(
        workspace_id,
        me,
        base_id,
        demo_id("document", workspace, title),
        title_digest=digest,
        digest=vault.keep_text(workspace_id, text),
        bytes=len(text.encode()),
        because=stage.by(who),
    )
    wanted = Wanted(knowledge=Attachments(attach=(base_id,)))
    agency.change_agent(agent_id(workspace), workspace_id, me, wanted, because=stage.by(who))


def buys_number(stage: Stage, who: str, workspace: str, country: str) -> None:
    """The agent answers it at once."""
    workspace_id = workspace_id_of(workspace)
    me = person_id_of(who)
    offer = stage.wiring.numbers.available(workspace_id, country)[0]
    digest = stage.wiring.vault.keep_text(workspace_id, offer.number)
    stage.wiring.numbers.buy(workspace_id, me, offer, digest, because=stage.by(who))
    agency = stage.wiring.agency
    agency.assign_number(workspace_id, me, offer.number_id, agent_id(workspace), because=stage.by(who))


def deploys_widget(stage: Stage, who: str, workspace: str, origin: str) -> None:
    workspace_id = workspace_id_of(workspace)
    stage.wiring.agency.create_widget(
        workspace_id,
        person_id_of(who),
        demo_id("widget", workspace),
        agent_id=agent_id(workspace),
        name_digest=stage.wiring.vault.keep_text(workspace_id, "Website"),
        allowed_origins=(origin,),
        because=stage.by(who),
    )


def tells_calls(stage: Stage, workspace: str, seconds: tuple[int, ...]) -> None:
    """Calls of a morning that are over; what does not fit is not recorded."""
    told = [_call(stage, workspace, number, one) for number, one in enumerate(seconds)]
    stage.wiring.telling.tell_all(workspace_id_of(workspace), told, because=_by_key(stage, workspace))


def runs_call(stage: Stage, workspace: str, seconds: int) -> bool:
    """One that begins, and ends whatever it costs; False if it may not begin."""
    workspace_id, because = workspace_id_of(workspace), _by_key(stage, workspace)
    begun = _call(stage, workspace, 0, None)
    try:
        stage.wiring.telling.tell(workspace_id, begun, because=because)
    except Refused:
        return False
    ended = EndTold(seconds=seconds, outcome=Ending.COMPLETED, details=_details(begun.call_id))
    stage.wiring.telling.end(workspace_id, begun.call_id, ended, because=because)
    return True


def _call(stage: Stage, workspace: str, number: int, seconds: int | None) -> CallTold:
    call_id = stream_of_call(workspace_id_of(workspace), f"{stage.clock.at:%Y-%m-%d} {number}")
    return CallTold(
        call_id=call_id,
        agent_id=agent_id(workspace),
        kind=Kind.WEB if number % 3 == 2 else Kind.PHONE,
        direction=Direction.OUTBOUND if number % 4 == 3 else Direction.INBOUND,
        started_at=stage.clock.at - timedelta(minutes=20 * (number + 1)),
        seconds=seconds,
        outcome=None if seconds is None else Ending.TRANSFERRED if number % 5 == 4 else Ending.COMPLETED,
        hold_seconds=HOLD_SECONDS,
        details=None if seconds is None else _details(call_id),
    )


def _details(call_id: UUID) -> str:
    """As the API seals them: the caller, what was said, and what was drawn from it."""
    said = {
        "call_id": str(call_id),
        "caller": f"+49 30 23125 {call_id.int % 1_000:03}",
        "transcript": "\n".join(LINES),
        "fields": {"wish": "another appointment"},
    }
    return json.dumps(said, sort_keys=True)


def _by_key(stage: Stage, workspace: str) -> Because:
    return stage.because(f"key:{stage.key_id_of(workspace)}")
