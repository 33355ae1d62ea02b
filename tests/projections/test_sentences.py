"""Every fact can be told in a sentence, and the sentence is true."""

from __future__ import annotations

from datetime import timedelta
from string import Formatter
from uuid import UUID

import pytest

import domain.facts
from domain.facts import facts_of
from domain.usage import Usage
from projections.history.kinds import BY_NAME, KINDS
from projections.history.names import AsOf, KnownNames, Mentions, actor_words, digests_of, person_in
from projections.history.sentences import SENTENCES, Either
from projections.history.telling import OF_LINE, Line, line_of, mentions, sentence
from projections.history.wording import span
from projections.timeline import TimelineRow
from scripts.docs.catalogue import all_fact_kinds
from tests.histories.life import ACME, ANA, ANCHOR, BEN, BIRCH, VERA, digest, everything_once, names

METERED = {fact.__qualname__ for one in domain.facts.METERED for fact in facts_of(one)}


def templates(event_class: type) -> list[str]:
    template = SENTENCES[event_class]
    return [template.so, template.otherwise] if isinstance(template, Either) else [template]


@pytest.mark.parametrize("kind", all_fact_kinds(), ids=lambda kind: kind.name)
def test_every_fact_has_a_sentence_that_names_only_fields_it_has(kind):
    fields = {field.name for field in kind.fields} | {"actor", "cause", "story", "timestamp"}

    named = {
        name
        for template in templates(kind.event_class)
        for _, name, spec, _ in Formatter().parse(template)
        if name is not None and spec not in OF_LINE
    }

    assert named <= fields


def test_no_sentence_is_about_a_fact_that_is_not_there():
    kinds = {kind.event_class for kind in all_fact_kinds()}

    assert set(SENTENCES) == kinds


def test_a_whole_life_reads_as_sentences_without_an_id():
    life = everything_once()

    told = [sentence(line_of(fact), names()) for fact in life.facts]

    assert {fact.name for fact in life.facts} == {kind.name for kind in all_fact_kinds()} - METERED
    assert not [one for one in told if any(str(who) in one for who in (ANA, BEN, VERA, ACME, ANCHOR))]
    assert not [one for one in told if one[0].islower() or one.endswith(".")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Workspace.MemberInvited", "Ana invited Adam to Bright Signal as admin, until 12 January 2026"),
        ("Workspace.MemberJoined", "Adam joined Bright Signal as admin"),
        ("Workspace.RoleChanged", "Adam changed the role of Ben in Acme from member to viewer"),
        ("Tree.ChildAdded", "Ana added Acme to the agency"),
        ("Workspace.Renamed", "Ana renamed a workspace to Birch & Sons"),
        ("Workspace.HourlyRateSet", "Ana set the hourly rate of Acme to € 62.50"),
        ("Tree.CancellationScheduled", "The subscription was set to end on 6 March 2026, 09:00 UTC"),
        ("Invoice.Changed", "Invoice HW-in_first over € 249.00 is now paid"),
        (
            "Tree.SubscriptionEnded",
            "Stripe’s subscription sub_bright ended on 6 March 2026, 09:00 UTC: somebody",
        ),
        ("StripeNotice.ActedOn", "Stripe’s notice evt_start was acted on: the agency was brought up to date"),
    ],
)
def test_a_sentence_says_who_did_what(name, expected):
    life = everything_once()

    first = next(fact for fact in life.facts if fact.name == name)

    assert sentence(line_of(first), names()).startswith(expected)


@pytest.mark.parametrize(
    ("name", "number", "expected"),
    [
        ("Invoice.Opened", None, "A draft of an invoice over € 249.00 came, for the time until 1 May 2026"),
        ("Invoice.Opened", "HW-1", "Invoice HW-1 over € 249.00 came (open), for the time until 1 May 2026"),
        ("Invoice.Changed", None, "The draft of an invoice is now over € 249.00"),
        ("Invoice.Changed", "HW-1", "Invoice HW-1 over € 249.00 is now open"),
    ],
)
def test_an_invoice_without_a_number_is_a_draft(name, number, expected):
    fields = {
        "number": number,
        "status": "open" if number else "draft",
        "total_cents": 24_900,
        "currency": "eur",
        "period_ends_at": "2026-05-01T00:00:00Z",
    }

    told = sentence(Line(name=name, stream=ACME, fields=fields), names())

    assert told.startswith(expected)


