"""What if: what would have been, had one thing been done that was not? Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID, uuid5

from flask import abort, g, render_template, request

from domain.permissions import Permission, Role
from domain.plans import PLANS
from domain.refusals import MESSAGES, Unknown
from domain.what_if.deeds import NEEDS, Deed, Needed, Supposition, in_whose_name
from domain.what_if.life import Copy
from domain.what_if.told import LeftOut, Origin, Step
from projections.catalogue import DASHBOARD, MEMBERS
from projections.compared.comparing import TooLong, WhatIf, what_if
from projections.compared.differences import FieldDiffers
from projections.compared.supposed_words import DEEDS, HOW, why_words
from projections.history.names import people_in
from web.access import db, live, present
from web.pages.blueprint import pages
from web.pages.compare import reader_of
from web.pages.compared import EVENTS_MAX, Event, Telling, Told
from web.pages.here import Here, lead_or_404
from web.pages.looking_back import moment_of
from web.services import services

GIVEN = ("deed", "at", "plan", "workspace", "person", "role")
LEFT_OUT_MAX = 20  # of one reason that are listed
NEW_MAX = 40  # facts that there would have been, and that were not
NOT_THERE = (
    "At that moment it was not there, or it was part of an agency. Choose another moment, or workspace."
)
NO_DEED = "There is no such deed. Choose one of the list."


@dataclass(frozen=True, kw_only=True)
class Left:
    """What is no part of the supposed history, for one reason."""

    why: str
    total: int
    events: list[tuple[Event, str]]  # with the refusal, if it was a command


@pages.get("/w/<uuid:workspace_id>/what-if")
def what_if_page(workspace_id: UUID) -> str:
    here = lead_or_404(workspace_id, Permission.SEE_TREE)
    given = {name: request.args.get(name, "").strip() for name in GIVEN}
    found = _supposed(here, given) if given["deed"] else None
    telling = _telling(here, found) if found else None
    refusal = found.supposed.refusal if found else None
    return render_template(
        "what_if.html",
        here=here,
        given=given,
        choices=_choices(here),
        how=HOW,
        words=DEEDS,
        found=found,
        refused=MESSAGES[refusal] if refusal else None,
        told=telling.screens(found.rows, _events(found)) if telling and found else [],
        new=[telling.event(step.fact) for step in _new(found)[:NEW_MAX]] if telling and found else [],
        left=_left(telling, found.supposed.left_out) if telling and found else [],
    )


def _supposed(here: Here, given: dict[str, str]) -> WhatIf:
    deed = _one_of(Deed, given["deed"], NO_DEED)
    if not given["at"]:
        abort(400, "Say when: an instant such as 2026-11-21T14:05Z, a day, or a position of the timeline.")
    at = moment_of(given["at"], "at")
    now = services().past.at_instant(live(), present(), present())
    asked = {need: _needed(need, given, here) for need in NEEDS[deed]}
    place = asked.get(Needed.CHILD) or (_workspace(given["workspace"], here) if given["workspace"] else None)

    def supposition(copy: Copy) -> Supposition:
        workspace_id = place or here.workspace_id
        return Supposition(
            deed=deed,
            at=at.at,
            by=in_whose_name(copy.agency, deed, here.workspace_id, workspace_id),
            anchor_id=here.workspace_id,
            workspace_id=workspace_id,
            new_id=uuid5(here.workspace_id, "what if"),
            plan=asked.get(Needed.PLAN),
            person_id=asked.get(Needed.PERSON),
            role=asked.get(Needed.ROLE),
        )

    try:
        return what_if(services().noting, services().copy_of, reader_of(here), at, now, supposition)
    except Unknown:
        abort(400, NOT_THERE)
    except TooLong as error:
        abort(422, f"{str(error).capitalize()}, and nothing is supposed of one that long.")


def _needed(need: Needed, given: dict[str, str], here: Here) -> Any:
    if need is Needed.PLAN:
        plan = given["plan"]
        return plan if plan in PLANS and PLANS[plan].is_sold else abort(400, "Choose one of the plans.")
    if need is Needed.ROLE:
        return _one_of(Role, given["role"], "Choose one of the roles.")
    if need is Needed.CHILD:
        return _workspace(given["workspace"], here)
    person_id = _id(given["person"], "Choose one of the people.")
    # Of somebody who never was here, nobody here learns the name.
    return person_id if person_id in people_in(live(), g.tenants) else abort(404)


def _workspace(text: str, here: Here) -> UUID:
    """Of another agency's, the copy of this history knows nothing."""
    found = _id(text, "Choose one of the workspaces.")
    return found if found in g.tenants else abort(404)


def _id(text: str, otherwise: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        abort(400, otherwise)


def _one_of(kind: Any, text: str, otherwise: str) -> Any:
    return kind(text) if text in {one.value for one in kind} else abort(400, otherwise)


def _choices(here: Here) -> dict[str, list[tuple[str, str]]]:
    """What the form offers: those who are there now."""
    rows = DASHBOARD.of_tree(db(), here.row.tree_id) if here.row.tree_id else [here.row]
    texts = services().vault.texts([(row.workspace_id, row.name_digest) for row in rows])
    members = {one.person_id for row in rows for one in MEMBERS.in_workspace(db(), row.workspace_id)}
    people = services().vault.people(sorted(members))
    return {
        "deed": [(deed.value, words) for deed, words in DEEDS.items()],
        "plan": [(plan.name, plan.title) for plan in PLANS.values() if plan.is_sold],
        "workspace": [(str(row.workspace_id), texts[row.workspace_id, row.name_digest]) for row in rows],
        "person": sorted(((str(one), people[one].name) for one in members), key=lambda one: one[1]),
        "role": [(role.value, role.value) for role in Role],
    }


# Told.


def _telling(here: Here, found: WhatIf) -> Telling:
    told = [fact for facts in found.happened.values() for fact in facts]
    told += [one.fact for one in found.supposed.left_out]
    told += [step.fact for steps in found.would.values() for step in steps]
    told += [step.fact for step in _new(found)]
    return Telling(here, reader_of(here), found, more=told)


def _new(found: WhatIf) -> list[Step]:
    """What was never recorded in any form."""
    return [step for step in found.supposed.steps if step.origin is not Origin.RECORD]


def _events(found: WhatIf) -> Any:
    def events(number: int, field: FieldDiffers) -> Sequence[Told]:
        """What happened and what would have, each with the fact by which it is found in the timeline."""
        place = number, field.name
        most = EVENTS_MAX // 2
        happened = [("happened", fact, fact) for fact in found.happened[place][-most:]]
        would = [("would have", step.fact, step.of or step.fact) for step in found.would[place][-most:]]
        return [*happened, *would]

    return events


def _left(telling: Telling, left_out: Sequence[LeftOut]) -> list[Left]:
    found = []
    for why, several in groupby(sorted(left_out, key=why_words), key=why_words):
        those = sorted(several, key=lambda one: one.fact.event.timestamp)
        events = [
            (telling.event(one.fact), MESSAGES[one.refusal][0] if one.refusal else "")
            for one in those[:LEFT_OUT_MAX]
        ]
        found.append(Left(why=why, total=len(those), events=events))
    return found
