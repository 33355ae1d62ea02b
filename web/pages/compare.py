"""Compare: what differs on the screens of a workspace or a whole agency between two moments, and why?"""

from __future__ import annotations

from uuid import UUID

from flask import abort, g, render_template, request

from domain.moments import Moment
from domain.permissions import Permission
from projections.compared.comparing import Compared, compare
from projections.compared.told import Reader
from web.access import db, place_or_404, present
from web.pages.blueprint import pages
from web.pages.compared import Telling
from web.pages.here import Here, here_or_404
from web.pages.hidden_facts import hidden_from
from web.pages.looking_back import moment_of
from web.services import services

FROM, TO = "from", "to"
BACKWARDS = "The second moment lies before the first. Exchange the two, and nothing else has to change."


@pages.get("/w/<uuid:workspace_id>/compare")
def compare_moments(workspace_id: UUID) -> str:
    here = here_or_404(workspace_id, Permission.SEE_TIMELINE)
    given = {name: _given(name) for name in (FROM, TO)}
    before = moment_of(given[FROM], FROM) if given[FROM] else None
    after = moment_of(given[TO] or present().isoformat(), TO) if before else None
    if before is None or after is None:
        return render_template("compare.html", here=here, given=given, told=None)
    found = compared_of(here, before, after)
    telling = Telling(here, reader_of(here), found)
    return render_template(
        "compare.html",
        here=here,
        given=given,
        told=telling.screens(found.rows),
        before=before,
        after=after,
    )


def compared_of(here: Here, before: Moment, after: Moment) -> Compared:
    if after.lies_before(before):
        abort(400, BACKWARDS)
    return compare(services().noting, reader_of(here), before, after)


def reader_of(here: Here) -> Reader:
    """A child is compared alone, whoever asks; an anchor with all that it leads."""
    leads = here.leads and not here.is_child
    tenants = tuple(sorted(g.tenants)) if leads else (here.workspace_id,)
    hidden = hidden_from(place_or_404(here.workspace_id, Permission.SEE_TIMELINE), db())
    return Reader(workspace_id=here.workspace_id, tenants=tenants, leads=leads, hidden=hidden)


def _given(name: str) -> str:
    values = request.args.getlist(name)
    if len(values) > 1:
        abort(400, f"“{name}” is given more than once.")
    return values[0].strip() if values else ""
