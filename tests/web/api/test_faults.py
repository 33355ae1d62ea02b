"""When it is our fault: the answer says so, in the same form as every other, and nothing is half done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.house import House
from tests.postgres import Cluster
from tests.web.api.asking import Program, error_of, recorded, used
from tests.web.api.singly import kinds, read, repeated, request
from web.api.singles import Singles


@contextmanager
def without(house: House, table: str) -> Iterator[None]:
    """A fault of ours, as bad as they come."""
    with house.database.writing() as db:
        db.execute(f"ALTER TABLE {table} RENAME TO away")
    yield
    with house.database.writing() as db:
        db.execute(f"ALTER TABLE away RENAME TO {table}")


def test_a_fault_of_ours_is_told_without_a_word_about_its_inside(shared_house, program):
    before = recorded(shared_house)

    with without(shared_house, "usage"):
        answer = program.track(key="order-1")

    assert error_of(answer) == (500, "internal", None)
    assert "request id" in answer.get_json()["error"]["hint"]
    assert not any(word in answer.get_data(as_text=True) for word in ("usage", "Traceback", "psycopg"))
    assert recorded(shared_house) == before


def test_what_failed_is_neither_kept_nor_counted_and_can_be_sent_again(shared_house, workspace, program):
    with without(shared_house, "pool_counts"):
        failed = program.track(key="order-1")

    again = program.track(key="order-1")

    assert (failed.status_code, again.status_code) == (500, 201)
    assert used(shared_house, workspace) == {"2026-03-01": 1}


def test_while_the_database_is_away_the_answer_is_to_try_again(house, postgres: Cluster):
    ana = house.person("Ana")
    program = Program(house, house.key(house.workspace(ana), ana))
    postgres.drop_database(house.database.conninfo)

    answer = program.track()

    assert error_of(answer) == (503, "try_again", None)


def test_a_fault_of_ours_is_told_to_each_and_nothing_is_kept(
    shared_house: House, singles: Singles, known: Program
) -> None:
    asked = read(singles, request(known), request(known))
    before = recorded(shared_house)

    with without(shared_house, "usage"):
        answers = singles.answers(asked)

    assert kinds(answers) == [None, None]
    assert error_of(repeated(known, request(known), answers[1]))[:2] == (500, "internal")
    assert recorded(shared_house) == before


def test_while_the_database_is_away_each_is_told_to_try_again(house: House, postgres: Cluster) -> None:
    ana = house.person("Ana")
    known = Program(house, house.key(house.workspace(ana), ana))
    known.track()
    singles = Singles(house.app)
    asked = read(singles, request(known), request(known))
    postgres.drop_database(house.database.conninfo)

    answers = singles.answers(asked)

    assert [error_of(repeated(known, request(known), one))[:2] for one in answers] == [(503, "try_again")] * 2
