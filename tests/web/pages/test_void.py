"""An event is voided by who may, once, and the counts follow."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from domain.plans import FREE
from tests.proofs.at_once import at_once
from tests.web.api.asking import EVENT, error_of, used
from tests.web.pages.scene import Scene, text_of
from tests.web.pages.voided import REASON, corrections, differences, page_of, program, tracked, void

# The page.


def test_the_page_shows_the_event_as_it_was_received_and_what_counted_it(scene: Scene) -> None:
    answer = program(scene, scene.child_id).track(agent_id="brief-writer", metadata={"ticket": "A-7"})
    event_id = UUID(answer.get_json()["event_id"])

    page = text_of(scene.browser("Olga").get(page_of(scene.child_id, event_id)))

    assert "brief-writer" in page
    assert '{"ticket": "A-7"}' in page
    assert "Cycle from 1 Mar 2026" in page
    assert "number 1 of the log of usage" in page
    assert "Void this event" in page


def test_it_is_there_for_the_staff_of_the_workspace_and_for_nobody_else(scene: Scene) -> None:
    event_id = tracked(scene, scene.child_id)
    page = page_of(scene.child_id, event_id)
    missing = scene.browser("Eve").get("/nothing").data

    seen = {name: scene.browser(name).get(page) for name in scene.people}
    sent = {name: void(scene, name, scene.child_id, event_id) for name in ("Ben", "Vera", "Eve")}

    assert {name for name, answer in seen.items() if answer.status_code == 200} == {"Ana", "Adam", "Olga"}
    assert {answer.data for name, answer in seen.items() if name in sent} == {missing}
    assert {(answer.status_code, answer.data) for answer in sent.values()} == {(404, missing)}
    assert corrections(scene) == 0


def test_an_event_of_another_workspace_or_of_none_is_a_miss(scene: Scene) -> None:
    event_id, ana = tracked(scene, scene.sibling_id), scene.browser("Ana")
    elsewhere = page_of(scene.child_id, event_id)

    answers = [ana.get(elsewhere), ana.get(page_of(scene.child_id, uuid4()))]
    answers.append(void(scene, "Ana", scene.child_id, event_id))

    assert {answer.status_code for answer in answers} == {404}
    assert corrections(scene) == 0


def test_once_the_raw_row_is_gone_so_is_the_page(scene: Scene) -> None:
    event_id = tracked(scene, scene.child_id)
    with scene.house.database.writing() as db:
        db.execute("DELETE FROM usage WHERE event_id = %s", (event_id,))

    answers = [
        scene.browser("Ana").get(page_of(scene.child_id, event_id)),
        void(scene, "Ana", scene.child_id, event_id),
    ]

    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501, "a\x00b"])
def test_a_reason_is_required_and_has_its_limits(scene: Scene, reason: str) -> None:
    event_id = tracked(scene, scene.child_id)

    answer = void(scene, "Olga", scene.child_id, event_id, reason)

    assert answer.status_code == 422
    assert 'data-code="validation_error"' in answer.get_data(as_text=True)
    assert corrections(scene) == 0


def test_what_was_voided_says_by_whom_and_why_and_keeps_the_text_out_of_the_log(scene: Scene) -> None:
    event_id = tracked(scene, scene.child_id)

    answer = void(scene, "Adam", scene.child_id, event_id, "x" * 500)

    for_ana, for_olga = (
        text_of(scene.browser(name).get(page_of(scene.child_id, event_id))) for name in ("Ana", "Olga")
    )
    with scene.house.database.reading() as db:
        states = db.execute("SELECT convert_from(state, 'UTF8') AS state FROM metering_events").fetchall()
    assert answer.status_code == 303
    assert "Voided by Adam on 1 Mar 2026" in for_ana
    assert "Voided by the agency on" in for_olga
    assert "x" * 500 in for_olga
    assert not [row for row in states if "xxx" in row["state"]]
    assert "Void this event</button>" not in for_ana


def test_the_timeline_tells_it_in_its_place(scene: Scene) -> None:
    event_id = tracked(scene, scene.child_id)
    void(scene, "Adam", scene.child_id, event_id)
    scene.house.agency.rename(scene.child_id, scene.people["Ana"], "later", because=scene.house.because())
    scene.house.run_followed()

    whole = scene.browser("Ana").get(f"/trees/{scene.tree_id}/timeline").get_data(as_text=True)
    inside = text_of(scene.browser("Olga").get(scene.path("/w/{child}/timeline")))

    told = "Adam voided an event that was counted on 1 March 2026"
    assert whole.index("renamed a workspace") < whole.index(told) < whole.index("Vera joined")
    assert "The agency voided an event that was counted on" in inside


def test_pages_of_a_timeline_begin_where_the_last_one_ended(scene: Scene) -> None:
    first = program(scene, scene.child_id).batch([EVENT] * 60).get_json()
    events = [UUID(one["event_id"]) for one in first["results"]]
    for event_id in events:
        void(scene, "Ana", scene.child_id, event_id)
    scene.house.run_followed()
    ana, path = scene.browser("Ana"), f"/trees/{scene.tree_id}/timeline"

    pages = [ana.get(path).get_data(as_text=True)]
    before = re.search(r"before=([0-9.]+)", pages[0])
    assert before is not None
    pages.append(ana.get(f"{path}?{before[0]}").get_data(as_text=True))

    assert [page.count("voided an event that") for page in pages] == [50, 10]


# The counts.


def test_the_pool_and_the_count_of_the_workspace_go_down_by_one(scene: Scene) -> None:
    event_id = tracked(scene, scene.child_id)
    tracked(scene, scene.child_id)
    tracked(scene, scene.anchor_id)

    void(scene, "Olga", scene.child_id, event_id)

    scene.house.run_followed()
    assert used(scene.house, scene.anchor_id) == {"2026-03-01": 2}
    assert "2 of 25,000 events" in text_of(scene.browser("Ana").get(scene.path("/w/{anchor}/")))
    assert "Events this cycle 1 " in text_of(scene.browser("Olga").get(scene.path("/w/{child}/")))
    assert differences(scene) == {}


def test_twice_is_once(scene: Scene) -> None:
    event_id = tracked(scene, scene.child_id)
    void(scene, "Olga", scene.child_id, event_id)

    again = void(scene, "Ana", scene.child_id, event_id, "another reason")

    assert again.status_code == 303
    assert corrections(scene) == 1
    assert used(scene.house, scene.anchor_id) == {"2026-03-01": 0}
    assert REASON in text_of(scene.browser("Ana").get(page_of(scene.child_id, event_id)))


def test_two_at_once_make_one_fact(scene: Scene) -> None:
    event_id = tracked(scene, scene.child_id)
    with scene.house.database.reading() as db:
        event = scene.house.services.tracked.event(db, scene.child_id, event_id)

        def by(name: str) -> bool:
            because = scene.house.because(f"person:{scene.people[name]}")
            with scene.house.database.reading() as mine:
                return scene.house.services.tracked.void(mine, event, name, because=because)

        answers = at_once([lambda: by("Ana"), lambda: by("Adam")])

    assert sorted(answers) == [False, True]
    assert corrections(scene) == 1
    assert used(scene.house, scene.anchor_id) == {"2026-03-01": 0}


def test_the_same_key_sent_again_is_answered_as_before_and_counts_nothing(scene: Scene) -> None:
    sender = program(scene, scene.child_id)
    first = sender.track(key="order-1")
    void(scene, "Olga", scene.child_id, UUID(first.get_json()["event_id"]))

    again = sender.track(key="order-1")

    assert (again.status_code, again.get_json()) == (200, first.get_json())
    assert used(scene.house, scene.anchor_id) == {"2026-03-01": 0}


def test_a_free_workspace_at_its_limit_has_room_for_one_more(scene: Scene) -> None:
    sender = program(scene, scene.eves_id, "Eve")
    results = sender.batch([EVENT] * FREE.pool_events).get_json()["results"]
    refused = sender.track()

    void(scene, "Eve", scene.eves_id, UUID(results[0]["event_id"]))
    answers = [sender.track(), sender.track()]

    assert error_of(refused)[1] == "quota_exceeded"
    assert [answer.status_code for answer in answers] == [201, 429]


def test_a_void_resolves_a_notice_that_no_longer_holds(scene: Scene) -> None:
    sender = program(scene, scene.eves_id, "Eve")
    results = sender.batch([EVENT] * FREE.pool_events).get_json()["results"]
    scene.house.run_followed()
    scene.house.wiring.quotas.note_all()
    scene.house.run_followed()

    void(scene, "Eve", scene.eves_id, UUID(results[0]["event_id"]))
    scene.house.wiring.quotas.note_all()
    scene.house.run_followed()

    page = text_of(scene.browser("Eve").get(scene.path("/w/{eves}/billing")))
    assert scene.facts()[-1] == "QuotaNotice.Resolved"
    assert "More than 80 % of the events of this month are used." in page
    assert "All events of this month are used." not in page


def test_it_is_taken_from_the_cycle_that_had_counted_it_wherever_the_workspace_is_now(scene: Scene) -> None:
    event_id = tracked(scene, scene.child_id)
    scene.house.leap_to(scene.house.agency.tree(scene.tree_id).cycle_ends_at + timedelta(hours=3))
    tracked(scene, scene.child_id)

    void(scene, "Olga", scene.child_id, event_id)

    assert used(scene.house, scene.anchor_id) == {"2026-03-01": 0, "2026-04-01": 1}
