"""Every "no" that a command can answer, in the one order in which they are tried."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """The first reason that applies is the answer; code, tests and documentation keep this order."""

    WORKSPACE_DELETED = "workspace_deleted"
    ROLE_TOO_LOW = "role_too_low"
    ROLE_NOT_YOURS_TO_GIVE = "role_not_yours_to_give"
    NO_AGENCY_PLAN = "no_agency_plan"
    NOT_PAID_YET = "not_paid_yet"
    TREE_ENDED = "tree_ended"
    TREE_IS_FULL = "tree_is_full"
    ALREADY_SUBSCRIBED = "already_subscribed"
    NOT_SUBSCRIBED = "not_subscribed"
    NOTHING_SCHEDULED = "nothing_scheduled"
    ALREADY_SCHEDULED = "already_scheduled"
    CANCELLATION_SCHEDULED = "cancellation_scheduled"
    PAYMENT_OUTSTANDING = "payment_outstanding"
    SAME_PLAN = "same_plan"
    NOT_YOURS_TO_ADOPT = "not_yours_to_adopt"
    NOT_ALONE = "not_alone"
    ALREADY_MEMBER = "already_member"
    NOT_A_MEMBER = "not_a_member"
    WORKSPACE_IS_FULL = "workspace_is_full"
    TOO_MANY_INVITATIONS = "too_many_invitations"
    INVITATION_NOT_OPEN = "invitation_not_open"
    INVITATION_EXPIRED = "invitation_expired"
    SEATS_USED_UP = "seats_used_up"
    SENT_JUST_NOW = "sent_just_now"
    SENT_TOO_OFTEN = "sent_too_often"
    LAST_OWNER = "last_owner"
    CHILDREN_EXIST = "children_exist"
    NOT_A_CHILD = "not_a_child"
    SCOPES_UNKNOWN = "scopes_unknown"
    KEY_IS_OVER = "key_is_over"
    TOO_MANY_KEYS = "too_many_keys"
    NO_SINGLE_SIGN_ON = "no_single_sign_on"
    DOMAINS_WRONG = "domains_wrong"
    DOMAIN_IS_PUBLIC = "domain_is_public"
    DOMAIN_NOT_YOURS = "domain_not_yours"
    DOMAIN_TAKEN = "domain_taken"
    LIMIT_REACHED = "limit_reached"
    CALLS_NOT_IN_PLAN = "calls_not_in_plan"
    CUSTOMER_SUSPENDED = "customer_suspended"
    CREDITS_FROZEN = "credits_frozen"
    BUDGET_EXCEEDED = "budget_exceeded"
    INSUFFICIENT_CREDITS = "insufficient_credits"
    MORE_THAN_CHARGED = "more_than_charged"
    TOP_UP_ASKED = "top_up_asked"
    CUSTOMER_EXISTS = "customer_exists"
    CUSTOMER_CLOSED = "customer_closed"
    CUSTOMER_GONE = "customer_gone"
    KNOWLEDGE_IN_USE = "knowledge_in_use"
    NUMBER_TAKEN = "number_taken"
    CHANGED_MEANWHILE = "changed_meanwhile"
    NO_BUDGET = "no_budget"
    NOT_ABOVE_BUDGET = "not_above_budget"


MESSAGES: dict[Refusal, tuple[str, str]] = {
    Refusal.WORKSPACE_DELETED: ("This workspace was deleted.", "Its history can still be read."),
    Refusal.ROLE_TOO_LOW: (
        "Your role in this workspace does not allow this.",
        "Ask an owner or admin of the workspace, or of the agency.",
    ),
    Refusal.ROLE_NOT_YOURS_TO_GIVE: (
        "You cannot give this role here.",
        "Clients are invited as member or viewer; admins are made by the agency's owner or admin.",
    ),
    Refusal.NO_AGENCY_PLAN: (
        "The plan of this workspace has no agency entitlement.",
        "Choose the Agency plan on the billing page.",
    ),
    Refusal.NOT_PAID_YET: (
        "The agency plan is not paid for yet.",
        "Finish the checkout on the billing page.",
    ),
    Refusal.TREE_ENDED: (
        "This agency's subscription has ended.",
        "Subscribe again on the billing page to begin a new agency.",
    ),
    Refusal.TREE_IS_FULL: (
        "The agency already has all the workspaces of its plan.",
        "Delete a child workspace, or talk to us about Enterprise.",
    ),
    Refusal.ALREADY_SUBSCRIBED: (
        "This workspace already has a subscription.",
        "Manage it on the billing page.",
    ),
    Refusal.NOT_SUBSCRIBED: ("There is no subscription here.", "Choose a plan on the billing page."),
    Refusal.NOTHING_SCHEDULED: (
        "No cancellation is scheduled, so there is nothing to reactivate.",
        "The subscription goes on as it is.",
    ),
    Refusal.ALREADY_SCHEDULED: (
        "The cancellation is already scheduled.",
        "Reactivate on the billing page to keep the agency.",
    ),
    Refusal.CANCELLATION_SCHEDULED: (
        "The subscription is set to end, so its plan cannot be changed.",
        "Reactivate on the billing page first.",
    ),
    Refusal.PAYMENT_OUTSTANDING: (
        "A payment of this subscription is outstanding, so its plan cannot be changed.",
        "Pay the open invoice, or update the payment method, on the billing page.",
    ),
    Refusal.SAME_PLAN: ("The subscription already has this plan.", "Choose another plan."),
    Refusal.NOT_YOURS_TO_ADOPT: (
        "A workspace is adopted only by someone who owns both it and the agency's anchor.",
        "Ask its owner to make you an owner there.",
    ),
    Refusal.NOT_ALONE: (
        "This workspace has a subscription of its own, or is part of an agency already.",
        "Only a workspace that stands alone can be adopted, or closed: cancel its plan first.",
    ),
    Refusal.ALREADY_MEMBER: ("This person is already a member.", "Change their role instead."),
    Refusal.NOT_A_MEMBER: ("This person is not a member here.", "Invite them first."),
    Refusal.WORKSPACE_IS_FULL: (
        "The workspace has as many members as it can hold.",
        "Remove a member first.",
    ),
    Refusal.TOO_MANY_INVITATIONS: (
        "Too many invitations are open.",
        "Revoke one, or wait until one is accepted or expires.",
    ),
    Refusal.INVITATION_NOT_OPEN: (
        "This invitation was already used or was revoked.",
        "Ask for a new one.",
    ),
    Refusal.INVITATION_EXPIRED: ("This invitation has expired.", "Ask for a new one."),
    Refusal.SEATS_USED_UP: (
        "Every seat that the plan has for this workspace is taken, by a member or an open invitation.",
        "Its owner or admin can remove a member or revoke an invitation; a larger plan has more seats.",
    ),
    Refusal.SENT_JUST_NOW: (
        "This invitation was mailed less than a minute ago.",
        "Give it a moment to arrive, then send it again.",
    ),
    Refusal.SENT_TOO_OFTEN: (
        "This invitation was mailed as often as an invitation can be.",
        "Check the address. Revoke the invitation, and invite the person anew.",
    ),
    Refusal.LAST_OWNER: (
        "A workspace is never without an owner.",
        "Make someone else owner first.",
    ),
    Refusal.CHILDREN_EXIST: (
        "The anchor cannot be deleted while it has children.",
        "Delete the children first.",
    ),
    Refusal.NOT_A_CHILD: (
        "Only a child workspace can be deleted.",
        "Cancel its plan, if it has one, and close it.",
    ),
    Refusal.SCOPES_UNKNOWN: (
        "An API key has at least one scope, and only scopes that there are.",
        "Choose one or more of track, read and manage.",
    ),
    Refusal.KEY_IS_OVER: (
        "This key was revoked, or replaced already.",
        "Make a new key, or replace the one that came after it.",
    ),
    Refusal.TOO_MANY_KEYS: ("The workspace has as many keys as it can hold.", "Revoke one first."),
    Refusal.NO_SINGLE_SIGN_ON: (
        "The plan of this agency has no single sign-on.",
        "Talk to us about Enterprise.",
    ),
    Refusal.DOMAINS_WRONG: (
        "Single sign-on is for at least one mail domain, and for ten at most.",
        "Name the domains of your company's addresses.",
    ),
    Refusal.DOMAIN_IS_PUBLIC: (
        "Everybody may have an address at one of these mail domains.",
        "Name domains that are your company's own.",
    ),
    Refusal.DOMAIN_NOT_YOURS: (
        "No owner of the agency has an address at one of these mail domains.",
        "Somebody with such an address has to be an owner of the agency's own workspace first.",
    ),
    Refusal.DOMAIN_TAKEN: (
        "Another agency signs in the people of one of these mail domains.",
        "Talk to us if the domain is yours.",
    ),
    Refusal.LIMIT_REACHED: (
        "The workspace has as many of these as its plan allows.",
        "Delete one that is not used any more, or choose a larger plan.",
    ),
    Refusal.CALLS_NOT_IN_PLAN: (
        "The plan of this workspace has no calls.",
        "The agency chooses Agency Voice on its billing page.",
    ),
    Refusal.CUSTOMER_SUSPENDED: (
        "This customer is suspended or closed, so no new call begins.",
        "Ask the agency; a call that is running is still charged when it ends.",
    ),
    Refusal.CREDITS_FROZEN: (
        "The credits are frozen, because the subscription has ended or has not begun.",
        "Subscribe again on the billing page: what was left is there again then.",
    ),
    Refusal.BUDGET_EXCEEDED: (
        "The budget of this workspace for this cycle would be exceeded.",
        "Wait for the next cycle, or ask the agency to raise the budget.",
    ),
    Refusal.INSUFFICIENT_CREDITS: (
        "There are not enough credits for this.",
        "The agency tops up its credits, or waits for the next cycle’s.",
    ),
    Refusal.MORE_THAN_CHARGED: (
        "No more can be given back than was charged.",
        "Look at what was given back of it already.",
    ),
    Refusal.TOP_UP_ASKED: (
        "A top-up is being paid for just now.",
        "Wait until it is there or has failed, which takes a moment; nothing was charged twice.",
    ),
    Refusal.CUSTOMER_EXISTS: (
        "This workspace has a customer already.",
        "Change what is written down of them, or close them first.",
    ),
    Refusal.CUSTOMER_CLOSED: (
        "This customer is closed.",
        "Add them anew in the same workspace; what was before stays in its history.",
    ),
    Refusal.CUSTOMER_GONE: (
        "The workspace of this customer is no longer part of the agency.",
        "Bring it into the agency again, or add the customer with a new workspace.",
    ),
    Refusal.KNOWLEDGE_IN_USE: (
        "An agent answers from this knowledge base.",
        "Detach it from every agent first.",
    ),
    Refusal.NUMBER_TAKEN: (
        "Somebody else has bought this number.",
        "Choose another one.",
    ),
    Refusal.CHANGED_MEANWHILE: (
        "Somebody else changed this while you were at it, so nothing of yours was saved.",
        "Compare both, and save again on top of what is there now.",
    ),
    Refusal.NO_BUDGET: ("This workspace has no budget, so there is none to raise.", "Set one first."),
    Refusal.NOT_ABOVE_BUDGET: (
        "The budget of this cycle is as high as that already.",
        "Name a higher amount, or set the budget of every cycle.",
    ),
}


def first(*refusals: Refusal | None) -> Refusal | None:
    """Of several that apply, the one that is tried first."""
    return next((one for one in Refusal if one in refusals), None)


class Refused(Exception):
    """A command said no and recorded nothing."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal

    @property
    def message(self) -> str:
        return MESSAGES[self.refusal][0]

    @property
    def hint(self) -> str:
        return MESSAGES[self.refusal][1]


class Unknown(Exception):
    """What was named does not exist, or does not exist for the one who asks: the same answer."""
