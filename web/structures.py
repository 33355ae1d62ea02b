"""Structures as they are read of a workspace, sealed under another subject, and opened to be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

import msgspec

from domain.action import Asked, Phase
from domain.structure import ActionPart, AgentPart, DocumentPart, KnowledgePart, Structure
from projections.agent_rows import AgentRow
from projections.catalogue import ACTIONS, AGENTS, KNOWLEDGE
from web.access import db
from web.services import services


def structure_of(workspace_id: UUID) -> Structure:
    """As the screens show it; its digests open under the workspace."""
    knowledge, actions = _knowledge(workspace_id), _actions(workspace_id)
    there = {one.key for one in knowledge} | {one.key for one in actions}
    return Structure(agents=_agents(workspace_id, there), knowledge=knowledge, actions=actions)


def resealed(structure: Structure, subject_from: UUID, subject_to: UUID) -> Structure:
    """The same texts, under another subject; one at a time, since they may be long."""
    vault, known = services().vault, dict[str, str]()

    def reseal(digest: str) -> str:
        if digest not in known:
            known[digest] = vault.keep_text(subject_to, vault.text(subject_from, digest))
        return known[digest]

    return structure.resealed(reseal)


def kept(anchor_id: UUID, structure: Structure) -> str:
    """Where it lies in the vault, itself sealed."""
    digest: str = services().vault.keep_text(anchor_id, msgspec.json.encode(structure).decode())
    return digest


def opened(anchor_id: UUID, digest: str) -> Structure | None:
    """None where the texts of the anchor were destroyed."""
    try:
        return msgspec.json.decode(services().vault.text(anchor_id, digest), type=Structure)
    except msgspec.MsgspecError:
        return None


def headers_in(structure: Structure | None) -> set[str]:
    """The digests of what its actions send."""
    actions = structure.actions if structure else ()
    return {one.asked.headers_digest for one in actions if one.asked.headers_digest is not None}


def headers_in_templates(anchor_id: UUID) -> set[str]:
    """Of all that an agency keeps; nothing for a workspace that leads none."""
    agency = services().agency
    tree_id = agency.workspace(anchor_id).tree_id
    templates = agency.templates_of(tree_id) if tree_id is not None else None
    if templates is None or templates.anchor_id != anchor_id:
        return set()
    structures = (opened(anchor_id, one.structure_digest) for one in templates.kept.values())
    return {digest for structure in structures for digest in headers_in(structure)}


def plain(structure: Structure, subject_id: UUID) -> Structure:
    """With texts in the place of digests; those of documents are left, for they are never compared."""
    texts_of_documents = {one.text for base in structure.knowledge for one in base.documents}
    wanted = [(subject_id, one) for one in set(structure.digests()) - texts_of_documents]
    texts = services().vault.texts(wanted)
    return structure.resealed(lambda digest: texts.get((subject_id, digest), digest))


def _agents(workspace_id: UUID, there: set[UUID]) -> tuple[AgentPart, ...]:
    found = []
    for row in AGENTS.in_workspace(db(), workspace_id):
        prompt = None
        if row.prompt_digest is not None:
            prompt = AGENTS.prompt_in_workspace(db(), workspace_id, row.agent_id, row.prompt_number)
        found.append(
            AgentPart(
                key=row.agent_id,
                name=row.name_digest,
                prompt=row.prompt_digest,
                prompt_characters=prompt.characters if prompt else 0,
                settings=row.settings,
                knowledge=_attached(AGENTS.knowledge_in_workspace, row, there),
                actions=_attached(AGENTS.actions_in_workspace, row, there),
            )
        )
    return tuple(found)


def _attached(question: Callable[..., Iterable[UUID]], row: AgentRow, there: set[UUID]) -> tuple[UUID, ...]:
    """Of what is attached to an agent, what is still there."""
    return tuple(one for one in question(db(), row.workspace_id, row.agent_id) if one in there)


def _knowledge(workspace_id: UUID) -> tuple[KnowledgePart, ...]:
    return tuple(
        KnowledgePart(
            key=base.base_id,
            name=base.name_digest,
            documents=tuple(
                DocumentPart(key=one.document_id, title=one.title_digest, text=one.digest, bytes=one.bytes)
                for one in KNOWLEDGE.documents_in_workspace(db(), workspace_id, base.base_id)
            ),
        )
        for base in KNOWLEDGE.in_workspace(db(), workspace_id)
    )


def _actions(workspace_id: UUID) -> tuple[ActionPart, ...]:
    return tuple(
        ActionPart(
            key=row.action_id,
            asked=Asked(
                name_digest=row.name_digest,
                phase=Phase(row.phase),
                method=row.method,
                url_digest=row.url_digest,
                headers_digest=row.headers_digest,
                timeout_seconds=row.timeout_seconds,
            ),
            enabled=row.enabled,
        )
        for row in ACTIONS.in_workspace(db(), workspace_id)
    )
