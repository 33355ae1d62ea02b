"""Words that stand in one text only, so that wherever they turn up one knows whose text it was."""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum

FORM = re.compile(r"q[a-z][0-9a-f]{10}z")


class Kind(StrEnum):
    """What a text is; who may read it depends on that."""

    WORKSPACE = "n"  # the name of one
    PERSON = "p"  # a name
    ADDRESS = "e"
    AGENT = "a"  # the id of an agent that tracked, which usage is shown by
    EVENT = "m"  # what an event holds beside: metadata, model, excerpts
    REASON = "r"  # why an event was voided
    CUSTOMER = "c"  # what an agency keeps about one: for those only who lead it
    KNOWLEDGE = "k"  # of a knowledge base and a document: names, titles and texts
    NUMBER = "u"  # a phone number, as it is shown
    WIDGET = "w"  # the name of one; its origins are names of hosts, which facts hold as they are
    ACTION = "x"  # its name and its address
    SECRET = "s"  # in a header of an action: kept, and never shown to anybody
    CALL = "l"  # who called, what was said and what was made of it
    RECORDING = "g"  # where the recording of a call lies
    PROMPT = "t"  # what a voice agent is told, its name and its greeting among it


def canary(kind: Kind, whose: str) -> str:
    """The word of a text; the same one each time."""
    return f"q{kind.value}{hashlib.sha256(f'{kind.value}:{whose}'.encode()).hexdigest()[:10]}z"


def canaries_in(text: str) -> set[str]:
    return set(FORM.findall(text.lower()))


def canaries_in_hex(text: str) -> set[str]:
    """Also those that PostgreSQL shows as bytes."""
    found = canaries_in(text)
    for digits in re.findall(r"71(?:[0-9a-f]{2}){11}7a", text.lower()):
        found |= canaries_in(bytes.fromhex(digits).decode("latin-1"))
    return found
