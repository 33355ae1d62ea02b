"""What a program sends and is answered about knowledge bases and phone numbers, member by member."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from domain.knowledge import DOCUMENT_BYTES_MAX
from web.api.answers import Answer, Count, Instant
from web.documents import TITLE_MAX

NAME_MAX = 120

Country = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}\Z")]
Digits = Annotated[str, msgspec.Meta(pattern=r"^\+[0-9]{7,15}\Z")]
Named = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_MAX)]


class KnowledgeBaseBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a knowledge base is called."""

    name: Named


class DocumentBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A document, as text."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=TITLE_MAX)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=DOCUMENT_BYTES_MAX)]


class NumberBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which number to buy."""

    number: Digits


class AssignBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which agent answers the number."""

    agent_id: UUID


class AvailableQuery(msgspec.Struct):
    """Where."""

    country: Country


class KnowledgeBaseAnswer(Answer):
    """A knowledge base, and how much is in it."""

    knowledge_base_id: UUID
    name: str
    documents: Count
    bytes: Count
    created_at: Instant


class KnowledgeBasesAnswer(Answer):
    """All of the workspace, and how much the plan leaves room for."""

    knowledge_bases: list[KnowledgeBaseAnswer]
    knowledge_bases_max: Count
    documents_bytes_max: Count


class DocumentLine(Answer):
    """A document without its text."""

    document_id: UUID
    title: str
    bytes: Count
    added_at: Instant


class DocumentsAnswer(Answer):
    """All documents of a knowledge base."""

    knowledge_base_id: UUID
    documents: list[DocumentLine]


class DocumentAnswer(DocumentLine):
    """A document with its text."""

    text: str


class NumberAnswer(Answer):
    """A number of the workspace."""

    phone_number_id: UUID
    number: str
    country: str
    agent_id: UUID | None
    bought_at: Instant
    released_at: Instant | None


class NumbersAnswer(Answer):
    """All numbers of the workspace, and how many the plan has room for."""

    phone_numbers: list[NumberAnswer]
    phone_numbers_max: Count
    rate_micros: Count | None


class OfferAnswer(Answer):
    """A number that nobody has."""

    number: str
    country: str


class OffersAnswer(Answer):
    """Some of the carrier's free numbers of a country."""

    available: list[OfferAnswer]


class DoneAnswer(Answer):
    """It is done, or had been before."""

    done: bool


MEANINGS = {
    ("KnowledgeBaseBody", "name"): "What it is called.",
    ("DocumentBody", "title"): "What the document is called.",
    ("DocumentBody", "text"): f"The text, at most {DOCUMENT_BYTES_MAX:,} bytes of UTF-8.",
    ("NumberBody", "number"): "The number in E.164, one of those that are available.",
    ("AssignBody", "agent_id"): "An agent of the same workspace.",
    ("AvailableQuery", "country"): "Two letters, as in ISO 3166: DE, FR, GB or US.",
    ("KnowledgeBaseAnswer", "knowledge_base_id"): "Its own id.",
    ("KnowledgeBaseAnswer", "name"): "What it is called.",
    ("KnowledgeBaseAnswer", "documents"): "How many documents are in it.",
    ("KnowledgeBaseAnswer", "bytes"): "How many bytes they have together.",
    ("KnowledgeBaseAnswer", "created_at"): "When it was made.",
    ("KnowledgeBasesAnswer", "knowledge_bases"): "In the order in which they were made.",
    ("KnowledgeBasesAnswer", "knowledge_bases_max"): "How many the plan has room for.",
    ("KnowledgeBasesAnswer", "documents_bytes_max"): "How many bytes all documents may have together.",
    ("DocumentsAnswer", "knowledge_base_id"): "The knowledge base that they are in.",
    ("DocumentsAnswer", "documents"): "In the order in which they came.",
    **{
        (kind, name): told
        for kind in ("DocumentLine", "DocumentAnswer")
        for name, told in {
            "document_id": "Its own id.",
            "title": "What the document is called.",
            "bytes": "How many bytes of UTF-8 its text has.",
            "added_at": "When it came.",
            "text": "The text, with line ends of one kind.",
        }.items()
    },
    ("NumberAnswer", "phone_number_id"): "Its own id.",
    ("NumberAnswer", "number"): "The number in E.164.",
    ("NumberAnswer", "country"): "Two letters, as in ISO 3166.",
    ("NumberAnswer", "agent_id"): "Who answers it; null if nobody does.",
    ("NumberAnswer", "bought_at"): "When it was bought.",
    ("NumberAnswer", "released_at"): "When it goes unless its cycle can be charged by then; else null.",
    ("NumbersAnswer", "phone_numbers"): "In the order in which they were bought.",
    ("NumbersAnswer", "phone_numbers_max"): "How many the plan has room for.",
    ("NumbersAnswer", "rate_micros"): "What a number costs each cycle, in millionths of a euro of credits; "
    "null where the plan has no calls.",
    ("OfferAnswer", "number"): "The number in E.164.",
    ("OfferAnswer", "country"): "Two letters, as in ISO 3166.",
    ("OffersAnswer", "available"): "Free just now: whoever buys one first has it.",
    ("DoneAnswer", "done"): "Always true; what could not be done is answered with an error.",
}
