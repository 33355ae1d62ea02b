"""`heartwood why`: the story of a fact, by its position or by its name."""

from __future__ import annotations

from tests.scripts.cli.conftest import Operator


def ended_at(operator: Operator) -> int:
    return operator.scene.position_of(operator.scene.tree_id, "SubscriptionEnded")


def test_a_position_is_explained_from_its_first_cause_on(downgraded: Operator):
    said = downgraded.run("why", ended_at(downgraded)).stdout

    lines = said.splitlines()
    assert lines[0] == "6 facts from 1 first cause, within 9 days."
    assert "Stripe made its notice evt_" in lines[1]
    assert lines[2].endswith("(9 days after 1)")
    assert "Larkfield — Support line went from Agency to Free and stands alone" in said


def test_the_name_of_a_story_says_the_same(downgraded: Operator):
    by_position = downgraded.document("why", ended_at(downgraded))

    by_name = downgraded.document("why", by_position["story"])

    assert by_name == by_position
    assert [step["because_of"] for step in by_name["steps"]] == [None, 1, 2, 2, 4, 4, 4, 4, 4, 4, 2]


def test_what_is_not_there_is_said(operator: Operator):
    for of, words in ((999_999_999, "no fact at position"), ("request:none", "no story"), ("0", "no story")):
        said = operator.run("why", of)
        assert said.exit_code == 1
        assert words in said.stderr


def test_the_story_of_an_event_that_was_voided_is_found_by_name(operator: Operator):
    scene = operator.scene
    key = scene.house.key(scene.child_id, scene.people["Ana"])
    event = {"agent_id": "a", "task_type": "draft_email", "outcome": "success"}
    sent = {"json": event, "headers": {"Authorization": f"Bearer {key}"}}
    event_id = scene.house.app.test_client().post("/api/v1/track", **sent).get_json()["event_id"]
    scene.browser("Olga").post(scene.path(f"/w/{{child}}/events/{event_id}/void"), reason="twice")
    scene.house.run_followed()
    with scene.house.database.reading() as db:
        row = db.execute("SELECT story FROM event_index WHERE topic = 'Correction.Voided'").fetchone()
    assert row is not None

    said = operator.document("why", row["story"])

    assert [step["kind"] for step in said["steps"]] == ["request", "fact", "errand"]
    assert said["steps"][1]["log"] == "metering"
