"""The steps of a story in words: what each is called, and what happened in it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from projections.history.kinds import kind
from projections.history.names import LATEST, Mentions, Names
from projections.history.stories.fold import Errand, Kind, Step, Story
from projections.history.telling import line_of, sentence
from projections.history.wording import counted, span

TITLES = {
    Kind.REQUEST: "A request",
    Kind.NOTICE: "A notice at Stripe",
    Kind.TICK: "Heartwood’s clock",
    Kind.COMMAND: "A command",
    Kind.ELSEWHERE: "What came before",
}
# What an errand is called, and what it does.
ERRANDS = {
    "act_on_notice": ("Ask Stripe", "Ask Stripe what is true now, and follow it"),
    "carry_out": ("Carry it out at Stripe", "Ask Stripe to do what was asked for, unless it is done"),
    "close_unpaid": ("Close what is unpaid", "See to it that Stripe bills no more what was never paid"),
    "claim_overage": ("Claim the overage", "Claim what was used above the pool, if anything"),
    "report_overage": ("Report the overage", "Report the events above the pool to Stripe"),
    "compare_overage": ("Compare Stripe’s meter", "Compare Stripe’s meter with what was reported"),
    "request_credit": ("Look for a credit", "Ask for a credit note, if what was voided had been invoiced"),
    "grant_credits": ("Grant credits", "Grant the credits of the cycle, if the plan has any"),
    "freeze_credits": ("Freeze credits", "Freeze what is left of the credits"),
    "top_up": ("Pay at Stripe", "Have Stripe charge the card for the credits, once"),
    "mail_top_up_ended": (
        "Mail the owners",
        "Mail the owners that automatic top-ups are off, if they still are",
    ),
    "erase_person": ("Destroy the data", "Destroy what was kept about the person"),
    "erase_contact": ("Destroy the contact", "Destroy the contact of the customer"),
    "mail_invitation": ("Mail the invitation", "Mail the invitation, if it is still open"),
    "make_export": ("Make the export", "Make the export that was asked for, and sign it"),
    "mail_quota": ("Mail about the quota", "Mail those who lead, if it still holds"),
    "mail_budget": ("Mail about the budget", "Mail those who lead"),
    "mail_budget_to_client": ("Mail the client about its budget", "Mail the client’s own, if they see it"),
}
AT_STRIPE = frozenset(
    {"act_on_notice", "carry_out", "close_unpaid", "report_overage", "compare_overage", "top_up"}
)
MAILED = frozenset({"mail_invitation", "mail_quota", "mail_top_up_ended"})
AT_STRIPE = frozenset({"act_on_notice", "carry_out", "close_unpaid", "report_overage", "compare_overage"})
MAILED = frozenset({"mail_invitation", "mail_quota", "mail_budget", "mail_budget_to_client"})


def title(step: Step) -> str:
    """A few words, for a box."""
    if step.kind is Kind.FACT:
        return kind(step.known_as)
    if step.kind is Kind.ERRAND:
        return ERRANDS.get(step.known_as, (step.known_as.replace("_", " "), ""))[0]
    return TITLES[step.kind]


def sentence_of(step: Step, names: Names) -> str:
    """One plain sentence, without the full stop; `names` are those of the step's fact."""
    match step.kind:
        case Kind.FACT:
            assert step.fact is not None
            return sentence(line_of(step.fact), names)
        case Kind.ERRAND:
            assert step.errand is not None
            return f"{errand_words(step.known_as)}: {became(step.errand)}"
        case Kind.REQUEST:
            return f"{_who(step, names)} asked Heartwood for something, as request {step.known_as}"
        case Kind.NOTICE:
            return f"Stripe made its notice {step.known_as}"
        case Kind.TICK:
            return f"It was time for the clock’s job “{step.known_as.partition('@')[0]}”"
        case Kind.COMMAND:
            return f"{_who(step, names)} gave the command {step.known_as}"
    if step.known_as:
        return "A fact of another story led to it, or one that is not shown here"
    return "It began outside of this workspace, and is told there"


def errand_words(name: str) -> str:
    """What an errand does."""
    return ERRANDS.get(name, ("", name.replace("_", " ").capitalize()))[1]


def became(one: Errand) -> str:
    """What came of an errand."""
    tries = f"after {counted(one.attempts, 'try').replace('trys', 'tries')}"
    if one.done_at is not None:
        return "done" if one.attempts <= 1 else f"done {tries}"
    if one.gave_up_at is not None:
        return f"given up {tries}{_last_error(one)}"
    return "not done yet" if one.attempts == 0 else f"not done yet, {tries}{_last_error(one)}"


def took(step: Step, story: Story) -> str | None:
    """How long after its cause; None where nobody knows, or where they are one."""
    cause = story.caused_by(step)
    if step.after is None or cause is None:
        return None
    return f"{span(step.after)} after {cause.number}"


def who(step: Step, names: Names) -> str:
    """Empty for what nobody in particular did."""
    if step.kind in (Kind.ERRAND, Kind.ELSEWHERE):
        return ""
    if step.kind is Kind.NOTICE:
        return "Stripe"
    if step.kind is Kind.TICK:
        return "Heartwood’s clock"
    return _who(step, names)


def mentions_of(steps: Sequence[Step]) -> Mentions:
    """Whom and what these steps name."""
    found = Mentions()
    for step in steps:
        sentence_of(step, found)
        who(step, found)
    return found


def workspaces_in(steps: Sequence[Step]) -> list[tuple[UUID, int]]:
    """Which workspaces these steps name, and as of which position of the log of agencies."""
    return [(one, position_of(step)) for step in steps for one in mentions_of([step]).workspaces]


def position_of(step: Step) -> int:
    """In the log of agencies, by which names are known."""
    if step.fact is None:
        return LATEST
    if step.fact.log == "agency":
        return step.fact.position
    return int(getattr(step.fact.event, "agency_position", LATEST))


def heading(story: Story) -> str:
    """How many facts, of how many first causes, in which time."""
    facts = counted(len(story.facts), "fact")
    causes = counted(sum(step.cause is None for step in story.steps), "first cause")
    return f"{facts} from {causes}, within {span(story.took)}"


def _who(step: Step, names: Names) -> str:
    told = names.actor(step.actor) if step.actor else "Somebody"
    return f"{told[:1].upper()}{told[1:]}"


def _last_error(one: Errand) -> str:
    return f"; the last error was “{one.error.splitlines()[0]}”" if one.error else ""
