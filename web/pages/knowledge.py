"""The knowledge bases of a workspace, and the documents in each of them."""

from __future__ import annotations

import hashlib
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from domain.knowledge import DOCUMENT_BYTES_MAX
from domain.permissions import Permission
from projections.catalogue import KNOWLEDGE
from web.access import because, db, followed, new_id, person
from web.documents import SUFFIXES, TITLE_MAX, Document, Unfit, document_of_file, document_of_text
from web.knowing import agents_with, base_or_404, document_or_404, keep_document, keep_name
from web.pages.blueprint import pages
from web.pages.forms import Invalid, No, done, name_of, shows_again
from web.pages.here import here_or_404
from web.sealed import texts_in
from web.services import services

ADDRESS = "/w/<uuid:workspace_id>/knowledge"
BASE = f"{ADDRESS}/<uuid:base_id>"
DOCUMENT = f"{BASE}/documents/<uuid:document_id>"


@pages.get(ADDRESS)
def knowledge(workspace_id: UUID, no: No | None = None) -> ResponseReturnValue:
    here = here_or_404(workspace_id, Permission.SEE_CONFIGURATION)
    bases = KNOWLEDGE.in_workspace(db(), workspace_id)
    return render_template(
        "knowledge.html",
        here=here,
        bases=bases,
        names=texts_in(workspace_id, (base.name_digest for base in bases)),
        agents=agents_with(workspace_id),
        limits=here.plan.limits,
        no=no,
    )


@pages.post(ADDRESS)
@shows_again(knowledge)
def create_knowledge_base(workspace_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.CONFIGURE)
    name = name_of("name", "a name")

    base = services().agency.create_knowledge_base(
        workspace_id,
        person(),
        new_id("knowledge base"),
        keep_name(workspace_id, name),
        because=because(),
    )

    followed()
    text = f"“{name}” is there. Now give it documents."
    return done(text, "pages.knowledge_base", workspace_id=workspace_id, base_id=base.id)


@pages.get(BASE)
def knowledge_base(
    workspace_id: UUID, base_id: UUID, no: No | None = None, **_: object
) -> ResponseReturnValue:
    here = here_or_404(workspace_id, Permission.SEE_CONFIGURATION)
    base = base_or_404(workspace_id, base_id)
    documents = KNOWLEDGE.documents_in_workspace(db(), workspace_id, base_id)
    digests = [base.name_digest, *(one.title_digest for one in documents)]
    return render_template(
        "knowledge_base.html",
        here=here,
        base=base,
        documents=documents,
        texts=texts_in(workspace_id, digests),
        agents=agents_with(workspace_id).get(base_id, []),
        held_bytes=sum(one.bytes for one in KNOWLEDGE.in_workspace(db(), workspace_id)),
        limits=here.plan.limits,
        bytes_max=DOCUMENT_BYTES_MAX,
        suffixes=SUFFIXES,
        no=no,
    )


@pages.post(f"{BASE}/rename")
@shows_again(knowledge_base)
def rename_knowledge_base(workspace_id: UUID, base_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.CONFIGURE)
    base_or_404(workspace_id, base_id)
    digest = keep_name(workspace_id, name_of("name", "a name"))

    services().agency.rename_knowledge_base(workspace_id, person(), base_id, digest, because=because())

    followed()
    return done("Renamed.", "pages.knowledge_base", workspace_id=workspace_id, base_id=base_id)


@pages.post(f"{BASE}/documents")
@shows_again(knowledge_base)
def add_document(workspace_id: UUID, base_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.CONFIGURE)
    base_or_404(workspace_id, base_id)
    document = _document_sent()
    sha256 = hashlib.sha256(document.text.encode()).hexdigest()

    services().agency.add_document(
        workspace_id,
        person(),
        base_id,
        new_id(f"document {sha256} of {base_id}"),
        **keep_document(workspace_id, document),
        because=because(),
    )

    followed()
    text = f"“{document.title}” is there, with {document.bytes:,} bytes."
    return done(text, "pages.knowledge_base", workspace_id=workspace_id, base_id=base_id)


@pages.get(DOCUMENT)
def document(workspace_id: UUID, base_id: UUID, document_id: UUID) -> ResponseReturnValue:
    here = here_or_404(workspace_id, Permission.SEE_CONFIGURATION)
    base = base_or_404(workspace_id, base_id)
    row = document_or_404(workspace_id, base_id, document_id)
    texts = texts_in(workspace_id, (base.name_digest, row.title_digest, row.digest))
    return render_template("document.html", here=here, base=base, document=row, texts=texts)


@pages.post(f"{DOCUMENT}/remove")
@shows_again(knowledge_base)
def remove_document(workspace_id: UUID, base_id: UUID, document_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.CONFIGURE)
    document_or_404(workspace_id, base_id, document_id)

    services().agency.remove_document(workspace_id, person(), base_id, document_id, because=because())

    followed()
    text = "The document is removed; no call is answered from it any more."
    return done(text, "pages.knowledge_base", workspace_id=workspace_id, base_id=base_id)


@pages.post(f"{BASE}/delete")
@shows_again(knowledge_base)
def delete_knowledge_base(workspace_id: UUID, base_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.CONFIGURE)
    base_or_404(workspace_id, base_id)

    services().agency.delete_knowledge_base(workspace_id, person(), base_id, because=because())

    followed()
    return done("Deleted, with all of its documents.", "pages.knowledge", workspace_id=workspace_id)


def _document_sent() -> Document:
    """Pasted, or in a file; not both, since nobody could say which was meant."""
    title, text, file = name_of("title", "a title", required=False, longest=TITLE_MAX), None, None
    if request.form.get("text", "").strip():
        text = request.form["text"]
    if (sent := request.files.get("file")) is not None and sent.filename:
        file = sent
    try:
        if text is not None and file is not None:
            raise Unfit("file", "Paste a text or choose a file, please, and not both at once.")
        if file is not None:
            return document_of_file(title, file.filename or "", file.read(DOCUMENT_BYTES_MAX + 1))
        if not title:
            raise Unfit("title", "Please enter a title.")
        return document_of_text(title, text or "")
    except Unfit as unfit:
        raise Invalid(unfit.field, unfit.message) from None
