"""What was asked of Stripe about a tree, what made us ask, and what Stripe said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.fact import Fact
from domain.request import Request
from domain.tree import Tree
from projections.history.downgrade.story import Hand, Notice
from projections.history.downgrade.subscription import SubscriptionTold, hand_of
from projections.history.downgrade.who import through
from projections.history.names import Names
from projections.history.sentences import REQUESTS
from projections.history.telling import line_of, sentence
from projections.history.wording import instant, span

ASKED: dict[type, Request] = {
    Tree.CancellationRequested: Request.CANCEL,
    Tree.ReactivationRequested: Request.REACTIVATE,
    Tree.EndRequested: Request.END,
    Tree.PlanChangeRequested: Request.PLAN,
}
# What Stripe said, and the requests that it may be the answer to.
SAID: dict[type, tuple[Request, ...]] = {
    Tree.SubscriptionStarted: (),
    Tree.CancellationScheduled: (Request.CANCEL,),
    Tree.Reactivated: (Request.REACTIVATE, Request.CANCEL),
    Tree.SubscriptionEnded: (Request.END, Request.CANCEL, Request.REACTIVATE, Request.PLAN),
    Tree.PlanChangeScheduled: (Request.PLAN,),
    Tree.PlanChangeWithdrawn: (Request.PLAN,),
    Tree.PlanChanged: (Request.PLAN,),
    Tree.PaymentStandingChanged: (),
    Tree.PaymentDisputed: (),
    Tree.RequestRefused: tuple(Request),
}


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """asked: the request that we had, None if we only looked. learned: how we came to ask, None as long as
    Stripe has said nothing. said: the fact in which its answer is kept."""

    request: Request | None
    asked: Hand | None
    learned: Hand | None
    said: Fact | None

    @property
    def refused(self) -> bool:
        return self.said is not None and isinstance(self.said.event, Tree.RequestRefused)


def exchanges_in(
    facts: Iterable[Fact], told: SubscriptionTold, notices: Mapping[str, Notice]
) -> tuple[Exchange, ...]:
    """In the order of the answers; a request without one stands at the end."""
    found: list[Exchange] = []
    open_requests: dict[Request, Hand] = {}
    for fact in facts:
        if fact.stream != told.tree_id:
            continue
        if (request := ASKED.get(type(fact.event))) is not None:
            open_requests[request] = hand_of(fact, notices)
        elif (answers := SAID.get(type(fact.event))) is not None:
            answered = _answered(fact, answers, open_requests)
            found.append(
                Exchange(
                    request=answered,
                    asked=open_requests.pop(answered) if answered else None,
                    learned=hand_of(fact, notices),
                    said=fact,
                )
            )
    left = [
        Exchange(request=request, asked=hand, learned=None, said=None)
        for request, hand in open_requests.items()
    ]
    return (*found, *left)


def _answered(fact: Fact, answers: tuple[Request, ...], asked: Mapping[Request, Hand]) -> Request | None:
    if isinstance(fact.event, Tree.RequestRefused):
        answers = (fact.event.request,)
    return next((request for request in answers if request in asked), None)


# In words.


def question(one: Exchange, names: Names) -> str:
    """What we asked, and why."""
    if one.asked is not None and one.request is not None:
        who = names.actor(one.asked.actor)
        wish = REQUESTS[one.request]
        wanted = wish if wish.startswith("to ") else f"for {wish}"
        return (
            f"{who[:1].upper()}{who[1:]} asked {wanted} on {instant(one.asked.at)},"
            " and we asked Stripe for it"
        )
    assert one.learned is not None, "nobody asked, so somebody looked"
    if one.learned.notice is not None:
        notice = one.learned.notice
        kind = f" ({notice.type})" if notice.type else ""
        return f"Notice {notice.notice_id}{kind} arrived, and we asked Stripe what is true"
    return f"We asked Stripe what is true: {through(one.learned)}"


def answer(one: Exchange, names: Names) -> str:
    if one.said is None:
        return "Stripe has not answered yet"
    return sentence(line_of(one.said), names)


def took(one: Exchange) -> str | None:
    """From the request to the answer, or from the arrival of the notice."""
    if one.learned is None:
        return None
    notice = one.learned.notice
    since = one.asked.at if one.asked else notice.received_at if notice else None
    return span(one.learned.at - since) if since is not None else None
