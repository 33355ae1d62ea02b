"""Looks: support reads an agency or a workspace for a reason and a time, and whoever leads it sees that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from domain.permissions import Permission
from domain.support_look import LOOK_MINUTES
from projections.access_rows import LookRow, WorkspaceRow
from projections.catalogue import ACCESS
from web.access import because, followed, is_staff, live, new_id, person, person_or_none, present
from web.pages.blueprint import pages
from web.pages.forms import Invalid, done, name_of, shows_again
from web.pages.here import lead_or_404
from web.pages.support import DOWNGRADE, REASON_MAX, staff_or_404, support
from web.services import services

WORDS_MIN = 3  # of a reason
SHOWN_MAX = 200


@dataclass(frozen=True, kw_only=True)
class Look:
    """A look as it is told to people."""

    look_id: UUID
    who: str
    workspace: str
    reason: str
    began_at: datetime
    until: datetime
    ended_early: bool
    is_running: bool


@pages.post("/support/looks")
@shows_again(support)
def begin_look() -> ResponseReturnValue:
    staff_or_404()
    reason = name_of("reason", "a reason", longest=REASON_MAX)
    if len(reason.split()) < WORDS_MIN:
        raise Invalid("reason", f"Please say in at least {WORDS_MIN} words why: whoever leads it reads this.")
    look_id, workspace = new_id("look"), _wanted()

    digest = services().vault.keep_text(look_id, reason)
    look = services().agency.begin_look(look_id, person(), workspace.workspace_id, digest, because=because())

    followed()
    text = f"You can read this for {LOOK_MINUTES} minutes. It is recorded under your name, with the reason."
    if request.form.get("then") == DOWNGRADE and (tree_id := _tree_typed()) is not None:
        return done(text, "pages.downgrade", tree_id=tree_id)
    return done(text, "pages.overview", workspace_id=look.workspace_id)


def _tree_typed() -> UUID | None:
    """The agency that was named by an id of its own, and not by that of its anchor."""
    typed = UUID(request.form.get("place", "").strip())
    return typed if ACCESS.anchor_of(live(), typed) is not None else None


def _wanted() -> WorkspaceRow:
    """By the id of a workspace or of a tree; one that was deleted is as good as one that never was."""
    try:
        wanted_id = UUID(request.form.get("place", "").strip())
    except ValueError:
        raise Invalid("place", "Please enter the id of an agency or a workspace.") from None
    found = ACCESS.workspace(live(), ACCESS.anchor_of(live(), wanted_id) or wanted_id)
    if found is None:
        raise Invalid("place", "There is no agency and no workspace with this id.")
    return found


@pages.post("/support/looks/<uuid:look_id>/end")
def end_look(look_id: UUID) -> ResponseReturnValue:
    """Of one's own, and with it whatever else one looks into at the same place."""
    running = ACCESS.looks_of(live(), person(), present())
    ended = next((one for one in running if one.look_id == look_id), None) or abort(404)

    for one in running:
        if one.workspace_id == ended.workspace_id:
            services().agency.end_look(one.look_id, person(), because=because())

    followed()
    return done("The look is over.", "pages.support" if is_staff() else "pages.home")


@pages.get("/w/<uuid:workspace_id>/settings/support-access")
def support_access(workspace_id: UUID) -> str:
    here = lead_or_404(workspace_id, Permission.SEE_LOOKS)
    rows = ACCESS.looks_into(live(), workspace_id, SHOWN_MAX)
    return render_template("support_access.html", here=here, looks=_told(rows), look_minutes=LOOK_MINUTES)


@pages.app_context_processor
def _for_the_top() -> dict[str, Any]:
    return {"looks_of_page": looks_of_page}


def looks_of_page() -> list[Look]:
    """What the one who asks looks into, for the banner that every page carries meanwhile."""
    person_id = person_or_none()
    rows = ACCESS.looks_of(live(), person_id, present()) if person_id else []
    return _told(rows) if rows and is_staff() else []


def _told(rows: list[LookRow]) -> list[Look]:
    vault = services().vault
    people = vault.people([row.person_id for row in rows])
    named = {one: ACCESS.workspace(live(), one) for one in {row.workspace_id for row in rows}}
    names = vault.texts([(row.workspace_id, row.name_digest) for row in named.values() if row])
    reasons = vault.texts([(row.look_id, row.reason_digest) for row in rows])
    called = {workspace_id: name for (workspace_id, _), name in names.items()}
    return [
        Look(
            look_id=row.look_id,
            who=people[row.person_id].name,
            workspace=called.get(row.workspace_id, "a workspace"),
            reason=reasons[row.look_id, row.reason_digest],
            began_at=row.began_at,
            until=row.ended_at or row.ends_at,
            ended_early=row.ended_at is not None,
            is_running=row.ended_at is None and row.ends_at > present(),
        )
        for row in rows
    ]
