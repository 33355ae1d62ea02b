"""Words of a supposition: what may be supposed, and why something of the record is no part of it."""

from __future__ import annotations

from domain.what_if.deeds import Deed
from domain.what_if.told import LeftOut, Why

# Behind "What would have been, if on that day …".
DEEDS: dict[Deed, str] = {
    Deed.REACTIVATE: "the cancellation had been taken back",
    Deed.CANCEL: "the subscription had been cancelled at the end of its cycle",
    Deed.END: "the subscription had been ended at once",
    Deed.CHANGE_PLAN: "the plan had been changed",
    Deed.PAY: "the outstanding payment had come",
    Deed.ADD_CHILD: "a workspace had been opened for another client",
    Deed.REMOVE_CHILD: "a client’s workspace had been deleted",
    Deed.ADD_MEMBER: "a member had been invited and had joined",
    Deed.CHANGE_ROLE: "a member had been given another role",
    Deed.REMOVE_MEMBER: "a member had been removed",
}

WHYS: dict[Why, str] = {
    Why.SCHEDULE: "It came of an end, or a change of plan, that would not have been scheduled.",
    Why.REQUEST: "It answered what could not have been asked.",
    Why.TREE_OVER: "The subscription that it is about would have been over, or would never have begun.",
    Why.PAID: "It came of a payment that, so one supposes, did come.",
    Why.BILLED_OTHERWISE: "Stripe would have billed something else; what, nobody can know.",
    Why.WORKSPACE_GONE: "The workspace that it is about would not have been there.",
    Why.QUOTA: "The workspace would have been a free one, and its month used up.",
    Why.REFUSED: "It could not have been done any more.",
}

HOW = (
    "The same commands ran on a copy of the history, and nothing of this is kept.",
    "What people did later they do again, as far as it can still be done. What Stripe said later it says"
    " again, unless it came of something that would not have been.",
    "Where the record is silent, a subscription goes on month by month, and ends when it is set to end.",
    "Invoices are not made up: those that would have been others are left out. Usage that was refused"
    " back then is in no record, and so it is missing here, too.",
)


def why_words(left_out: LeftOut) -> str:
    return WHYS[left_out.why]
