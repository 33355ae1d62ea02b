"""All that there is to say about a downgrade: its story, what was asked and said, by which rule, and whom it
touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.fact import Fact
from domain.notice import StripeNotice
from projections.history.downgrade.exchanges import Exchange, answer, exchanges_in, question
from projections.history.downgrade.explain import explain
from projections.history.downgrade.payments import PaymentFailed, payments_failed
from projections.history.downgrade.rights import Rights, rights_of
from projections.history.downgrade.rule import Decision, decisions
from projections.history.downgrade.story import DowngradeStory
from projections.history.downgrade.subscription import notices_in, told_subscription
from projections.history.downgrade.words import mentions_of
from projections.history.names import Mentions


@dataclass(frozen=True, kw_only=True)
class Report:
    story: DowngradeStory
    decisions: Sequence[Decision]
    exchanges: Sequence[Exchange]
    payments_failed: Sequence[PaymentFailed]
    rights: Sequence[Rights]
    received: Sequence[Fact]  # the notices that decided, or told of what is to come; the first one did it


def report(facts: Sequence[Fact]) -> Report | None:
    """None if the facts are of no tree."""
    story = explain(facts)
    notices = notices_in(facts)
    told = told_subscription(facts, notices)
    if story is None or told is None:
        return None
    return Report(
        story=story,
        decisions=decisions(story),
        exchanges=exchanges_in(facts, told, notices),
        payments_failed=payments_failed(facts, told),
        rights=rights_of(story),
        received=_received(facts, story),
    )


def names_in(found: Report) -> Mentions:
    """Who and what it names anywhere."""
    mentioned = mentions_of(found.story)
    for one in found.exchanges:
        question(one, mentioned)
        answer(one, mentioned)
    for rights in found.rights:
        mentioned.person(rights.person_id)
    return mentioned


def _received(facts: Sequence[Fact], story: DowngradeStory) -> list[Fact]:
    hands = [story.end.hand] if story.end else []
    hands += [release.came for release in story.releases]
    hands += [story.cancellation.scheduled] if story.cancellation else []
    wanted = [hand.notice.notice_id for hand in hands if hand.notice is not None]
    if story.end is not None and story.end.word_of_stripe is not None:
        wanted.insert(1, story.end.word_of_stripe.notice_id)
    known = {fact.event.notice_id: fact for fact in facts if isinstance(fact.event, StripeNotice.Received)}
    return [known[one] for one in dict.fromkeys(wanted) if one in known]
