"""`heartwood explain` of an agency that adopted a workspace, and of one that changed its plan."""

from __future__ import annotations

from tests.scripts.cli.conftest import Operator
from tests.web.pages.test_downgrade_adopted import adopted, ends
from tests.web.pages.test_downgrade_released import changes_to_pro


def test_explain_tells_an_adopted_workspace(operator: Operator):
    workspace_id = adopted(operator.scene)
    ends(operator.scene)

    said = operator.document("explain", workspace_id)

    told = next(one for one in said["story"]["workspaces"] if one["workspace_id"] == str(workspace_id))
    assert (told["name"], told["keys"]) == ("Fernwood — Chat", 1)
    assert [one["name"] for one in told["members"]] == ["Ana", "Ben"]
    assert told["members_left"] == []


def test_the_history_of_the_tree_names_an_adopted_workspace(operator: Operator):
    adopted(operator.scene)

    said = operator.run("history", operator.scene.tree_id).stdout

    assert "Ana added Fernwood — Chat to the agency." in said
    assert "Ana brought Fernwood — Chat into the agency of Bright Signal: Free to Agency." in said


def test_explain_tells_a_former_child_of_the_change_of_plan(operator: Operator):
    changes_to_pro(operator.scene)

    said = operator.run("explain", operator.scene.child_id)

    text = " ".join(said.stdout.split())
    assert said.exit_code == 0
    assert "went from Agency to Pro on" in text
    assert "Who asked for Pro? Adam, on our billing page on 1 March 2026" in text
    assert "Larkfield — Support line, on Free with 500 events a month" in text


def test_explain_tells_the_rule_the_questions_to_stripe_and_the_rights(downgraded: Operator):
    said = downgraded.document("explain", downgraded.scene.tree_id)
    text = " ".join(downgraded.run("explain", downgraded.scene.tree_id).stdout.split())

    (decision,) = said["decisions"]
    assert ["status", "canceled"] in decision["said"]
    assert said["exchanges"][-2]["question"].startswith("Adam asked to cancel on ")
    of_adam = [one for one in said["rights"] if (one["name"], one["role"]) == ("Adam", None)]
    assert {one["above"] for one in of_adam} == {"admin"}
    assert all(one["after"] == [] and "see_workspace" in one["lost"] for one in of_adam)
    assert "What we asked Stripe, and what it said - Notice evt_" in text
    assert "By which rule?" in text
