"""What was stored once can be read for ever: the same bytes, the same hashes, the same states."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from adapters.postgres import guards
from adapters.postgres.logs import MAPPER
from projections.catalogue import ALL, DASHBOARD
from projections.event_index import leaf_hash
from projections.history.downgrade import explain
from projections.history.telling import line_of, sentence
from scripts.docs.catalogue import all_fact_kinds
from tests.histories.kept import HISTORIES, keep, read, states
from tests.histories.life import ACME, names

every_history = pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)


def test_every_fact_is_in_some_kept_history():
    kept = {fact.name for path in HISTORIES for fact in read(path)}

    missing = {kind.name for kind in all_fact_kinds()} - kept

    assert not missing, "keep a history that has them: python -m tests.histories.kept NAME"


@every_history
def test_a_kept_history_still_replays_to_the_same_states(path: Path):
    then = json.loads(path.with_suffix(".states.json").read_text())

    now = states(read(path))

    assert now.keys() == then.keys()
    for stream, state in then.items():
        assert {name: now[stream][name] for name in state} == state


@every_history
def test_a_kept_history_still_has_the_hashes_it_was_proved_with(path: Path):
    lines = [json.loads(line) for line in path.read_text().splitlines()]

    hashes = [leaf_hash(fact).hex() for fact in read(path)]

    assert hashes == [line["leaf_hash"] for line in lines]


@every_history
def test_what_is_read_would_be_stored_in_the_same_bytes(path: Path):
    facts = [fact for fact in read(path) if getattr(type(fact.event), "class_version", 1) == 1]

    stored = [MAPPER.to_stored_event(fact.event) for fact in facts]

    assert [(one.topic, one.state) for one in stored] == [(fact.topic, fact.state) for fact in facts]


@every_history
def test_a_kept_history_can_be_told_and_explained(path: Path):
    facts = read(path)

    told = [sentence(line_of(fact), names()) for fact in facts]
    story = explain([fact for fact in facts if fact.log == "agency"])

    assert all(told)
    assert story is not None
    assert story.end is not None


@every_history
def test_every_projection_can_be_made_from_a_kept_history(path: Path, database: str):
    facts = read(path)

    with psycopg.connect(database, autocommit=True, row_factory=dict_row) as db:
        guards.create(db)
        for projection in ALL.values():
            projection.create(db)
            projection.apply(db, [fact for fact in facts if fact.log in projection.logs])
        acme = DASHBOARD.in_workspace(db, ACME)

    assert acme is not None
    assert (acme.plan, acme.tree_id) == ("free", None)


def test_a_kept_history_is_never_written_again():
    name = HISTORIES[0].stem

    with pytest.raises(SystemExit, match="kept for ever"):
        keep(name)
