"""The story of a downgrade in plain words, for someone who has a minute and a customer on the phone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from domain.plans import PLANS
from domain.tree import TreeStatus
from projections.history.downgrade.story import (
    DowngradeStory,
    End,
    How,
    Notice,
    Release,
    Step,
    WorkspaceTold,
)
from projections.history.downgrade.ways_out import way_out
from projections.history.downgrade.who import (
    taken_back,
    through,
    who_asked,
    who_asked_for_plan,
    who_cancelled,
    who_ended,
)
from projections.history.names import Mentions, Names
from projections.history.telling import Line, sentence
from projections.history.wording import cents, count, counted, instant, plan, reason, span

APART = timedelta(minutes=1)  # clocks that agree differ by less
FEATURES = {
    "custom_task_types": "custom task types",
    "digests": "digests",
    "reports_api": "the Reports API",
    "share_with_cfo": "share with CFO",
    "audit_samples": "audit samples",
    "single_sign_on": "single sign-on",
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A question that support is asked, answered in a sentence or two."""

    question: str
    answer: str


def digests_in_story(story: DowngradeStory) -> dict[UUID, str]:
    """What each workspace was called when it ended, or is called now."""
    deleted = {one.workspace_id: one.name_digest for one in story.deleted}
    released = {one.workspace_id: one.name_digest for one in released_in(story)}
    return deleted | released | {one.workspace_id: one.name_digest for one in story.workspaces}


def released_in(story: DowngradeStory) -> list[WorkspaceTold]:
    return [one for release in story.releases for one in release.workspaces]


def mentions_of(story: DowngradeStory) -> Mentions:
    """Who and what the story names anywhere."""
    found = Mentions()
    headline(story, found)
    answers(story, found)
    earlier(story, found)
    for step in story.steps:
        step_sentence(step, found)
        found.actor(step.fields["actor"])
    for workspace in (*story.workspaces, *released_in(story)):
        found.workspace(workspace.workspace_id)
        for person_id in (*workspace.lost_sight, *(one.person_id for one in workspace.members)):
            found.person(person_id)
        for gone in workspace.members_left:
            found.person(gone.person_id)
            found.actor(gone.actor)
    for deleted in story.deleted:
        found.workspace(deleted.workspace_id)
        found.actor(deleted.actor)
    return found


def step_sentence(step: Step, names: Names) -> str:
    return sentence(Line(name=step.name, stream=step.stream, fields=step.fields), names)


def headline(story: DowngradeStory, names: Names) -> str:
    anchor = names.workspace(story.anchor_id)
    if story.end is not None:
        workspaces = counted(len(story.workspaces), "workspace")
        return (
            f"The agency of {anchor} was downgraded on {instant(story.end.recorded_at)}:"
            f" {workspaces} went from {plan(story.plan)} to Free, because {_because(story, story.end)}."
            f"{_clocks(story.end)}"
        )
    if story.cancellation is not None:
        return (
            f"The agency of {anchor} has not been downgraded, but is going to be:"
            f" its subscription ends on {instant(story.cancellation.ends_at)}."
        )
    if story.status is TreeStatus.AWAITING_PAYMENT:
        return f"The agency of {anchor} was never paid for, so nothing could be downgraded."
    if story.releases:
        last = story.releases[-1]
        return (
            f"{anchor} went from {plan(last.plan_from)} to {plan(last.plan_to)} on {instant(last.came.at)},"
            f" and {counted(len(last.workspaces), 'workspace')} went from {plan(last.plan_from)} to Free with"
            " that. The subscription goes on, and no end is scheduled."
        )
    return f"The agency of {anchor} is active: it was not downgraded, and no end is scheduled."


def _clocks(end: End) -> str:
    """Why an instant of Stripe's may be later than what we recorded after it."""
    ahead = end.ended_at - end.recorded_at
    return f" Stripe’s clock was ahead of ours by {span(ahead)}." if ahead >= APART else ""


def _because(story: DowngradeStory, end: End) -> str:
    match end.how:
        case How.AS_SCHEDULED:
            return "a scheduled cancellation ran out without being taken back"
        case How.AT_PERIOD_END:
            return "its subscription was cancelled and the paid cycle was over"
        case How.AT_ONCE:
            return "its subscription was cancelled at once"
        case How.NOT_PAID | How.DISPUTED:
            return reason(end.reason)


# Questions.


def answers(story: DowngradeStory, names: Names) -> list[Answer]:
    """In the order in which they are asked; a question that does not arise is left out."""
    found: list[tuple[str, str]] = []
    if story.end is not None:
        found.append(("What did it?", _what_did_it(story.end)))
        found.append(("Why?", _why(story.end)))
    found += _who(story, names)
    if story.end is not None:
        found.append(("What did it change?", _what_changed(story, story.end)))
        found.append(("How long did it take?", _how_long(story)))
    if story.invoices_unpaid:
        found.append(("What was not paid?" if story.end else "What is not paid?", _unpaid(story)))
    if story.ways_out:
        question = "What would have prevented it?" if story.end else "What can still be done?"
        found.append((question, " ".join(way_out(way) for way in story.ways_out)))
    if story.end is not None:
        found.append(("What is the way back?", WAY_BACK))
    for release in story.releases:
        found.append((f"What did the change to {plan(release.plan_to)} release?", _released(release, names)))
        found.append((f"Who asked for {plan(release.plan_to)}?", who_asked_for_plan(release, names)))
    return [Answer(question=question, answer=answer) for question, answer in found]


