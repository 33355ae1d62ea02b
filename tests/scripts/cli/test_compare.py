"""`heartwood compare` and `heartwood what-if`: two moments, or what happened and what would have."""

from __future__ import annotations

from typing import Any

from tests.scripts.cli.conftest import Operator


def field(said: dict[str, Any], table: str, name: str) -> dict[str, Any]:
    found = (one for row in said["rows"] if row["table"] == table for one in row["fields"])
    return next(one for one in found if one["name"] == name)


def test_a_tree_is_compared_with_what_it_was(downgraded: Operator):
    said = downgraded.document("compare", downgraded.scene.tree_id, "--from", "2026-03-10")

    status = field(said, "subscriptions", "status")
    assert (status["before"], status["after"]) == ("active", "ended")
    assert [one["name"] for one in status["facts"]] == ["Tree.SubscriptionEnded"]
    assert said["workspace_id"] == str(downgraded.scene.anchor_id)
    assert {row["state"] for row in said["rows"]} == {"changed"}


def test_a_child_is_compared_alone(downgraded: Operator):
    result = downgraded.run("compare", downgraded.scene.child_id, "--from", "2026-03-10")

    assert "Workspace Larkfield — Support line: changed" in result.stdout
    assert "plan: Agency → Free" in result.stdout
    assert "Osprey" not in result.stdout


def test_moments_are_positions_too(downgraded: Operator):
    one = downgraded.document("compare", downgraded.scene.tree_id, "--from", 1, "--to", 1)
    exact = downgraded.document("compare", downgraded.scene.tree_id, "--from", "5.0", "--to", "5.0")

    assert one["rows"] == exact["rows"] == []
    assert exact["from"]["position"] == 5


def test_moments_that_are_none_are_said_so(downgraded: Operator):
    tree_id = downgraded.scene.tree_id

    late = downgraded.run("compare", tree_id, "--from", 99_999)
    backwards = downgraded.run("compare", tree_id, "--from", 5, "--to", 4)
    nonsense = downgraded.run("compare", tree_id, "--from", "soon")

    assert (late.exit_code, backwards.exit_code, nonsense.exit_code) == (1, 2, 2)
    assert "no such position yet" in late.stderr


def test_what_would_have_been_is_told(downgraded: Operator):
    """Cancelled on the 1st; had it been taken back on the 10th."""
    tree_id = downgraded.scene.tree_id

    said = downgraded.document("what-if", tree_id, "--at", "2026-03-10", "--do", "reactivate")
    result = downgraded.run("what-if", tree_id, "--at", "2026-03-10", "--do", "reactivate")

    status = field(said, "subscriptions", "status")
    assert (status["before"], status["after"]) == ("ended", "active")
    assert [one["name"] for one in status["happened"]] == ["Tree.SubscriptionEnded"]
    assert {one["name"] for one in said["recorded"]} == {
        "Tree.ReactivationRequested",
        "Tree.Reactivated",
        "Tree.CycleStarted",
    }
    assert {one["why"] for one in said["left_out"]} >= {"schedule"}
    assert "would have: The subscription was reactivated" in result.stdout
    assert "status: ended → active" in result.stdout


def test_a_refusal_is_told_in_words(downgraded: Operator):
    tree_id = downgraded.scene.tree_id

    said = downgraded.document("what-if", tree_id, "--at", "2026-03-10", "--do", "cancel")
    lacking = downgraded.run("what-if", tree_id, "--at", "2026-03-10", "--do", "change-plan")
    child = downgraded.run("what-if", downgraded.scene.child_id, "--at", "2026-03-10", "--do", "end")

    assert said["refused"]["code"] == "already_scheduled"
    assert said["rows"] == []
    assert (lacking.exit_code, child.exit_code) == (2, 1)
    assert "or it was part of an agency" in child.stderr