def test_every_kind_of_fact_has_words_of_its_own():
    kinds = {one.event_class: one.name for one in all_fact_kinds()}

    assert set(KINDS) == set(kinds)
    assert len(set(KINDS.values())) == len(KINDS)
    assert not [words for name, words in BY_NAME.items() if words == name or "." in words]


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        (timedelta(), "less than a second"),
        (timedelta(milliseconds=999), "less than a second"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(days=3, hours=2, seconds=1), "3 days 2 hours"),
    ],
)
def test_a_span_is_told_in_words_that_go_before_later(taken, words):
    assert span(taken) == words


def test_a_workspace_is_called_at_a_position_what_it_was_called_then():
    given = {ACME: [(10, "first"), (20, "second")]}
    known = KnownNames(people={}, texts={(ACME, one): one for one in ("first", "second")}, digests={})

    called = [AsOf(names=known, given=given, position=at).workspace(ACME) for at in (9, 10, 19, 20, 99)]

    assert called == ["first", "first", "first", "second", "second"]
    assert AsOf(names=known, given={}, position=1).workspace(ACME) == "a workspace"


def test_a_member_who_leaves_is_not_said_to_have_been_removed():
    life = everything_once()

    told = [sentence(line_of(fact), names()) for fact in life.facts if fact.name == "Workspace.MemberRemoved"]

    assert told == [
        "Ana removed Eve from Acme, where they were member",
        "Vera left Acme, where they were viewer",
    ]


def test_a_row_of_the_timeline_reads_like_the_fact_it_is_made_from():
    fact = everything_once().facts[-2]
    line = line_of(fact)
    row = TimelineRow(
        position=fact.position,
        behind=0,
        stream=fact.stream,
        version=fact.version,
        name=fact.name,
        tree_id=fact.tree_id,
        workspace_id=fact.workspace_id,
        actor=fact.event.actor,
        cause=fact.event.cause,
        story=fact.event.story,
        at=fact.event.timestamp,
        fields=dict(line.fields),
    )

    told = sentence(Line(name=row.name, stream=row.stream, fields=row.fields), names())

    assert told == sentence(line, names())
    assert told.startswith("Acme went from Agency to Free and stands alone: 500 events a month")


def test_counted_usage_is_told_too():
    fields = {"actor": "key:k1", "quantity": 1200, "meter": "events", "workspace_id": str(ACME)}

    told = sentence(Line(name=Usage.Counted.__qualname__, stream=ACME, fields=fields), names())

    assert told == "1,200 events were counted in Acme"


def test_who_and_what_is_mentioned_is_known_before_any_name_is():
    life = everything_once()
    invited = next(fact for fact in life.facts if fact.name == "Workspace.MemberInvited")

    found = mentions([line_of(invited)])

    assert found.people == {ANA, next(iter(found.people - {ANA}))}
    assert found.workspaces == {ANCHOR}


def test_names_are_looked_up_all_at_once():
    asked = Mentions()
    asked.person(ANA)
    asked.workspace(ACME)
    asked.text(BIRCH, digest("Birch & Sons"))

    known = asked.looked_up(
        people=lambda ids: {one: type("Person", (), {"name": "Ana"}) for one in ids},
        texts=lambda pairs: {pair: f"text {pair[1]}" for pair in pairs},
        digests={ACME: digest("Acme")},
    )

    assert known.person(ANA) == "Ana"
    assert known.workspace(ACME) == "text digest of Acme"
    assert known.text(BIRCH, digest("Birch & Sons")) == "text digest of Birch & Sons"
    assert known.workspace(ANCHOR) == "a workspace"


@pytest.mark.parametrize(
    ("actor", "words"),
    [
        (f"person:{ANA}", "Ana"),
        ("stripe", "Stripe"),
        ("clock", "Heartwood’s clock"),
        ("key:abcd1234", "API key abcd1234"),
        ("staff:Sam", "Sam of Heartwood’s staff"),
        ("something else", "something else"),
    ],
)
def test_every_kind_of_actor_has_words(actor, words):
    assert actor_words(actor, names().person) == words


def test_only_a_person_is_a_person():
    assert person_in(f"person:{ANA}") == ANA
    assert person_in("stripe") is None


def test_a_workspace_is_called_what_it_was_last_called():
    life = everything_once()

    digests = digests_of(life.facts)

    assert digests[BIRCH] == digest("Birch & Sons")
    assert isinstance(next(iter(digests)), UUID)
