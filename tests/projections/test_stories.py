"""What led to what: every step stands behind its cause, whatever a story holds."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from domain.fact import Fact
from projections.history.stories import Kind, Story, told
from projections.history.stories.words import ERRANDS, became, heading, sentence_of, title, took
from scripts.policies import POLICIES
from tests.histories.life import ADAM, BEGIN, PEOPLE, TREE, Life, an_agency, everything_once
from tests.projections.explained import run_out


@dataclass(frozen=True, kw_only=True)
class AskedFor:
    """As the outbox tells it."""

    stream: UUID
    version: int
    errand: str = "act_on_notice"
    asked_at: datetime = BEGIN
    done_at: datetime | None = None
    gave_up_at: datetime | None = None
    attempts: int = 0
    error: str | None = None


def story_of(life: Life, name: str, **more: object) -> Story:
    return told([fact for fact in life.facts if fact.event.story == name], name=name, **more)  # type: ignore[arg-type]


def the_end(life: Life) -> Story:
    return story_of(
        life, next(fact for fact in life.facts if fact.name == "Tree.SubscriptionEnded").event.story
    )


def shape(story: Story) -> list[tuple[int, int | None, str]]:
    return [(step.number, step.cause, step.known_as) for step in story.steps]


def test_an_end_goes_back_to_the_notice_and_on_to_every_workspace():
    story = the_end(run_out(an_agency()))

    assert shape(story) == [
        (1, None, "evt_end"),
        (2, 1, "StripeNotice.Received"),
        (3, 2, "Tree.SubscriptionEnded"),
        (4, 3, "Workspace.Downgraded"),
        (5, 3, "Workspace.Downgraded"),
        (6, 3, "Workspace.Downgraded"),
        (7, 2, "StripeNotice.ActedOn"),
    ]
    assert [step.kind for step in story.steps][:2] == [Kind.NOTICE, Kind.FACT]
    assert [step.depth for step in story.steps] == [0, 1, 2, 3, 3, 3, 2]


def test_each_step_says_how_long_after_its_cause():
    story = the_end(run_out(an_agency()))

    assert [took(step, story) for step in story.steps[:4]] == [
        None,
        "3 seconds after 1",
        "2 seconds after 2",
        "less than a second after 3",
    ]
    assert heading(story) == "6 facts from 1 first cause, within 5 seconds"


def test_a_request_begins_with_what_came_of_it():
    life = an_agency()
    life.agency.request_cancellation(TREE, ADAM, because=life.by(ADAM))

    story = story_of(life, life.facts[-1].event.story)

    assert [(step.kind, step.at, step.after) for step in story.steps] == [
        (Kind.REQUEST, life.now, None),
        (Kind.FACT, life.now, None),
    ]
    assert story.steps[0].actor == f"person:{ADAM}"


def test_the_clock_is_a_first_cause_with_an_instant_of_its_own():
    life = an_agency().days_later(2)
    because = replace(life.by_clock("reconcile"), at=life.now + timedelta(seconds=5))
    life.agency.sync_subscription(
        TREE, life.subscription(status="canceled", ended_at=life.now), because=because
    )

    story = the_end(life)

    assert (story.steps[0].kind, story.steps[0].at) == (Kind.TICK, life.now)
    assert story.steps[1].after == timedelta(seconds=5)


def test_a_story_may_have_several_roots():
    life = run_out(an_agency())
    facts = [fact for fact in life.facts if fact.event.story in ("notice:evt_cancel", "notice:evt_end")]

    story = told(facts, name="both")

    assert [step.known_as for step in story.steps if step.cause is None] == ["evt_cancel", "evt_end"]
    assert heading(story).startswith(f"{len(facts)} facts from 2 first causes")


def caused(fact: Fact, cause: str) -> Fact:
    """As if somebody had written another cause into the fact."""
    state = json.loads(fact.state) | {"cause": cause}
    event = type(fact.event)(**vars(fact.event) | {"cause": cause})
    return replace(fact, event=event, state=json.dumps(state).encode())


def test_facts_that_name_each_other_are_no_circle():
    life = run_out(an_agency())
    first, second = [fact for fact in life.facts if fact.name == "Workspace.Downgraded"][:2]
    circle = [
        caused(first, f"fact:{second.stream}/{second.version}"),
        caused(second, f"fact:{first.stream}/{first.version}"),
    ]

    story = told(circle, name="a circle")

    assert shape(story) == [
        (1, None, f"fact:{second.stream}/{second.version}"),
        (2, 1, "Workspace.Downgraded"),
        (3, 2, "Workspace.Downgraded"),
    ]
    assert story.steps[0].kind is Kind.ELSEWHERE
    assert all(step.cause is None or step.cause < step.number for step in story.steps)


def test_a_cause_that_nobody_can_read_is_elsewhere():
    life = run_out(an_agency())
    causes = ("fact:nonsense", "fact:/", "nothing", "fact:00000000-0000-0000-0000-000000000000/x", "notice:")

    kinds = {told([caused(life.facts[-1], cause)], name="x").steps[0].kind for cause in causes}

    assert kinds == {Kind.ELSEWHERE, Kind.NOTICE}


def test_a_clock_that_went_back_makes_no_time_less_than_none():
    life = run_out(an_agency())
    ended = next(fact for fact in life.facts if fact.name == "Tree.SubscriptionEnded")
    early = type(ended.event)(**vars(ended.event) | {"timestamp": ended.event.timestamp - timedelta(hours=1)})
    facts = [replace(fact, event=early) if fact is ended else fact for fact in life.facts]

    story = told([fact for fact in facts if fact.event.story == "notice:evt_end"], name="notice:evt_end")

    assert [step.known_as for step in story.steps][2] == "Tree.SubscriptionEnded"
    assert story.steps[2].after == timedelta()


def test_of_a_closed_fact_only_a_cause_that_one_may_see_is_told():
    life = run_out(an_agency())
    ended = [fact for fact in life.facts if fact.name == "Workspace.Downgraded"]

    story = told(ended[:1], name=None, closed=lambda fact: True)

    first = story.steps[0]
    assert (first.kind, first.known_as, first.at) == (Kind.ELSEWHERE, "", None)
    assert "evt_end" not in str([sentence_of(step, Nobody()) for step in story.steps])


class Nobody:
    """Names that nobody knows."""

    def person(self, person_id: UUID) -> str:
        return PEOPLE.get(person_id, "someone")

    def workspace(self, workspace_id: UUID) -> str:
        return "a workspace"

    def text(self, workspace_id: UUID, digest: str) -> str:
        return "a workspace"

    def actor(self, actor: str) -> str:
        return actor


def test_an_errand_stands_behind_the_fact_that_asked_for_it():
    life = run_out(an_agency())
    received = next(fact for fact in life.facts if fact.event.story == "notice:evt_end")
    done = AskedFor(stream=received.stream, version=1, done_at=life.now + timedelta(seconds=3), attempts=2)

    story = story_of(life, "notice:evt_end", errands=[done])

    assert shape(story)[2] == (3, 2, "act_on_notice")
    assert (
        sentence_of(story.steps[2], Nobody())
        == "Ask Stripe what is true now, and follow it: done after 2 tries"
    )


def test_an_errand_says_what_became_of_it():
    place = {"stream": TREE, "version": 1}

    said = [
        became(AskedFor(**place)),
        became(AskedFor(**place, attempts=1, done_at=BEGIN)),
        became(AskedFor(**place, attempts=1, error="StripeAway: no answer\nand a row")),
        became(AskedFor(**place, attempts=20, gave_up_at=BEGIN, error="StripeRefused: no")),
    ]

    assert said == [
        "not done yet",
        "done",
        "not done yet, after 1 try; the last error was “StripeAway: no answer”",
        "given up after 20 tries; the last error was “StripeRefused: no”",
    ]


def test_every_errand_has_words():
    asked = {errand for errands in POLICIES.values() for errand in errands}

    assert asked == ERRANDS.keys()


def test_every_fact_of_a_long_life_has_a_place_and_words():
    life = everything_once()

    for name in {fact.event.story for fact in life.facts}:
        story = story_of(life, name)

        assert len(story.facts) == sum(fact.event.story == name for fact in life.facts)
        assert all(step.cause is None or step.cause < step.number for step in story.steps)
        assert all(title(step) and sentence_of(step, Nobody()) for step in story.steps)
