"""What words somebody looks for in a timeline may mean: kinds of facts, people, workspaces, or letters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from string import Formatter
from typing import Any
from uuid import UUID

from flask import abort

from projections.history.kinds import BY_NAME as KINDS
from projections.history.sentences import Either
from projections.history.telling import BY_NAME as SENTENCES
from projections.timeline import Word

WORDS_MAX = 8
LETTERS = re.compile(r"\w")
ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
POSITION = re.compile(r"[0-9]{1,18}")
AROUND = ".,;:!?“”\"'()[]…"


def words_of(
    text: str, *, people: Mapping[UUID, str], workspaces: Mapping[UUID, str], stored: bool
) -> tuple[Word, ...]:
    """One after the other; of people and workspaces the names are given as this reader sees them.

    `stored`: whether the reader sees facts as they are stored, and so may find what stands there.
    """
    wanted = {word.casefold(): word for one in text.split() if LETTERS.search(word := one.strip(AROUND))}
    if len(wanted) > WORDS_MAX:
        abort(400, f"The filter text has more than {WORDS_MAX} words.")
    return tuple(
        Word(
            names=frozenset(name for name, told in told_of_kinds().items() if word in told),
            people=frozenset(_called(people, word)),
            workspaces=frozenset(_called(workspaces, word)),
            **_as_stored(typed) if stored else {},
        )
        for word, typed in wanted.items()
    )


def _as_stored(typed: str) -> dict[str, Any]:
    """What is stored is written in small letters, but for what others named: that is found as it is typed."""
    return {
        "letters": tuple(dict.fromkeys((typed, typed.lower()))),
        "id": UUID(typed) if ID.fullmatch(typed) else None,
        "position": int(typed) if POSITION.fullmatch(typed) else None,
    }


def _called(names: Mapping[UUID, str], word: str) -> list[UUID]:
    return [one for one, name in names.items() if word in name.casefold()]


@cache
def told_of_kinds() -> dict[str, str]:
    """What every fact of a kind says: what the kind is called, and its sentence without what varies."""
    found = {}
    for name, template in SENTENCES.items():
        both = f"{template.so} {template.otherwise}" if isinstance(template, Either) else template
        said = " ".join(literal for literal, *_ in Formatter().parse(both))
        found[name] = f"{KINDS[name]} {said}".casefold()
    return found
