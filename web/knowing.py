"""Knowledge for pages and programs alike: what is there, what goes to the vault, and who answers from it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort

from projections.catalogue import AGENTS, KNOWLEDGE
from projections.knowledge import DocumentRow, KnowledgeBaseRow
from web.access import db
from web.agents import agents_in
from web.documents import Document
from web.services import services


def keep_name(workspace_id: UUID, name: str) -> str:
    digest: str = services().vault.keep_text(workspace_id, name)
    return digest


def keep_document(workspace_id: UUID, document: Document) -> dict[str, Any]:
    """As a command takes it."""
    vault = services().vault
    return {
        "title_digest": vault.keep_text(workspace_id, document.title),
        "digest": vault.keep_text(workspace_id, document.text),
        "bytes": document.bytes,
    }


def base_or_404(workspace_id: UUID, base_id: UUID) -> KnowledgeBaseRow:
    return KNOWLEDGE.base_in_workspace(db(), workspace_id, base_id) or abort(404)


def document_or_404(workspace_id: UUID, base_id: UUID, document_id: UUID) -> DocumentRow:
    return KNOWLEDGE.document_in_workspace(db(), workspace_id, base_id, document_id) or abort(404)


def agents_with(workspace_id: UUID) -> dict[UUID, list[str]]:
    """The names of the agents that each knowledge base of a workspace is attached to."""
    names = {one.row.agent_id: one.name for one in agents_in(workspace_id)}
    found: dict[UUID, list[str]] = {}
    for base_id, agent_id in AGENTS.attached_in_workspace(db(), workspace_id):
        found.setdefault(base_id, []).append(names[agent_id])
    return found
