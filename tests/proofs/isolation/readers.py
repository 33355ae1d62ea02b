"""Who may read a text, by the table of permissions and the cast alone."""

from __future__ import annotations

from domain.permissions import Permission
from tests.proofs.isolation.canaries import Kind, canary
from tests.proofs.isolation.cast import (
    ANCHORS,
    CHILDREN,
    INVITED,
    LOOKS,
    ONCE,
    PARENTS,
    PEOPLE,
    PLACES,
    ROLES,
    is_allowed,
    led,
)


def words() -> dict[str, tuple[Kind, str]]:
    """Every canary, and what it is and whose."""
    of_places = (
        Kind.WORKSPACE,
        Kind.AGENT,
        Kind.EVENT,
        Kind.REASON,
        Kind.KNOWLEDGE,
        Kind.NUMBER,
        Kind.PROMPT,
        Kind.WIDGET,
        Kind.ACTION,
        Kind.SECRET,
        Kind.CALL,
        Kind.RECORDING,
    )
    found = {canary(kind, place): (kind, place) for kind in of_places for place in PLACES}
    found |= {canary(Kind.CUSTOMER, anchor): (Kind.CUSTOMER, anchor) for anchor in ANCHORS}
    found |= {canary(Kind.REASON, "look"): (Kind.REASON, "look")}
    return found | {canary(kind, who): (kind, who) for kind in (Kind.PERSON, Kind.ADDRESS) for who in PEOPLE}


WORDS = words()
OF_KEYS = (
    Kind.PROMPT,
    Kind.WORKSPACE,
    Kind.AGENT,
    Kind.KNOWLEDGE,
    Kind.NUMBER,
    Kind.CUSTOMER,
    Kind.WIDGET,
    Kind.ACTION,
    Kind.CALL,
    Kind.RECORDING,
)  # what one reads of its own workspace


def leaked(who: str, found: set[str]) -> set[str]:
    """What somebody was told that is not theirs to know, in words."""
    return {f"{kind.name} of {whose}" for kind, whose in map(WORDS.get, found) if not reads(who, kind, whose)}  # type: ignore[misc]


def reads(who: str, kind: Kind, whose: str) -> bool:
    if whose == "look" or (kind is Kind.PERSON and whose in LOOKS and who != whose):
        return who in LOOKS or any(is_allowed(who, Permission.SEE_LOOKS, place) for place in LOOKS.values())
    if kind in (Kind.PERSON, Kind.ADDRESS):
        return who == whose or any(_meets(who, kind, whose, place) for place in PLACES)
    if kind is Kind.SECRET:
        return False
    if led(who, whose):
        return True
    needs = {
        Kind.WORKSPACE: Permission.SEE_WORKSPACE,
        Kind.AGENT: Permission.SEE_WORKSPACE,
        Kind.EVENT: Permission.SEE_EVENTS,
        Kind.REASON: Permission.SEE_EVENTS,
        Kind.CUSTOMER: Permission.SEE_CUSTOMERS,
        Kind.KNOWLEDGE: Permission.SEE_CONFIGURATION,
        Kind.NUMBER: Permission.SEE_DEPLOYMENT,
        Kind.PROMPT: Permission.SEE_PROMPTS,
        Kind.WIDGET: Permission.SEE_DEPLOYMENT,
        Kind.ACTION: Permission.SEE_ACTIONS,
        Kind.CALL: Permission.SEE_TRANSCRIPTS,
        Kind.RECORDING: Permission.SEE_RECORDINGS,
    }
    is_invited = kind is Kind.WORKSPACE and INVITED.get(who) == whose
    return is_invited or is_allowed(who, needs[kind], whose)


def _meets(who: str, kind: Kind, whose: str, place: str) -> bool:
    """Whether somebody may know a person by this workspace: as one who is, was or is invited there."""
    belongs = (whose, place) in ROLES or (whose, place) in ONCE
    if INVITED.get(whose) == place:
        belongs = kind is Kind.ADDRESS  # that was typed
    if not belongs:
        return False
    invited_by_them = kind is Kind.PERSON and INVITED.get(who) == place
    return is_allowed(who, Permission.SEE_MEMBERS, place) or led(who, place) or invited_by_them


def leaked_to_key(place: str, found: set[str]) -> set[str]:
    """What a key was told that is not its workspace's own; an anchor's knows the names in its tree."""
    wrong = set()
    for kind, whose in map(WORDS.__getitem__, found):
        is_own = whose == place and kind in OF_KEYS
        of_tree = kind is Kind.WORKSPACE and place in ANCHORS and CHILDREN.get(whose) == place
        if not (is_own or (of_tree and (PARENTS.get(whose) == place or whose == "gone"))):
            wrong.add(f"{kind.name} of {whose}")
    return wrong
