"""`heartwood explain`: how did this downgrade happen?"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import click

from domain.workspace import Workspace
from projections.history.downgrade.exchanges import answer, question
from projections.history.downgrade.payments import sentence_of
from projections.history.downgrade.report import Report, names_in, report
from projections.history.downgrade.story import DowngradeStory, WorkspaceTold
from projections.history.downgrade.words import (
    answers,
    digests_in_story,
    earlier,
    headline,
    pool_before,
    quota,
    step_sentence,
)
from projections.history.names import KnownNames
from projections.history.wording import counted, plan, span
from scripts.cli.desk import Desk, Stop, as_json, say
from scripts.cli.plain import plain
from scripts.cli.subjects import IdType, subject_of

WIDTH = 100


@click.command()
@click.argument("id", metavar="TREE_OR_WORKSPACE_ID", type=IdType())
@as_json
@click.pass_obj
def explain(desk: Desk, id: str, as_json: bool) -> None:
    """How the downgrade of a tree happened: which notice, who, when, why, and what each member kept."""
    subject = subject_of(desk.wiring.database, id)
    tree_id = subject.id if subject.kind == "tree" else _tree_of(desk, subject.id)
    found = report(desk.wiring.evidence.of_tree(tree_id))
    assert found is not None, "a tree that was founded has a story"
    names = desk.names(names_in(found), digests_in_story(found.story))
    if as_json:
        say(_document(found.story, names) | _reported(found, names))
    else:
        _tell(found, names)


def _tree_of(desk: Desk, workspace_id: UUID) -> UUID:
    """The tree it was last downgraded with; the last one it was part of if it never was."""
    facts = desk.wiring.evidence.of_workspace(workspace_id)
    trees = [fact.tree_id for fact in facts if fact.tree_id is not None]
    downgraded = [fact.tree_id for fact in facts if isinstance(fact.event, Workspace.Downgraded)]
    if not trees:
        raise Stop(f"workspace {workspace_id} was never part of an agency, so nothing was downgraded")
    tree_id: UUID = ([one for one in downgraded if one is not None] or trees)[-1]
    return tree_id


def _document(story: DowngradeStory, names: KnownNames) -> dict[str, Any]:
    told: dict[str, Any] = plain(story)
    for step, words in zip(told["steps"], story.steps, strict=True):
        step["sentence"] = step_sentence(words, names)
    for one in (*told["workspaces"], *told["deleted"]):
        one["name"] = names.workspace(UUID(one["workspace_id"]))
    for one in told["workspaces"]:
        for member in (*one["members"], *one["members_left"]):
            member["name"] = names.person(UUID(member["person_id"]))
    return {
        "headline": headline(story, names),
        "answers": [plain(one) for one in answers(story, names)],
        "earlier": earlier(story, names),
        "story": told,
    }


def _reported(found: Report, names: KnownNames) -> dict[str, Any]:
    return {
        "decisions": [plain(one) for one in found.decisions],
        "exchanges": [
            {
                "question": question(one, names),
                "answer": answer(one, names),
                "asked_at": plain(one.asked.at if one.asked else None),
                "answered_at": plain(one.learned.at if one.learned else None),
                "refused": one.refused,
            }
            for one in found.exchanges
        ],
        "payments_failed": [plain(one) for one in found.payments_failed],
        "rights": [
            plain(one) | {"name": names.person(one.person_id), "lost": one.lost, "gained": one.gained}
            for one in found.rights
        ],
    }


# In the terminal.


def _tell(found: Report, names: KnownNames) -> None:
    story = found.story
    _paragraph(headline(story, names))
    for one in answers(story, names):
        _heading(one.question)
        _paragraph(one.answer, indent="  ")
    for decision in found.decisions:
        _heading("By which rule?")
        _paragraph(f"{decision.words} The rule as it is kept: “{decision.rule}”", indent="  ")
    if found.exchanges:
        _heading("What we asked Stripe, and what it said")
        for one_exchange in found.exchanges:
            _paragraph(f"- {question(one_exchange, names)}. {answer(one_exchange, names)}.", indent="  ")
    if found.payments_failed:
        _heading("Payments that failed")
        for failed in found.payments_failed:
            _paragraph(f"- {sentence_of(failed)}", indent="  ")
    if story.earlier:
        _heading("Cancelled and taken back before")
        for sentence in earlier(story, names):
            _paragraph(f"- {sentence}", indent="  ")
    _heading("Step by step")
    for number, step in enumerate(story.steps):
        later = f" (+{span(step.after)})" if number and step.after else ""
        _paragraph(f"{step.at:%Y-%m-%d %H:%M:%S}Z  {step_sentence(step, names)}{later}", indent="  ")
    if story.workspaces:
        _heading("Every workspace before and after" if story.end else "What every workspace would become")
        for workspace in story.workspaces:
            _workspace(workspace, names)
    for deleted in story.deleted:
        who = names.actor(deleted.actor)
        click.echo(f"  {names.workspace(deleted.workspace_id)}: deleted before, by {who}")


def _workspace(told: WorkspaceTold, names: KnownNames) -> None:
    was = f"child of {names.workspace(told.parent_id_from)}" if told.parent_id_from else "anchor"
    click.echo(
        f"  {names.workspace(told.workspace_id)} ({was}): {plan(told.plan_from)} → {plan(told.plan_to)},"
        f" {pool_before(told)} → {quota(told.quota_events_to)}"
    )
    kept = ", ".join(f"{names.person(one.person_id)} ({one.role})" for one in told.members)
    _paragraph(f"{counted(len(told.members), 'member')} kept: {kept}", indent="    ")
    if told.lost_sight:
        lost = ", ".join(map(names.person, told.lost_sight))
        _paragraph(f"came in through the anchor only: {lost}", indent="    ")
    for gone in told.members_left:
        who = f"{names.person(gone.person_id)} ({gone.role})"
        _paragraph(f"had left before: {who}, {gone.left_at:%Y-%m-%d}", indent="    ")


def _heading(text: str) -> None:
    click.echo()
    click.secho(text, bold=True)


def _paragraph(text: str, indent: str = "") -> None:
    click.echo(click.wrap_text(text, WIDTH, initial_indent=indent, subsequent_indent=indent))
