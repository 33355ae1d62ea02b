"""`heartwood rebuild`: a projection made anew is the one that was there."""

from __future__ import annotations

import pytest

from adapters.postgres import rebuild
from projections.catalogue import ALL
from tests.scripts.cli.conftest import Operator


def test_all_projections_are_the_same_when_made_anew(downgraded: Operator):
    downgraded.scene.track(downgraded.scene.eves_id, 20)

    said = downgraded.document("rebuild", "--all")

    assert [one["name"] for one in said["rebuilt"]] == list(ALL)
    assert {one["differences"] for one in said["rebuilt"]} == {0}
    assert all(one["swapped"] for one in said["rebuilt"])
    rows = {table: there for one in said["rebuilt"] for table, there in one["rows"].items()}
    assert rows["timeline"] > 30


def test_a_damaged_table_is_mended_and_the_difference_is_told(operator: Operator):
    operator.sql("UPDATE dashboard SET members = 77 WHERE workspace_id = %s", operator.scene.child_id)

    result = operator.run("rebuild", "dashboard")

    assert result.exit_code == 0
    assert "2 rows differed; swapped in" in result.stdout
    assert result.stderr == ""  # a bar is for a terminal
    assert operator.run("rebuild", "dashboard").stdout.endswith("the same as before; swapped in\n")


def test_it_wants_one_name_or_all(operator: Operator):
    results = [operator.run("rebuild", *words) for words in ((), ("dashboard", "--all"), ("nothing",))]

    assert [result.exit_code for result in results] == [2, 2, 2]
    assert all("dashboard" in result.stderr for result in results)


def test_what_is_parked_is_followed_again_after_all_were_rebuilt(operator: Operator):
    house, anchor_id, ana = operator.house, operator.scene.anchor_id, operator.scene.people["Ana"]
    operator.sql("ALTER TABLE dashboard ADD CHECK (name_digest <> 'poison')")
    house.agency.rename(anchor_id, ana, "poison", because=house.because())
    house.run_followed()

    ill, alone = operator.run("doctor"), operator.run("rebuild", "members")
    operator.run("rebuild", "--all")

    assert "parked: 1 fact not followed: dashboard at agency " in ill.stdout
    assert "heartwood rebuild --all" in ill.stdout
    assert (alone.exit_code, alone.stdout) == (1, "")
    assert "something is parked" in alone.stderr
    assert "heartwood rebuild --all" in alone.stderr
    assert operator.run("doctor").exit_code == 0


def test_a_cause_that_is_not_mended_is_told_with_its_fact_and_nothing_is_changed(operator: Operator):
    house, child_id = operator.house, operator.scene.child_id
    operator.sql(
        "UPDATE agency_events SET topic = 'nonsense' WHERE originator_id = %s AND originator_version = 1",
        child_id,
    )

    result = operator.run("rebuild", "dashboard")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "nothing can read nonsense at agency " in result.stderr
    assert f"stream {child_id}" in result.stderr
    assert "nothing was changed" in result.stderr
    assert house.wiring.health()["status"] == "ok"


def test_a_reader_who_does_not_end_is_not_taken_for_a_dead_database(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rebuild, "SWAP_ATTEMPTS_MAX", 2)
    monkeypatch.setattr(rebuild, "SWAP_WAIT_MS", 50)

    with operator.house.database.reading():
        result = operator.run("rebuild", "dashboard")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "others held what this needs for too long; nothing was changed" in result.stderr
    assert "does not answer" not in result.stderr