def _who(story: DowngradeStory, names: Names) -> list[tuple[str, str]]:
    cancelled = f"{who_cancelled(story.cancellation, names)}." if story.cancellation else None
    if story.end is None and story.asked is not None and cancelled is None:
        return [("Who asked to cancel?", who_asked(story.asked, names))]
    if story.end is None or story.end.how is not How.AT_ONCE:
        if cancelled is None and story.asked is not None:
            cancelled = f"{names.actor(story.asked.actor)}, on our billing page on {instant(story.asked.at)}."
        return [("Who cancelled?", cancelled)] if cancelled else []
    before = [("Who had cancelled for a later date?", cancelled)] if cancelled else []
    return [("Who ended it at once?", who_ended(story.end, story.asked, names)), *before]


def _released(release: Release, names: Names) -> str:
    """What became of each workspace that the new plan has no place for."""
    each = [
        f"{names.workspace(one.workspace_id)}, on {plan(one.plan_to)} with"
        f" {quota(one.quota_events_to)}"
        f" ({counted(len(one.members), 'member')} and {counted(one.keys, 'key')} kept)"
        for one in release.workspaces
    ]
    return (
        (
            f"On {instant(release.came.at)} the plan went from {plan(release.plan_from)} to"
            f" {plan(release.plan_to)}, which has no place for children. They stand alone since: "
        )
        + "; ".join(each)
        + "."
    )


WAY_BACK = (
    "Subscribe again on the billing page of the former anchor. That begins a new agency with the same"
    " Stripe customer; the ended subscription never comes back by itself."
)


def _what_did_it(end: End) -> str:
    later = end.word_of_stripe
    also = f" Stripe’s own word of the end is {_notice_words(later)}." if later else ""
    if end.hand.notice is None:
        return (
            f"No notice: we asked Stripe ourselves ({through(end.hand)}) and learned that the subscription"
            f" had ended on {instant(end.ended_at)}.{also}"
        )
    asked = " It made us ask Stripe, who said that it was over." if later else ""
    return f"Stripe’s {_notice_words(end.hand.notice)}.{asked}{also}"


def _notice_words(notice: Notice) -> str:
    made = f", made {instant(notice.created_at)}" if notice.created_at else ""
    received = f", received {instant(notice.received_at)}" if notice.received_at else ""
    return f"notice {notice.notice_id} ({notice.type or 'of unknown type'}){made}{received}"


def _why(end: End) -> str:
    when = f"It ended on {instant(end.ended_at)}."
    return f"Stripe says “{end.reason}”: {reason(end.reason)}. {when}"


def earlier(story: DowngradeStory, names: Names) -> list[str]:
    """Cancellations that were taken back before, each in a sentence."""
    return [f"{who_cancelled(one, names)}. {taken_back(one, names)}" for one in story.earlier]


def _what_changed(story: DowngradeStory, end: End) -> str:
    children = len(story.workspaces) - 1
    members = counted(sum(len(one.members) for one in story.workspaces), "membership")
    together = "in one transaction" if end.one_transaction else "in more than one transaction"
    shared = PLANS[story.plan].may_be_agency
    parts = [
        "the shared pool" if shared else "its pool",
        *(FEATURES.get(one, one) for one in story.features_lost),
        "and the way from the anchor into its children" if shared else "",
    ]
    return (
        f"All of it {together}: the anchor and {counted(children, 'child workspace')} are Free"
        f" and stand alone, each with its own monthly events; {members} kept their roles."
        f" Lost: {', '.join(part for part in parts if part)}."
    )


def _how_long(story: DowngradeStory) -> str:
    spans = story.spans
    assert spans is not None, "what has ended took a while"
    if spans.whole <= -APART:
        return "That cannot be told from two clocks that differ."
    parts = [
        _took(
            "Stripe made its notice {} after the end",
            spans.notice_sent_after,
            "Stripe made its notice at once",
        ),
        _took("it travelled for {}", spans.notice_took, "it arrived at once"),
        _took("we acted {} later", spans.acting_took, "we acted at once"),
    ]
    whole = f"From the end at Stripe to the downgrade here: {span(spans.whole)}"
    told = [part for part in parts if part]
    return f"{whole} ({'; '.join(told)})." if told else f"{whole}."


def _took(words: str, taken: timedelta | None, at_once: str) -> str:
    if taken is None:
        return ""
    return words.format(span(taken)) if taken >= timedelta(seconds=1) else at_once


def _unpaid(story: DowngradeStory) -> str:
    return _listed(
        f"invoice {one.number or one.invoice_id} over {cents(one.total_cents, one.currency)}"
        f" of {instant(one.created_at)} ({one.status})"
        for one in story.invoices_unpaid
    )


def _listed(parts: Iterable[str]) -> str:
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def quota(events: int) -> str:
    """Of a workspace that stands alone on Free."""
    return f"{count(events)} events a month, its own"


def pool_before(told: WorkspaceTold) -> str:
    """What a workspace drew on until it left its tree."""
    return f"{count(told.pool_events_from)} events a cycle, {'shared' if told.pool_shared else 'its own'}"
