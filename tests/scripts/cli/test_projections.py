"""`heartwood projections` tells how far each is, and what came of its last rebuild."""

from __future__ import annotations

from projections.catalogue import ALL, INLINE
from tests.scripts.cli.conftest import Operator


def test_each_is_told_of_with_its_last_rebuild(operator: Operator):
    operator.run("rebuild", "--all")

    said = operator.document("projections")

    assert [one["name"] for one in said["projections"]] == list(ALL)
    assert {one["last_rebuild"]["asked_by"] for one in said["projections"]} == {"operator"}
    assert {one["last_rebuild"]["differences"] for one in said["projections"]} == {0}
    assert [one["name"] for one in said["projections"] if one["inline"]] == [one.name for one in INLINE]
    assert (said["rebuild"]["wanted"], said["rebuild"]["error"]) == ("all", None)
    assert said["parked"] == []


def test_what_lags_and_what_is_parked_stands_in_plain_words(operator: Operator):
    house, scene = operator.house, operator.scene
    operator.sql("ALTER TABLE dashboard ADD CHECK (name_digest <> 'poison')")
    house.agency.rename(scene.anchor_id, scene.people["Ana"], "poison", because=house.because())
    house.run_followed()
    house.agency.rename(scene.anchor_id, scene.people["Ana"], "well", because=house.because())

    told = operator.run("projections").output

    assert "(1 fact, " in told
    assert "never rebuilt" in told
    assert f"agency {scene.tree_id}, since " in told


def test_a_rebuild_that_fails_is_remembered_with_its_reason(operator: Operator):
    operator.sql("UPDATE agency_events SET topic = 'nonsense' WHERE notification_id = 1")

    operator.run("rebuild", "dashboard")

    said = operator.document("projections")["rebuild"]
    assert "nothing can read nonsense at agency 1" in said["error"]
    assert said["ended_at"] is not None
    assert not said["runs"]
