"""Do the heads of a log in the database and those in the file outside it agree, and did we sign them all?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.postgres.logs import LOGS
from adapters.proof.signing import Signing
from adapters.proof.stored import Fault
from domain.signed_head import SignedHead


@dataclass
class Checked:
    """`signed` are those by a key of ours, wherever they lie."""

    signed: list[SignedHead] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def checked(log: str, heads: Sequence[SignedHead], lines: Sequence[str], signing: Signing) -> Checked:
    """The newest head may be lacking in the file, if a crash came between: the next signing writes it."""
    found = Checked()
    is_signed = signing.believes()
    in_file = _in_file(log, lines, found)
    for head in heads:
        if not is_signed(head):
            says = f"the head of {head.size} leaves does not bear a signature of ours"
            found.faults.append(Fault(log=log, kind="signature", says=says))
            continue
        found.signed.append(head)
        if head in in_file:
            continue
        if head is heads[-1]:
            found.notes.append(
                f"the file of heads lacks the newest of the log {log}; the next signing writes it"
            )
        else:
            says = f"the head of {head.size} leaves is in the database and not in the file of heads"
            found.faults.append(Fault(log=log, kind="file", says=says))
    for head in in_file:
        if head in heads:
            continue
        says = f"the head of {head.size} leaves is in the file of heads and not in the database"
        if is_signed(head):
            found.signed.append(head)
        else:
            says += ", and does not bear a signature of ours"
        found.faults.append(Fault(log=log, kind="file", says=says))
    return found


def _in_file(log: str, lines: Sequence[str], found: Checked) -> list[SignedHead]:
    """What is no head, or of no log, may have been one of this."""
    heads = []
    for number, line in enumerate(lines, 1):
        try:
            head = SignedHead.of_line(line)
        except ValueError:
            found.faults.append(_strange(log, number, "is no head"))
            continue
        if head.log not in LOGS:
            found.faults.append(_strange(log, number, "is of no log of ours"))
        elif head.log == log:
            heads.append(head)
    return heads


def _strange(log: str, number: int, what: str) -> Fault:
    return Fault(log=log, kind="file", says=f"line {number} of the file of heads {what}")
