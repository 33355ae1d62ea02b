"""How did this downgrade happen? From Stripe's notice to what every member can do now, on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, render_template

from domain.permissions import Permission
from projections.history import notice_text
from projections.history.downgrade import exchanges as stripe
from projections.history.downgrade import payments
from projections.history.downgrade.report import Report, names_in, report
from projections.history.downgrade.words import (
    answers,
    digests_in_story,
    earlier,
    headline,
    pool_before,
    quota,
    step_sentence,
)
from projections.history.stories.words import AT_STRIPE, MAILED, became, errand_words
from projections.history.wording import counted, instant, plan, span
from web.access import anchor_or_404, db, now, read_of
from web.pages.blueprint import pages
from web.pages.roles import WORDS as PERMISSIONS
from web.pages.story_told import StoryTold, story_told
from web.services import services

WORDS = {
    "counted": counted,
    "instant": instant,
    "plan": plan,
    "pool_before": pool_before,
    "quota": quota,
    "span": span,
    "payment": payments.sentence_of,
    "errand": lambda one: errand_words(one.errand),
    "errand_to": lambda one: (
        "Stripe" if one.errand in AT_STRIPE else "people" if one.errand in MAILED else "ourselves"
    ),
    "became": became,
    "mailed": sorted(MAILED),
    "permissions": lambda those: "; ".join(PERMISSIONS[one] for one in those) or "nothing",
}
TURNING = ("Tree.SubscriptionEnded", "Tree.CancellationScheduled", "Tree.Reactivated")
SHEETS = ("style.css", "history.css", "story.css")


@pages.get("/trees/<uuid:tree_id>/downgrade")
def downgrade(tree_id: UUID) -> str:
    anchor_or_404(tree_id, Permission.SEE_TREE)
    return render_template("downgrade.html", **_told(tree_id))


@pages.get("/trees/<uuid:tree_id>/downgrade.html")
def downgrade_file(tree_id: UUID) -> Response:
    """The same as one file that needs nothing else, to be kept or printed."""
    anchor_or_404(tree_id, Permission.SEE_TREE)
    sheets = "\n".join((Path(str(current_app.static_folder)) / name).read_text() for name in SHEETS)

    page = render_template("downgrade_file.html", sheets=sheets, made_at=now(), **_told(tree_id))

    response = Response(page, mimetype="text/html")
    name = f"heartwood-downgrade-{str(tree_id)[:8]}.html"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _told(tree_id: UUID) -> dict[str, Any]:
    found = report(services().evidence.of_tree(tree_id)) or abort(404)
    story, vault = found.story, services().vault
    names = names_in(found).looked_up(people=vault.people, texts=vault.texts, digests=digests_in_story(story))
    read_of(*{step.stream for step in story.steps})
    return {
        "report": found,
        "story": story,
        "names": names,
        "headline": headline(story, names),
        "answers": answers(story, names),
        "earlier": earlier(story, names),
        "steps": [(step, step_sentence(step, names)) for step in story.steps],
        "received": _received(found),
        "exchanges": [_exchange(one, names) for one in found.exchanges],
        "errands": services().asked_by(db(), [(step.stream, step.version) for step in story.steps]),
        "picture_of": _picture_of(found),
        "turning": TURNING,
        "words": WORDS,
    }


def _picture_of(found: Report) -> StoryTold | None:
    """The story of the end, or of the last change of plan that released workspaces."""
    hands = [one.came for one in found.story.releases]
    hands += [found.story.end.hand] if found.story.end else []
    return story_told(hands[-1].story) if hands else None


def _received(found: Report) -> list[dict[str, Any]]:
    """Each with its text as far as the vault still has it."""
    told = []
    for fact in found.received:
        body = services().vault.body(fact.stream)
        told.append(
            {
                "notice_id": fact.event.notice_id,
                "type": fact.event.type,
                "made_at": fact.event.stripe_created_at,
                "received_at": fact.event.timestamp,
                "body_sha256": fact.event.body_sha256,
                "text": notice_text.shown(body) if body is not None else None,
                "vouched": body is not None
                and notice_text.is_what_was_received(body, fact.event.body_sha256),
            }
        )
    return told


def _exchange(one: stripe.Exchange, names: Any) -> dict[str, Any]:
    return {
        "question": stripe.question(one, names),
        "answer": stripe.answer(one, names),
        "at": one.learned.at if one.learned else None,
        "took": stripe.took(one),
        "refused": one.refused,
    }
