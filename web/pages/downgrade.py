"""How did this downgrade happen? From Stripe's notice to what every member kept, on one page."""

from __future__ import annotations

from uuid import UUID

from flask import abort, render_template

from domain.permissions import Permission
from projections.history.downgrade import explain
from projections.history.downgrade.words import (
    answers,
    digests_in_story,
    earlier,
    headline,
    mentions_of,
    pool_before,
    quota,
    step_sentence,
)
from projections.history.wording import counted, instant, plan, span
from web.access import anchor_or_404
from web.pages.blueprint import pages
from web.services import services

WORDS = {
    "counted": counted,
    "instant": instant,
    "plan": plan,
    "pool_before": pool_before,
    "quota": quota,
    "span": span,
}
TURNING = ("Tree.SubscriptionEnded", "Tree.CancellationScheduled", "Tree.Reactivated")


@pages.get("/trees/<uuid:tree_id>/downgrade")
def downgrade(tree_id: UUID) -> str:
    anchor_or_404(tree_id, Permission.SEE_TREE)
    story = explain(services().evidence.of_tree(tree_id))
    if story is None:
        abort(404)
    vault = services().vault
    names = mentions_of(story).looked_up(
        people=vault.people, texts=vault.texts, digests=digests_in_story(story)
    )
    return render_template(
        "downgrade.html",
        story=story,
        names=names,
        headline=headline(story, names),
        answers=answers(story, names),
        earlier=earlier(story, names),
        steps=[(step, step_sentence(step, names)) for step in story.steps],
        turning=TURNING,
        words=WORDS,
    )
