"""Two texts side by side, line by line: what came, what went, and what stayed?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

LINES_MAX = 2_000  # on either side that differ; above it, one side is shown against the other as it is
WORDS_MAX = 200  # of a line whose words are compared, too
AROUND = 3  # lines that stayed, shown before and after what did not
WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Part of a line; `changed` if the other side has something else in its place."""

    text: str
    changed: bool


@dataclass(frozen=True, kw_only=True)
class Side:
    number: int
    pieces: Sequence[Piece]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the one text beside that of the other; None where it has none. `skipped` lines that stayed
    stand for themselves."""

    before: Side | None = None
    after: Side | None = None
    changed: bool = False
    skipped: int = 0


def rows_of(before: str, after: str) -> list[Row]:
    """All that differs, with a few lines around it; nothing if both are alike."""
    if before == after:
        return []
    return list(_folded(_all_rows(before.split("\n"), after.split("\n"))))


def _all_rows(before: Sequence[str], after: Sequence[str]) -> list[Row]:
    rows: list[Row] = []
    for tag, i1, i2, j1, j2 in _steps(before, after):
        if tag == "equal":
            rows += [_same(i, j, before[i]) for i, j in zip(range(i1, i2), range(j1, j2), strict=True)]
            continue
        both = min(i2 - i1, j2 - j1)
        rows += [_changed(i1 + n, j1 + n, before[i1 + n], after[j1 + n]) for n in range(both)]
        rows += [Row(before=_whole(i, before[i]), changed=True) for i in range(i1 + both, i2)]
        rows += [Row(after=_whole(j, after[j]), changed=True) for j in range(j1 + both, j2)]
    return rows


def _steps(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """What begins and ends alike is set aside first; what is too long to be compared is replaced whole."""
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    first, second = before[head : len(before) - tail], after[head : len(after) - tail]
    if head:
        yield "equal", 0, head, 0, head
    if max(len(first), len(second)) > LINES_MAX:
        yield "replace", head, head + len(first), head, head + len(second)
    else:
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, first, second).get_opcodes():
            yield tag, head + i1, head + i2, head + j1, head + j2
    if tail:
        yield "equal", len(before) - tail, len(before), len(after) - tail, len(after)


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines both begin with."""
    number = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        number += 1
    return number


def _same(i: int, j: int, line: str) -> Row:
    return Row(before=_whole(i, line, changed=False), after=_whole(j, line, changed=False))


def _whole(number: int, line: str, *, changed: bool = True) -> Side:
    return Side(number=number + 1, pieces=[Piece(text=line, changed=changed)])


def _changed(i: int, j: int, before: str, after: str) -> Row:
    old, new = WORDS.findall(before), WORDS.findall(after)
    if max(len(old), len(new)) > WORDS_MAX:
        return Row(before=_whole(i, before), after=_whole(j, after), changed=True)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    left = [Piece(text="".join(old[a:b]), changed=tag != "equal") for tag, a, b, _, _ in steps if b > a]
    right = [Piece(text="".join(new[c:d]), changed=tag != "equal") for tag, _, _, c, d in steps if d > c]
    return Row(before=Side(number=i + 1, pieces=left), after=Side(number=j + 1, pieces=right), changed=True)


def _folded(rows: Sequence[Row]) -> Iterator[Row]:
    near = [False] * len(rows)
    for at, row in enumerate(rows):
        if row.changed:
            for one in range(max(0, at - AROUND), min(len(rows), at + AROUND + 1)):
                near[one] = True
    skipped = 0
    for row, shown in zip(rows, near, strict=True):
        if not shown:
            skipped += 1
            continue
        if skipped:
            yield Row(skipped=skipped)
            skipped = 0
        yield row
    if skipped:
        yield Row(skipped=skipped)
