"""Health: does it see what stands still, and say nothing about anybody?"""

from __future__ import annotations

import json

from adapters.postgres.health import ASKED_MAX, DUE_MAX, UNFOLLOWED_MAX
from adapters.stripe.errors import StripeAway
from tests.adapters.errands import deliver, entries, find_stripe_away, nothing, notice, stumble
from tests.house import House
from tests.proofs.groves import Grove


def why(house: House) -> list[str]:
    said = house.wiring.health()
    assert (said["status"] == "ok") is (said["why"] == [])
    return list(said["why"])


def test_nothing_to_do_is_healthy_however_long(house):
    house.agency_of(house.person("Ana"))
    house.clock.advance(days=365)

    assert why(house) == []


def test_a_fact_that_nobody_follows_is_seen_after_a_minute(house):
    Grove(house.agency, house.clock).plant(1)

    house.clock.at += UNFOLLOWED_MAX
    in_time = why(house)
    house.clock.advance(seconds=1)
    late, ages = why(house), {log: said["age_seconds"] for log, said in house.wiring.health()["logs"].items()}
    house.run_followed()

    assert (in_time, late, why(house)) == ([], ["agency_not_followed"], [])
    assert ages == {"agency": 61, "metering": 0}


def test_it_is_the_first_fact_not_followed_that_counts(house):
    grove = Grove(house.agency, house.clock)
    grove.plant(1)
    house.wiring.deliver_due()
    house.run_followed()
    house.clock.advance(days=1)

    grove.plant(1)

    assert why(house) == []


def test_an_errand_that_nobody_tries_is_seen_after_five_minutes(house):
    notice(house)
    house.run_followed()

    house.clock.at += DUE_MAX
    in_time = why(house)
    house.clock.advance(seconds=1)
    late = why(house)
    deliver(house, nothing)

    assert (in_time, late, why(house)) == ([], ["errands_not_tried"], [])


def test_an_errand_that_is_tried_in_vain_is_seen_after_an_hour(house):
    notice(house)
    house.run_followed()
    began, seen = house.clock(), {}

    while house.clock() < began + ASKED_MAX * 2:
        deliver(house, find_stripe_away)
        seen[house.clock() - began > ASKED_MAX] = why(house)
        house.clock.at = entries(house)[0]["due_at"]

    assert seen == {False: [], True: ["errands_in_vain"]}
    deliver(house, nothing)
    assert why(house) == []


def test_an_errand_that_was_given_up_is_seen(house):
    notice(house)
    house.run_followed()

    for _ in range(20):
        deliver(house, stumble)
        house.clock.advance(hours=1)

    assert why(house) == ["errands_given_up"]


def test_what_is_shown_names_nobody(house):
    (tree,) = Grove(house.agency, house.clock).plant(1)
    house.run_followed()
    with house.database.writing() as db:
        db.execute("ALTER TABLE dashboard ADD CHECK (name_digest <> 'a secret')")
    house.agency.rename(tree.anchor_id, tree.owner_id, "a secret", because=house.because())
    house.run_followed()
    notice(house)
    deliver(house, lambda _: complain("ana@example.com"))

    answer = house.app.test_client().get("/healthz")

    said = json.loads(answer.text)
    assert [(one["projection"], one["error"]) for one in said["parked"]] == [("dashboard", "CheckViolation")]
    for word in ("a secret", "example.com", str(tree.anchor_id), str(tree.tree_id), str(tree.owner_id)):
        assert word not in answer.text


def complain(about: str) -> None:
    raise StripeAway(f"no such customer: {about}")
