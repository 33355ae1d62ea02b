"""What was answered is answered for ever, and what a plan keeps is decided when an event is received."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.web.api.asking import EVENT, Program
from tests.web.pages.scene import Scene
from tests.web.pages.stripe_says import stripe_says
from tests.web.pages.test_downgrade_adopted import ends
from tests.web.pages.voided import program, void

SAMPLE = {"input_excerpt": "Dear Ms Fern", "output_excerpt": "Hello ☕"}


def kept(scene: Scene, event_id: str) -> Any:
    """The raw row, and the partition that it lies in."""
    with scene.house.database.reading() as db:
        return db.execute(
            "SELECT body, kept_days, tableoid::regclass::text AS place FROM usage WHERE event_id = %s",
            (UUID(event_id),),
        ).fetchone()


def sampled(tracking: Program, **fields: Any) -> Any:
    answer = tracking.track(audit_sample=SAMPLE, **fields)
    assert answer.status_code == 201
    return answer.get_json()


# Audit samples.


@pytest.mark.parametrize("plan", ["agency", "pro"])
def test_a_plan_that_has_audit_samples_keeps_them_and_says_so(scene: Scene, plan: str) -> None:
    stripe_says(scene, plan=plan)

    told = sampled(program(scene, scene.anchor_id))

    assert told["audit_sample"] == "kept"
    assert kept(scene, told["event_id"])["body"]["audit_sample"] == SAMPLE


def test_free_keeps_no_sample_and_says_so(scene: Scene) -> None:
    told = sampled(program(scene, scene.eves_id, "Eve"))

    row = kept(scene, told["event_id"])
    assert told["audit_sample"] == "not_in_plan"
    assert "audit_sample" not in row["body"]
    assert "Fern" not in str(row)


@pytest.mark.parametrize("sample", [None, "absent"])
def test_without_a_sample_the_answer_says_nothing_of_one(scene: Scene, sample: str | None) -> None:
    fields = {} if sample else {"audit_sample": None}

    told = program(scene, scene.child_id).track(**fields).get_json()

    assert told["audit_sample"] is None
    assert "audit_sample" not in kept(scene, told["event_id"])["body"]


def test_each_event_of_a_batch_is_told_of_its_own_sample(scene: Scene) -> None:
    batch = [EVENT | {"audit_sample": SAMPLE}, EVENT]

    answers = [
        program(scene, workspace_id, owner).batch(batch).get_json()["results"]
        for workspace_id, owner in ((scene.child_id, "Ana"), (scene.eves_id, "Eve"))
    ]

    said = [[one["audit_sample"] for one in results] for results in answers]
    assert said == [["kept", None], ["not_in_plan", None]]


def test_the_sample_is_part_of_the_body_also_where_it_is_not_kept(scene: Scene) -> None:
    tracking = program(scene, scene.eves_id, "Eve")
    sampled(tracking)

    first = tracking.track(key="order-1", audit_sample=SAMPLE)
    again = tracking.track(key="order-1", audit_sample=SAMPLE)
    without = tracking.track(key="order-1")

    assert [one.status_code for one in (first, again, without)] == [201, 200, 409]
    assert again.data == first.data


# Replays.


def test_a_replay_is_the_first_answer_to_the_byte_whatever_has_changed(scene: Scene) -> None:
    tracking, house = program(scene, scene.child_id), scene.house
    sent: dict[str, Any] = {"task_type": "customer_support", "agent_cost": 0.1, "audit_sample": SAMPLE}
    first = tracking.track(key="order-1", **sent)
    replays = []

    def replay() -> None:
        replays.append(tracking.track(key="order-1", **sent))

    scene.browser("Olga").post(scene.path("/w/{child}/settings/rate"), rate="99")
    replay()
    stripe_says(scene, plan="pro")
    replay()
    void(scene, "Ana", scene.child_id, UUID(first.get_json()["event_id"]))
    replay()
    ends(scene)
    replay()
    house.clock.advance(days=800)
    house.wiring.usage_tables.keep_up(house.clock())
    replay()

    row = kept(scene, first.get_json()["event_id"])
    assert [(one.status_code, one.data) for one in replays] == 5 * [(200, first.data)]
    assert first.get_json()["hourly_rate_source"] == "default"
    assert row is None


def test_in_a_batch_too(scene: Scene) -> None:
    tracking = program(scene, scene.child_id)
    first = tracking.track(key="order-1").get_json()

    scene.browser("Olga").post(scene.path("/w/{child}/settings/rate"), rate="99")
    ends(scene)
    old, new = tracking.batch(
        [EVENT | {"idempotency_key": key} for key in ("order-1", "order-2")]
    ).get_json()["results"]

    assert old == {"status": 200} | first
    assert (new["status"], new["hourly_rate_cents"]) == (201, 9_900)


# Promises.


def test_a_row_lies_where_the_plan_promised_that_held_when_it_came(scene: Scene) -> None:
    tracking = program(scene, scene.anchor_id)
    on_agency = tracking.track().get_json()["event_id"]
    stripe_says(scene, plan="pro")
    on_pro = tracking.track().get_json()["event_id"]
    ends(scene)
    on_free = tracking.track().get_json()["event_id"]

    assert [kept(scene, one)["place"] for one in (on_agency, on_pro, on_free)] == [
        "usage_730_2026_03",
        "usage_365_2026_03",
        "usage_30_2026_04",
    ]
