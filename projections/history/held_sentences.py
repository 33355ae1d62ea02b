"""Sentences of knowledge bases and phone numbers: what a fact of one says.

Neither names nor numbers are in them: who reads a timeline may be shown less of a workspace than that.
"""

from __future__ import annotations

from domain.holdings import Holdings
from domain.knowledge import KnowledgeBase
from domain.phone_number import PhoneNumber
from projections.history.either import Either, has

HELD = Either(
    has("size"),
    "{workspace_id:workspace} holds a {kind:dispute} of size {size:count}, as its plan counts it",
    "{workspace_id:workspace} does not hold a {kind:dispute} any more, as its plan counts it",
)

HELD_SENTENCES: dict[type, str | Either] = {
    KnowledgeBase.Made: "{actor:actor} made a knowledge base in {workspace_id:workspace}",
    KnowledgeBase.Renamed: "{actor:actor} renamed a knowledge base of {workspace_id:workspace}",
    KnowledgeBase.DocumentAdded: (
        "{actor:actor} added a document of {bytes:count} bytes to a knowledge base"
        " of {workspace_id:workspace}"
    ),
    KnowledgeBase.DocumentRemoved: (
        "{actor:actor} removed a document of {bytes:count} bytes from a knowledge base"
        " of {workspace_id:workspace}"
    ),
    KnowledgeBase.Deleted: (
        "{actor:actor} deleted a knowledge base of {workspace_id:workspace}, with all of its documents"
    ),
    PhoneNumber.Bought: "{actor:actor} bought a phone number in {country} for {workspace_id:workspace}",
    PhoneNumber.BoughtAgain: (
        "{actor:actor} bought a phone number in {country} for {workspace_id:workspace},"
        " which somebody had released"
    ),
    PhoneNumber.Assigned: (
        "{actor:actor} let an agent of {workspace_id:workspace} answer one of its phone numbers"
    ),
    PhoneNumber.Unassigned: (
        "{actor:actor} let no agent of {workspace_id:workspace} answer one of its phone numbers any more"
    ),
    PhoneNumber.GraceBegan: (
        "A phone number of {workspace_id:workspace} could not be charged for a cycle;"
        " it is released on {ends_at:instant} unless it can be by then"
    ),
    PhoneNumber.Released: Either(
        has("unpaid"),
        "A phone number of {workspace_id:workspace} was released, because it could not be charged",
        "{actor:actor} released a phone number of {workspace_id:workspace}",
    ),
    Holdings.Begun: HELD,
    Holdings.Changed: HELD,
}
