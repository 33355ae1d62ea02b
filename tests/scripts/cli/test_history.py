"""`heartwood history` and `heartwood explain`: what happened, and why, in the terminal."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.scripts.cli.conftest import Operator


def test_the_history_of_a_tree_reads_as_sentences_the_oldest_first(operator: Operator):
    result = operator.run("history", operator.scene.tree_id)

    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0].endswith("Ana opened Bright Signal on the Free plan.")
    assert lines[-1].endswith("Vera joined Larkfield — Support line as viewer.")
    assert all(line.startswith("2026-03-01 09:00:00Z") for line in lines)


def test_the_history_as_json_has_the_fact_and_the_sentence(operator: Operator):
    child_id = operator.scene.child_id

    said = operator.document("history", child_id, "--limit", 1)

    (fact,) = said["facts"]
    assert said["subject"] == {"kind": "workspace", "id": str(child_id), "name": "Larkfield — Support line"}
    assert said["total"] == 7
    assert (fact["name"], fact["version"]) == ("Workspace.MemberJoined", 7)
    assert fact["at"] == "2026-03-01T09:00:00Z"
    assert fact["sentence"] == "Vera joined Larkfield — Support line as viewer"
    assert fact["actor_name"] == "Vera"
    assert fact["fields"]["role"] == "viewer"


def test_the_history_can_be_narrowed_to_a_period(downgraded: Operator):
    tree_id = downgraded.scene.tree_id

    late = downgraded.document("history", tree_id, "--since", "2026-03-02")
    day = downgraded.document("history", tree_id, "--since", "2026-03-01", "--until", "2026-03-01")

    assert {fact["at"] for fact in late["facts"]} == {"2026-04-10T09:00:00Z"}
    assert {fact["at"] for fact in day["facts"]} == {"2026-03-01T09:00:00Z"}


@pytest.mark.parametrize(
    ("since", "until"), [("2026-03-02", "2026-03-01"), ("2026-03-02", "2026-03-02T00:00Z")]
)
def test_a_period_that_ends_before_it_begins_is_wrong_usage(operator: Operator, since: str, until: str):
    result = operator.run("history", operator.scene.tree_id, "--since", since, "--until", until)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "The period ends before it begins: --until must be later than --since." in result.stderr


def test_a_period_without_facts_is_told_from_no_answer(operator: Operator):
    result = operator.run("history", operator.scene.tree_id, "--since", "2027-01-01")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "Nothing happened in that period." in result.stderr


def test_what_a_limit_leaves_out_is_said_beside_the_output(operator: Operator):
    result = operator.run("history", operator.scene.tree_id, "--limit", 2)

    assert len(result.stdout.splitlines()) == 2
    assert "older ones are not shown" in result.stderr


def test_the_beginning_of_an_id_is_enough(operator: Operator):
    said = operator.document("history", str(operator.scene.child_id)[:8].upper())

    assert said["subject"]["id"] == str(operator.scene.child_id)


def test_a_deleted_workspace_keeps_its_history_and_its_name(operator: Operator):
    house, scene = operator.house, operator.scene
    ana = scene.people["Ana"]
    house.agency.delete_child(scene.sibling_id, ana, because=house.because(f"person:{ana}"))

    result = operator.run("history", scene.sibling_id)

    assert "Ana deleted Osprey — Sales line." in result.stdout


def test_an_unknown_id_is_not_found_and_a_bad_one_is_wrong_usage(operator: Operator):
    unknown, bad = operator.run("history", uuid4()), operator.run("history", "larkfield")

    assert (unknown.exit_code, unknown.stdout) == (1, "")
    assert "no tree and no workspace has an id that begins with" in unknown.stderr
    assert (bad.exit_code, bad.stdout) == (2, "")


def test_a_bad_instant_or_limit_is_wrong_usage(operator: Operator):
    tree_id = operator.scene.tree_id

    codes = [
        operator.run("history", tree_id, *words).exit_code
        for words in (("--since", "yesterday"), ("--limit", "0"), ("--until", "2026-02-30"), ("--nothing",))
    ]

    assert codes == [2, 2, 2, 2]


# Explain.


def test_explain_names_the_notice_the_person_and_every_member(downgraded: Operator):
    result = downgraded.run("explain", downgraded.scene.tree_id)

    text = " ".join(result.stdout.split())
    assert result.exit_code == 0
    assert text.startswith(
        "The agency of Bright Signal was downgraded on 10 April 2026, 09:00 UTC: 3 workspaces"
    )
    assert "Stripe’s notice evt_" in text
    assert "(customer.subscription.deleted)" in text
    assert "Adam, on our billing page on 1 March 2026" in text
    assert "4 members kept: Ana (owner), Olga (owner), Ben (member), Vera (viewer)" in text


def test_explain_finds_the_tree_of_a_former_child_and_of_the_anchor(downgraded: Operator):
    scene = downgraded.scene

    stories = [downgraded.document("explain", one)["story"] for one in (scene.child_id, scene.anchor_id)]

    assert [one["tree_id"] for one in stories] == [str(scene.tree_id)] * 2


def test_explain_as_json_holds_the_story_with_names_and_sentences(downgraded: Operator):
    scene = downgraded.scene

    said = downgraded.document("explain", scene.tree_id)

    story = said["story"]
    assert "was downgraded on" in said["headline"]
    assert story["end"]["how"] == "as_scheduled"
    assert story["end"]["hand"]["notice"]["type"] == "customer.subscription.deleted"
    assert story["cancellation"]["asked"]["actor"] == f"person:{scene.people['Adam']}"
    assert [(one["name"], one["plan_from"], one["plan_to"]) for one in story["workspaces"]] == [
        ("Bright Signal", "agency", "free"),
        ("Larkfield — Support line", "agency", "free"),
        ("Osprey — Sales line", "agency", "free"),
    ]
    assert [(one["name"], one["role"]) for one in story["workspaces"][1]["members"]] == [
        ("Ana", "owner"),
        ("Olga", "owner"),
        ("Ben", "member"),
        ("Vera", "viewer"),
    ]
    assert all(step["sentence"] for step in story["steps"])


def test_explain_says_when_there_is_nothing_to_explain(operator: Operator):
    alone = operator.run("explain", operator.scene.eves_id)
    active = operator.run("explain", operator.scene.tree_id)

    assert alone.exit_code == 1
    assert "was never part of an agency" in alone.stderr
    assert active.exit_code == 0
    assert "is active: it was not downgraded" in active.stdout
