"""`heartwood as-of`: a tree or a workspace as it was."""

from __future__ import annotations

from datetime import timedelta

from tests.scripts.cli.conftest import Operator


def test_a_tree_is_shown_as_it_is(operator: Operator):
    scene = operator.scene

    said = operator.document("as-of", scene.tree_id)

    assert (said["kind"], said["version"]) == ("tree", 5)
    assert said["state"]["children"] == [str(scene.child_id), str(scene.sibling_id)]
    assert said["names"][str(scene.anchor_id)] == "Bright Signal"


def test_a_tree_is_shown_as_it_was_after_some_of_its_facts(operator: Operator):
    said = operator.document("as-of", operator.scene.tree_id, "--version", 4)

    assert said["last_fact"]["name"] == "Tree.ChildAdded"
    assert said["state"]["children"] == [str(operator.scene.child_id)]


def test_a_workspace_is_shown_as_it_was_at_an_instant(downgraded: Operator):
    child_id = downgraded.scene.child_id

    before = downgraded.document("as-of", child_id, "--at", "2026-04-10T08:59:59Z")
    after = downgraded.document("as-of", child_id, "--at", "2026-04-10T09:00:00+00:00")

    assert (before["state"]["plan"], after["state"]["plan"]) == ("agency", "free")
    assert before["state"]["parent_id"] == str(downgraded.scene.anchor_id)
    assert after["state"]["parent_id"] is None
    assert before["state"]["members"] == after["state"]["members"]


def test_people_and_workspaces_are_named_for_a_reader(operator: Operator):
    result = operator.run("as-of", operator.scene.child_id)

    assert f"{operator.scene.people['Ben']} (Ben)" in result.stdout
    assert f"{operator.scene.anchor_id} (Bright Signal)" in result.stdout


def test_what_was_not_there_yet_is_not_found(operator: Operator):
    long_ago = operator.house.clock() - timedelta(days=1)

    early = operator.run("as-of", operator.scene.tree_id, "--at", long_ago.isoformat())
    late = operator.run("as-of", operator.scene.tree_id, "--version", 99)

    assert early.exit_code == late.exit_code == 1
    assert "was not there yet" in early.stderr
    assert "has 5 versions, not 99" in late.stderr


def test_a_version_and_an_instant_together_are_wrong_usage(operator: Operator):
    both = operator.run("as-of", operator.scene.tree_id, "--version", 1, "--at", "2026-03-01")
    none = operator.run("as-of", operator.scene.tree_id, "--version", 0)

    assert both.exit_code == none.exit_code == 2


# Screens.


def test_a_screen_is_shown_as_it_was(downgraded: Operator):
    tree_id, child_id = downgraded.scene.tree_id, downgraded.scene.child_id

    before = downgraded.document("as-of", tree_id, "--screen", "workspaces", "--at", "2026-04-10T08:59:59Z")
    after = downgraded.document("as-of", tree_id, "--screen", "workspaces", "--at", "2026-04-10T09:00:00Z")

    assert str(child_id) in [row["workspace_id"] for row in before["shown"]["workspaces"]]
    assert before["names"][str(child_id)] == "Larkfield — Support line"
    assert before["position"] < after["position"]
    assert after["shown"]["workspaces"] == []


def test_every_screen_is_there_at_a_position_and_now(operator: Operator):
    for screen in ("overview", "workspaces", "members", "billing", "pool", "invoices"):
        now = operator.document("as-of", operator.scene.anchor_id, "--screen", screen)
        then = operator.document(
            "as-of", operator.scene.tree_id, "--screen", screen, "--position", now["position"]
        )

        assert now["shown"] == then["shown"]
        assert now["screen"] == screen


def test_a_screen_is_written_for_a_reader(operator: Operator):
    result = operator.run("as-of", operator.scene.child_id, "--screen", "members")

    assert f"{operator.scene.people['Ben']} (Ben)" in result.stdout
    assert "invitations: none" in result.stdout


def test_a_screen_that_was_not_there_is_not_found(operator: Operator):
    anchor_id, child_id = operator.scene.anchor_id, operator.scene.child_id

    early = operator.run("as-of", operator.scene.eves_id, "--screen", "overview", "--position", 1)
    late = operator.run("as-of", anchor_id, "--screen", "overview", "--position", 9_999)
    of_child = operator.run("as-of", child_id, "--screen", "billing")

    assert early.exit_code == late.exit_code == of_child.exit_code == 1
    assert "had no screen overview at position 1" in early.stderr
    assert "no such position yet" in late.stderr
    assert "had no screen billing" in of_child.stderr


def test_moments_that_contradict_each_other_are_wrong_usage(operator: Operator):
    for words in (
        ("--screen", "pool", "--version", 1),
        ("--screen", "pool", "--position", 1, "--at", "2026-03-01"),
        ("--position", 1),
        ("--screen", "keys"),
    ):
        assert operator.run("as-of", operator.scene.tree_id, *words).exit_code == 2
