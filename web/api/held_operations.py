"""What each route about knowledge bases and phone numbers takes and answers."""

from __future__ import annotations

from web.api.knowledge_told import (
    AssignBody,
    AvailableQuery,
    DocumentAnswer,
    DocumentBody,
    DocumentsAnswer,
    DoneAnswer,
    KnowledgeBaseAnswer,
    KnowledgeBaseBody,
    KnowledgeBasesAnswer,
    NumberAnswer,
    NumberBody,
    NumbersAnswer,
    OffersAnswer,
)
from web.api.operation import WITH_BODY, Operation, manages, reads

BASE_ID = "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0b01"
BASE = {
    "knowledge_base_id": BASE_ID,
    "name": "Prices and opening hours",
    "documents": 1,
    "bytes": 31,
    "created_at": "2026-03-02T09:00:00Z",
}
LINE = {
    "document_id": "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0b02",
    "title": "Opening hours",
    "bytes": 31,
    "added_at": "2026-03-02T09:00:00Z",
}
TEXT = "Monday to Friday, 9:00 to 18:00"
NUMBER = {
    "phone_number_id": "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0b03",
    "number": "+493023125042",
    "country": "DE",
    "agent_id": None,
    "bought_at": "2026-03-02T09:00:00Z",
    "released_at": None,
}
AGENT = "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0b04"
DONE: dict[int, tuple[str, type]] = {200: ("It is done.", DoneAnswer)}
IS_DONE = {"done": True}


HELD_OPERATIONS: dict[str, Operation] = {
    "knowledge_bases": reads(
        "The knowledge bases of the workspace",
        "All of them.",
        KnowledgeBasesAnswer,
        {"knowledge_bases": [BASE], "knowledge_bases_max": 50, "documents_bytes_max": 50_000_000},
    ),
    "create_knowledge_base": manages(
        "Make a knowledge base",
        {201: ("It is there.", KnowledgeBaseAnswer)},
        BASE | {"documents": 0, "bytes": 0},
        body=KnowledgeBaseBody,
        bodies={"By its name": {"name": "Prices and opening hours"}},
        idempotent_by_header=True,
        nos=(*WITH_BODY, 409),
    ),
    "knowledge_base": reads(
        "A knowledge base", "The knowledge base as it is now.", KnowledgeBaseAnswer, BASE
    ),
    "rename_knowledge_base": manages(
        "Rename a knowledge base",
        {200: ("It is renamed.", KnowledgeBaseAnswer)},
        BASE | {"name": "Prices"},
        body=KnowledgeBaseBody,
        bodies={"Another name": {"name": "Prices"}},
        nos=WITH_BODY,
    ),
    "delete_knowledge_base": manages("Delete a knowledge base", DONE, IS_DONE, nos=(409,)),
    "documents": reads(
        "The documents of a knowledge base",
        "All of them, without their texts.",
        DocumentsAnswer,
        {"knowledge_base_id": BASE_ID, "documents": [LINE]},
    ),
    "add_document": manages(
        "Add a document",
        {201: ("It is there.", DocumentAnswer)},
        LINE | {"text": TEXT},
        body=DocumentBody,
        bodies={"A text with its title": {"title": "Opening hours", "text": TEXT}},
        idempotent_by_header=True,
        nos=(*WITH_BODY, 409),
    ),
    "document": reads("A document with its text", "The document.", DocumentAnswer, LINE | {"text": TEXT}),
    "remove_document": manages("Remove a document", DONE, IS_DONE),
    "phone_numbers": reads(
        "The phone numbers of the workspace",
        "All of them.",
        NumbersAnswer,
        {"phone_numbers": [NUMBER], "phone_numbers_max": 25, "rate_micros": 3_000_000},
    ),
    "available_phone_numbers": reads(
        "Phone numbers that nobody has",
        "Some of them.",
        OffersAnswer,
        {"available": [{"number": "+493023125042", "country": "DE"}]},
        query=AvailableQuery,
        nos=(422,),
    ),
    "buy_phone_number": manages(
        "Buy a phone number",
        {201: ("It is the workspace’s, and its first cycle is charged.", NumberAnswer)},
        NUMBER,
        body=NumberBody,
        bodies={"One that is available": {"number": "+493023125042"}},
        nos=(*WITH_BODY, 402, 409),
    ),
    "assign_phone_number": manages(
        "Let an agent answer a phone number",
        {200: ("The agent answers it from now on.", NumberAnswer)},
        NUMBER | {"agent_id": AGENT},
        body=AssignBody,
        bodies={"An agent of the workspace": {"agent_id": AGENT}},
        nos=WITH_BODY,
    ),
    "unassign_phone_number": manages(
        "Let nobody answer a phone number", {200: ("Nobody answers it.", NumberAnswer)}, NUMBER
    ),
    "release_phone_number": manages("Give a phone number up", DONE, IS_DONE),
}
