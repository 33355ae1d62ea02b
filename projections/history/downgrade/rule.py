"""By which rule was it decided, in the words in which the rule is kept, and on what that Stripe said?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.billing import ENDED_STATUSES
from domain.plans import FREE
from domain.tree import Tree
from projections.history.downgrade.story import DowngradeStory
from projections.history.wording import count, instant, plan

# As the commands have it; a test compares them.
THE_END = (
    "A subscription that is not the tree's current one changes nothing. The end of the current one"
    " downgrades the tree and all its workspaces in one transaction."
)
NO_PLACE = "Whoever has no place in the new plan stands alone from now on."


@dataclass(frozen=True, kw_only=True)
class Decision:
    rule: str  # as it is kept
    words: str  # for who never saw it
    said: tuple[tuple[str, str], ...]  # by Stripe, field by field
    decided_at: datetime


def decisions(story: DowngradeStory) -> list[Decision]:
    """Of the end, and of each change of plan that released workspaces before it."""
    found = [
        Decision(
            rule=NO_PLACE,
            words=(
                f"Stripe said that the subscription is on {plan(one.plan_to)} now. A plan without room for"
                " children keeps the anchor only; the others go to Free, with their members and their keys."
            ),
            said=(("plan", one.plan_to), ("plan before", one.plan_from)),
            decided_at=one.came.at,
        )
        for one in story.releases
    ]
    return [*found, _of_end(story)] if story.end is not None else found


def _of_end(story: DowngradeStory) -> Decision:
    assert story.end is not None
    ended = next(step for step in reversed(story.steps) if step.name == Tree.SubscriptionEnded.__qualname__)
    status, reason = ended.fields["status"], ended.fields["reason"]
    return Decision(
        rule=THE_END,
        words=(
            f"A subscription has ended when Stripe says that it is {_either(sorted(ENDED_STATUSES))};"
            f" Stripe said “{status}”. Nothing else decides: no notice by itself, no page and no clock."
            f" Each workspace goes to Free and stands alone, with {count(FREE.pool_events)} events a month"
            " of its own; members keep their roles, and keys stay valid."
        ),
        said=(
            ("subscription", str(ended.fields["subscription_id"])),
            ("status", str(status)),
            ("reason", "none given" if reason is None else str(reason)),
            ("ended", instant(story.end.ended_at)),
        ),
        decided_at=story.end.recorded_at,
    )


def _either(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
