"""The overview of calls adds up what all workspaces do, and says who grows and who is about to stop."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from domain.calls.call import Kind
from tests.web.pages.scene import Scene, text_of
from tests.web.pages.voice_scene import CREDIT_SECONDS, Voice

OVERVIEW = "/w/{anchor}/overview-of-calls"
OF_AGENCY = (OVERVIEW, "/w/{anchor}/budgets", "/w/{anchor}/invoicing")


def page(voice: Voice, who: str = "Ana", path: str = OVERVIEW) -> str:
    voice.house.run_followed()
    return text_of(voice.browser(who).get(voice.path(path)))


def days(voice: Voice, number: int, seconds: int) -> None:
    """So many days, with a call of the client on each of them."""
    for _ in range(number):
        voice.called(voice.child_id, seconds)
        voice.house.clock.advance(days=1)


def test_it_adds_up_calls_minutes_and_credits_of_all_workspaces(voice: Voice) -> None:
    voice.called(voice.child_id, 90)
    voice.called(voice.child_id, 30, kind=Kind.WEB)
    voice.called(voice.sibling_id, 600, kind=Kind.FORWARDED)
    voice.messages(voice.sibling_id, 5)
    call_id = voice.begun(voice.anchor_id, 60)

    running = page(voice)
    voice.ended(voice.anchor_id, call_id, 60)
    over = page(voice)

    assert "Minutes on calls 12.0 3 calls" in running
    assert "Minutes on calls 13.0 4 calls" in over
    assert "Credits used € 1.345 " in over
    assert "Larkfield — Support line 0 2 2.0 € 0.225" in over
    assert "Osprey — Sales line 0 1 10.0 € 1.00" in over
    assert "Workspace Phone calls Web calls SMS Forwarding" in over
    assert "Osprey — Sales line € 0.00 € 0.00 € 0.40 € 0.60" in over


def test_what_is_given_back_is_not_used(voice: Voice) -> None:
    call_id = voice.called(voice.child_id, 100)
    because = voice.house.because(f"person:{voice.people['Ana']}")

    voice.house.wiring.metering.refund_credits(
        voice.tree_id, call_id, call_id, 150_000, "a reason", because=because
    )

    assert "Credits used € 0.05" in page(voice)
    assert "Minutes on calls 1.7 1 call " in page(voice)


def test_a_period_is_compared_with_the_one_before_it(voice: Voice) -> None:
    days(voice, 7, 60)
    days(voice, 6, 120)
    voice.called(voice.child_id, 120)

    week, month = page(voice, path=f"{OVERVIEW}?period=7"), page(voice, path=f"{OVERVIEW}?period=30")

    assert "Minutes on calls 14.0 +100.0% 7 calls" in week
    assert "Minutes on calls 21.0 new 14 calls" in month


def test_a_cycle_is_compared_with_the_same_days_of_the_one_before(voice: Voice) -> None:
    days(voice, 20, 60)
    voice.house.leap_to(voice.house.clock() + timedelta(days=12))
    voice.called(voice.child_id, 30)

    now = page(voice)

    assert "against the same days of the cycle before" in now
    assert "Minutes on calls 0.5 −75.0% 1 call " in now


def test_what_a_deleted_client_used_stays(voice: Voice) -> None:
    voice.called(voice.child_id, CREDIT_SECONDS)
    ana = voice.people["Ana"]
    voice.house.agency.delete_child(voice.child_id, ana, because=voice.house.because(f"person:{ana}"))

    after = page(voice)

    assert "Credits used € 1.00" in after
    assert "Deleted workspaces 0 1 8.3 € 1.00" in after


# Who is growing, and who is about to stop.


def test_who_reaches_a_hard_stop_at_this_pace_is_about_to_stop(voice: Voice) -> None:
    voice.sets_budget(voice.child_id, 20)
    days(voice, 8, CREDIT_SECONDS)

    about_to = page(voice)
    voice.sets_budget(voice.child_id, 20, stops=False)
    only_told = page(voice)
    voice.sets_budget(voice.child_id, 60)
    ample = page(voice)

    assert "Larkfield — Support line about to stop" in about_to
    assert "€ 8.00 of € 20.00" in about_to
    assert "about to stop: " not in only_told
    assert "about to stop: " not in ample


def test_whoever_has_stopped_is_not_about_to_and_nothing_is_foretold(voice: Voice) -> None:
    voice.called(voice.child_id, 4_950)
    voice.sets_budget(voice.child_id, 10)

    text = page(voice)

    assert "Larkfield — Support line stopped" in text
    assert "its hard stop of € 10.00 is reached" in text
    assert "about to stop" not in text.partition("About to stop")[0]
    assert "by the end" not in text


def test_more_or_less_than_in_the_week_before_is_worth_a_word(voice: Voice) -> None:
    days(voice, 7, 100)
    days(voice, 7, 131)
    growing = page(voice)
    days(voice, 7, 40)

    assert "Larkfield — Support line growing" in growing
    assert "Larkfield — Support line falling" in page(voice)


# Who sees what.


def test_who_leads_the_agency_reads_it_and_no_client_does(voice: Voice) -> None:
    let_in = {
        name
        for name in ("Ana", "Adam", "Olga", "Ben", "Vera", "Eve")
        for path in OF_AGENCY
        if voice.browser(name).get(voice.path(path)).status_code != 404
    }

    assert let_in == {"Ana", "Adam"}


def test_a_client_reads_its_own_use_and_budget_and_nothing_of_the_agency(voice: Voice) -> None:
    voice.sets_budget(voice.child_id, 10)
    voice.called(voice.child_id, 2 * CREDIT_SECONDS)
    voice.called(voice.sibling_id, 33 * CREDIT_SECONDS)
    voice.messages(voice.child_id, 3)

    seen = {name: page(voice, name, "/w/{child}/credits-used") for name in ("Olga", "Ben", "Vera")}

    for text in seen.values():
        assert "€ 2.24 of € 10.00 of the budget (22.4%)" in text
        assert "Phone calls 1 16.7 € 2.00" in text
        assert "SMS 3 € 0.24" in text
        assert not [word for word in ("33.00", "800", "Osprey", "balance", "pool") if word in text]
    assert voice.browser("Ben").get(voice.path("/w/{sibling}/credits-used")).status_code == 404


def test_a_client_reads_earlier_cycles_and_no_others(voice: Voice) -> None:
    voice.called(voice.child_id, CREDIT_SECONDS)
    first = voice.house.clock()
    voice.house.leap_to(first + timedelta(days=32))
    voice.house.run_followed()
    with voice.house.database.reading() as db:
        row = db.execute("SELECT DISTINCT cycle_started_at FROM use_days").fetchone()
    assert row is not None

    began = quote(row["cycle_started_at"].isoformat())
    known = page(voice, "Vera", f"/w/{{child}}/credits-used?cycle={began}")
    never = voice.browser("Vera").get(voice.path("/w/{child}/credits-used?cycle=2020-01-01"))

    assert "Nothing was used in this cycle." in page(voice, "Vera", "/w/{child}/credits-used")
    assert "Phone calls 1 8.3 € 1.00" in known
    assert never.status_code == 400


def test_a_period_that_there_is_not_is_an_error(voice: Voice) -> None:
    assert voice.browser("Ana").get(voice.path(f"{OVERVIEW}?period=8")).status_code == 400


def test_as_of_a_moment_it_shows_what_was_used_by_then(voice: Voice) -> None:
    voice.called(voice.child_id, CREDIT_SECONDS)
    voice.house.clock.advance(minutes=5)
    then = voice.house.clock().isoformat().replace("+00:00", "Z")
    voice.house.clock.advance(minutes=5)
    voice.called(voice.child_id, CREDIT_SECONDS)

    assert "Credits used € 1.00" in page(voice, path=f"{OVERVIEW}?as_of={then}")
    assert "Credits used € 2.00" in page(voice)


def test_an_agency_without_calls_is_told_so(scene: Scene) -> None:
    answer = scene.browser("Ana").get(scene.path(OVERVIEW))

    assert answer.status_code == 200
    assert "The Agency plan has no calls" in text_of(answer)
