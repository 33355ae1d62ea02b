"""`heartwood rebuild`: a projection made anew is the one that was there."""

from __future__ import annotations

from projections.catalogue import ALL
from tests.scripts.cli.conftest import Operator


def test_all_projections_are_the_same_when_made_anew(downgraded: Operator):
    downgraded.scene.track(downgraded.scene.eves_id, 20)

    said = downgraded.document("rebuild", "--all")

    assert [one["name"] for one in said["rebuilt"]] == list(ALL)
    assert {one["differences"] for one in said["rebuilt"]} == {0}
    assert all(one["swapped"] for one in said["rebuilt"])
    assert said["rebuilt"][-1]["rows"]["timeline"] > 30


def test_a_damaged_table_is_mended_and_the_difference_is_told(operator: Operator):
    operator.sql("UPDATE dashboard SET members = 77 WHERE workspace_id = %s", operator.scene.child_id)

    result = operator.run("rebuild", "dashboard")

    assert result.exit_code == 0
    assert "2 rows differed; swapped in" in result.stdout
    assert "dashboard" in result.stderr
    assert operator.run("rebuild", "dashboard").stdout.endswith("the same as before; swapped in\n")


def test_it_wants_one_name_or_all(operator: Operator):
    results = [operator.run("rebuild", *words) for words in ((), ("dashboard", "--all"), ("nothing",))]

    assert [result.exit_code for result in results] == [2, 2, 2]
    assert all("dashboard" in result.stderr for result in results)
