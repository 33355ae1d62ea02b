"""What a program may do with the knowledge bases of its workspace, and the documents in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from domain.permissions import Permission
from domain.plans import PLANS
from projections.catalogue import KNOWLEDGE
from projections.knowledge import DocumentRow, KnowledgeBaseRow
from web.access import db, followed
from web.api.blueprint import api
from web.api.gates import manager_of_key, reader_of_key
from web.api.knowledge_told import (
    DocumentAnswer,
    DocumentBody,
    DocumentLine,
    DocumentsAnswer,
    DoneAnswer,
    KnowledgeBaseAnswer,
    KnowledgeBaseBody,
    KnowledgeBasesAnswer,
)
from web.api.managing import body_of, conflict, line_in, made_id, said
from web.api.query import invalid
from web.documents import Document, Unfit, document_of_text
from web.errors import ApiError
from web.knowing import agents_with, base_or_404, document_or_404, keep_document, keep_name
from web.sealed import texts_in
from web.services import services

SEE, CHANGE = Permission.SEE_CONFIGURATION, Permission.CONFIGURE
BASE = "/knowledge-bases/<uuid:knowledge_base_id>"
DOCUMENT = f"{BASE}/documents/<uuid:document_id>"


@api.get("/knowledge-bases")
def knowledge_bases() -> Response:
    """The knowledge bases of the key's workspace."""
    row = reader_of_key(SEE)
    bases = KNOWLEDGE.in_workspace(db(), row.workspace_id)
    texts = texts_in(row.workspace_id, (base.name_digest for base in bases))
    limits = PLANS[row.plan].limits
    return said(
        KnowledgeBasesAnswer(
            knowledge_bases=[_told(base, texts) for base in bases],
            knowledge_bases_max=limits.knowledge_bases_max,
            documents_bytes_max=limits.documents_bytes_max,
        )
    )


@api.post("/knowledge-bases")
def create_knowledge_base() -> Response:
    """Make a knowledge base, once for an idempotency key."""
    who, row = manager_of_key(CHANGE)
    digest = keep_name(row.workspace_id, line_in("name", body_of(KnowledgeBaseBody).name))

    base = services().agency.create_knowledge_base(
        row.workspace_id, None, made_id(row.workspace_id, "knowledge"), digest, because=who.because()
    )

    if base.made_as != digest:
        raise conflict()
    followed()
    return said(_answer_of(row.workspace_id, base.id), 201)


@api.get(BASE)
def knowledge_base(knowledge_base_id: UUID) -> Response:
    """One knowledge base of the key's workspace."""
    row = reader_of_key(SEE)
    return said(_answer_of(row.workspace_id, knowledge_base_id))


@api.patch(BASE)
def rename_knowledge_base(knowledge_base_id: UUID) -> Response:
    """Give a knowledge base another name."""
    who, row = manager_of_key(CHANGE)
    base_or_404(row.workspace_id, knowledge_base_id)
    digest = keep_name(row.workspace_id, line_in("name", body_of(KnowledgeBaseBody).name))

    services().agency.rename_knowledge_base(
        row.workspace_id, None, knowledge_base_id, digest, because=who.because()
    )

    followed()
    return said(_answer_of(row.workspace_id, knowledge_base_id))


@api.delete(BASE)
def delete_knowledge_base(knowledge_base_id: UUID) -> Response:
    """Delete a knowledge base with all of its documents. Refused while an agent answers from it: detach it
    there first."""
    who, row = manager_of_key(CHANGE)
    base_or_404(row.workspace_id, knowledge_base_id)
    if names := agents_with(row.workspace_id).get(knowledge_base_id):
        message = f"The knowledge base is attached to {', '.join(names)}."
        raise ApiError(409, "knowledge_in_use", message, "Detach it from these agents first.")

    services().agency.delete_knowledge_base(row.workspace_id, None, knowledge_base_id, because=who.because())

    followed()
    return said(DoneAnswer(done=True))


@api.get(f"{BASE}/documents")
def documents(knowledge_base_id: UUID) -> Response:
    """The documents of a knowledge base, without their texts."""
    row = reader_of_key(SEE)
    base = base_or_404(row.workspace_id, knowledge_base_id)
    found = KNOWLEDGE.documents_in_workspace(db(), row.workspace_id, base.base_id)
    texts = texts_in(row.workspace_id, (one.title_digest for one in found))
    return said(
        DocumentsAnswer(
            knowledge_base_id=base.base_id,
            documents=[DocumentLine(**_line_of(one, texts)) for one in found],
        )
    )


@api.post(f"{BASE}/documents")
def add_document(knowledge_base_id: UUID) -> Response:
    """Add a document to a knowledge base, once for an idempotency key."""
    who, row = manager_of_key(CHANGE)
    base_or_404(row.workspace_id, knowledge_base_id)
    kept = keep_document(row.workspace_id, _document(body_of(DocumentBody)))
    document_id = made_id(row.workspace_id, f"document of {knowledge_base_id}")

    base = services().agency.add_document(
        row.workspace_id, None, knowledge_base_id, document_id, **kept, because=who.because()
    )

    made = base.documents_made[document_id]
    if (made.title_digest, made.digest) != (kept["title_digest"], kept["digest"]):
        raise conflict()
    followed()
    texts = texts_in(row.workspace_id, [made.title_digest, made.digest])
    return said(
        DocumentAnswer(
            document_id=document_id,
            title=texts[made.title_digest],
            bytes=made.bytes,
            added_at=made.timestamp,
            text=texts[made.digest],
        ),
        201,
    )


@api.get(DOCUMENT)
def document(knowledge_base_id: UUID, document_id: UUID) -> Response:
    """A document with its text."""
    row = reader_of_key(SEE)
    found = document_or_404(row.workspace_id, knowledge_base_id, document_id)
    texts = texts_in(row.workspace_id, [found.title_digest, found.digest])
    return said(DocumentAnswer(**_line_of(found, texts), text=texts[found.digest]))


@api.delete(DOCUMENT)
def remove_document(knowledge_base_id: UUID, document_id: UUID) -> Response:
    """Remove a document: no call is answered from it any more."""
    who, row = manager_of_key(CHANGE)
    document_or_404(row.workspace_id, knowledge_base_id, document_id)

    services().agency.remove_document(
        row.workspace_id, None, knowledge_base_id, document_id, because=who.because()
    )

    followed()
    return said(DoneAnswer(done=True))


def _document(body: DocumentBody) -> Document:
    title = line_in("title", body.title)
    try:
        return document_of_text(title, body.text)
    except Unfit as unfit:
        raise invalid(unfit.field, unfit.message, "Nothing was recorded.") from None


def _answer_of(workspace_id: UUID, base_id: UUID) -> KnowledgeBaseAnswer:
    base = base_or_404(workspace_id, base_id)
    return _told(base, texts_in(workspace_id, [base.name_digest]))


def _told(base: KnowledgeBaseRow, texts: dict[str, str]) -> KnowledgeBaseAnswer:
    return KnowledgeBaseAnswer(
        knowledge_base_id=base.base_id,
        name=texts[base.name_digest],
        documents=base.documents,
        bytes=base.bytes,
        created_at=base.created_at,
    )


def _line_of(document: DocumentRow, texts: dict[str, str]) -> dict[str, Any]:
    return {
        "document_id": document.document_id,
        "title": texts[document.title_digest],
        "bytes": document.bytes,
        "added_at": document.added_at,
    }
