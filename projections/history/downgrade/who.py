"""Who cancelled, ended it at once, asked for another plan, or took it back, and how we know."""

from __future__ import annotations

from projections.history.downgrade.story import Cancellation, End, Hand, Release
from projections.history.names import Names
from projections.history.wording import instant

AT_STRIPE = "at Stripe itself (customer portal, dashboard or API)"


def through(hand: Hand) -> str:
    kind, _, which = hand.cause.partition(":")
    return {
        "request": "a page was opened or refreshed",
        "tick": f"the clock’s check {which.partition('@')[0]}",
        "fact": "after a command of our own",
    }.get(kind, hand.cause)


def who_cancelled(cancellation: Cancellation, names: Names) -> str:
    until = f"the end was set for {instant(cancellation.ends_at)}"
    if cancellation.asked is not None:
        return f"{_on_our_page(cancellation.asked, names)}; {until}"
    return f"Somebody, {AT_STRIPE}; we learned it {_learned(cancellation.scheduled)}, and {until}"


def who_asked(asked: Hand, names: Names) -> str:
    return f"{_on_our_page(asked, names)}. Stripe has not confirmed it."


def who_ended(end: End, asked: Hand | None, names: Names) -> str:
    """At once, and not on a date."""
    if asked is not None:
        return f"{_on_our_page(asked, names)}; it ended at Stripe on {instant(end.ended_at)}."
    return (
        f"It was ended at once {AT_STRIPE} on {instant(end.ended_at)}, and follows from no request on our"
        " billing page. Who did it is known to Stripe only."
    )


def who_asked_for_plan(release: Release, names: Names) -> str:
    if release.asked is not None:
        who = _on_our_page(release.asked, names)
    else:
        who = f"Somebody, {AT_STRIPE}; we learned it {_learned(release.scheduled or release.came)}"
    came = f"it came on {instant(release.came.at)}"
    if release.scheduled is None:
        return f"{who}; {came}, at once."
    return f"{who}; it was set on {instant(release.scheduled.at)} for the end of the cycle, and {came}."


def taken_back(one: Cancellation, names: Names) -> str:
    assert one.reactivated is not None, "an earlier cancellation is one that was taken back"
    if one.reactivation_asked is not None:
        who = names.actor(one.reactivation_asked.actor)
        return f"{who} took it back on our billing page on {instant(one.reactivation_asked.at)}."
    return f"It was taken back {AT_STRIPE}; we learned it on {instant(one.reactivated.at)}."


def _on_our_page(asked: Hand, names: Names) -> str:
    return f"{names.actor(asked.actor)}, on our billing page on {instant(asked.at)}"


def _learned(hand: Hand) -> str:
    told = f"notice {hand.notice.notice_id}" if hand.notice else through(hand)
    return f"on {instant(hand.at)} through {told}"
