"""Does the answer about what one may not see take the same work as the one about what never was?

Seconds would tell it badly; what is counted are the statements that the database is asked, word for word.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from werkzeug.routing import Rule

from tests.proofs.isolation.asking import Asked, Asking
from tests.proofs.isolation.cast import PLACES
from tests.proofs.isolation.ground import Ground
from tests.proofs.isolation.matrix import Matrix, admits, by_link
from tests.proofs.isolation.programs import NEVER, forged
from tests.proofs.isolation.table import GATES
from tests.proofs.isolation.targets import filled, kinds_of, nothing, of_nothing, roots_of, thing

ASKERS = ("signed out", "eve", "vera", "olga", "adam", "ana")


@contextmanager
def statements(patch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the database is asked meanwhile, in order."""
    execute, asked = psycopg.Cursor.execute, list[str]()

    def noted(cursor: Any, query: Any, *more: Any, **options: Any) -> Any:
        asked.append(str(query))
        return execute(cursor, query, *more, **options)

    with patch.context() as context:
        context.setattr(psycopg.Cursor, "execute", noted)
        yield asked


def test_another_ones_page_is_as_much_work_as_one_that_never_was(
    ground: Ground, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix, wrong, compared = Matrix(ground, asking), list[str](), 0
    assert asking.cookies

    def work(who: str, rule: Rule, method: str, ids: dict[str, str]) -> list[str]:
        with statements(monkeypatch) as asked:
            matrix.ask("work", who, matrix._asked(rule, method, ids))
        return asked

    for rule, method in matrix.routes():
        if not kinds_of(rule) or by_link(rule) or rule.endpoint == "static":
            continue
        for who in ASKERS:
            missing = work(who, rule, method, of_nothing(rule))
            for place in roots_of(rule):
                if admits(GATES[rule.endpoint], who, place) or admits(GATES["pages.overview"], who, place):
                    continue
                told, compared = work(who, rule, method, filled(ground, rule, place)), compared + 1
                if told != missing:
                    more = [one.split()[:12] for one in told if one not in missing]
                    wrong.append(f"{who}: {method} {rule.rule} at {place}: {more}")

    print(f"{compared} compared")
    assert compared > 500
    assert not wrong, f"{len(wrong)} are told apart by their work:\n" + "\n".join(wrong[:20])


def test_an_id_within_ones_own_page_is_as_much_work_whosever_it_is(
    ground: Ground, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix, wrong, compared = Matrix(ground, asking), list[str](), 0
    assert asking.cookies

    for rule, method in matrix.routes():
        for name, kind in list(kinds_of(rule).items())[1:] if not by_link(rule) else ():
            who, place = "ana", "anchor"
            if kind == "version":  # counted within one's own agent, and nobody else's
                continue
            if not admits(GATES[rule.endpoint], who, place):
                continue
            ids, works = filled(ground, rule, place), list[list[str]]()
            for value in (nothing(kind), thing(ground, kind, "eves"), thing(ground, kind, "haven")):
                if value is None:
                    continue
                with statements(monkeypatch) as asked:
                    matrix.ask("work", who, matrix._asked(rule, method, ids | {name: value}))
                works.append(asked)
                compared += 1
            if any(one != works[0] for one in works):
                wrong.append(f"{method} {rule.rule}, {name}: {[len(one) for one in works]}")

    print(f"{compared} compared")
    assert compared > 10
    assert not wrong, "\n".join(wrong)


def test_a_key_with_a_false_secret_is_as_much_work_as_one_that_never_was(
    ground: Ground, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for = Asked(method="GET", path="/api/v1/workspace")
    works = {}
    for label in (None, *PLACES, "revoked"):
        key = NEVER if label is None else next(forged(ground.keys[label]))
        asking.ask_with_key(f"Bearer {key}", asked_for)  # what a process remembers, it remembers by now
        with statements(monkeypatch) as asked:
            asking.ask_with_key(f"Bearer {key}", asked_for)
        works[label] = len(asked)

    assert {label for label in works if works[label] != works[None]} == set(), works
