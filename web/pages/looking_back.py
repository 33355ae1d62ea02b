"""Looking back: as of which moment does an address ask for its page, and where do the steps from there lead?

    ?as_of=4711              after the fact at this position of the agency log
    ?as_of=4711.90210        and after exactly this one of the log of usage
    ?as_of=2026-11-21T14:05Z when the clock showed this

It is asked after the gate, which lets in by the rights of today.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import urlencode

from flask import abort, g, redirect, request
from flask.typing import ResponseReturnValue

from domain.instants import instant_in
from domain.moments import Moment, NoSuchMoment, place_in
from domain.permissions import Permission, may
from web.access import live, look_back, looking_back, place_or_404, present
from web.pages.blueprint import pages
from web.pages.steps import Steps, place_of_step, steps_of
from web.services import services
from web.texts import number_in

AS_OF, STEP = "as_of", "step"
SHOWING = frozenset(
    {
        "pages.overview",
        "pages.agents",
        "pages.agent",
        "pages.prompts",
        "pages.workspaces",
        "pages.customers",
        "pages.calls",
        "pages.call",
        "pages.members",
        "pages.billing",
        "pages.next_invoice_page",
        "pages.pool_usage",
        "pages.invoices",
        "pages.invoice",
        "pages.budgets",
        "pages.calls_overview",
        "pages.credits_used",
        "pages.invoicing",
        "pages.knowledge",
        "pages.knowledge_base",
        "pages.document",
        "pages.numbers",
        "pages.credits",
        "pages.credit_history",
        "pages.widgets",
        "pages.actions",
    }
)

NO_MOMENT = "“{name}” is a position such as 4711, or an instant such as 2026-11-21T14:05Z, and given once."
OR_PRESENT = " Without “as_of” the page shows the present."
NO_PAST = "This page shows the present only, and nothing was done. Leave out “as_of”, or use it elsewhere."
NO_STEP = "There is no such step. Choose one with the slider, or leave out “step”."


@pages.before_request
def _look_back() -> ResponseReturnValue | None:
    asked = [name for name in (AS_OF, STEP) if name in request.args]
    if not asked or "workspace_id" not in (request.view_args or {}):
        return None
    if request.endpoint not in SHOWING:
        return abort(400, NO_PAST) if AS_OF in asked else None
    place = place_or_404(request.view_args["workspace_id"], Permission.SEE_TIMELINE)  # type: ignore[index]
    if STEP in asked:
        return _to_step(place.workspace_id)
    if len(request.args.getlist(AS_OF)) > 1:
        _no(NO_MOMENT.format(name=AS_OF), AS_OF)
    look_back(moment_of(request.args[AS_OF].strip()))
    g.as_of = request.args[AS_OF].strip()
    return None


def moment_of(text: str, name: str = AS_OF) -> Moment:
    """What stands in an address under this name."""
    past = services().past
    try:
        if place := place_in(text):
            moment: Moment = past.at_place(live(), *place)
        else:
            moment = past.at_instant(live(), _instant(text, name), present())
    except NoSuchMoment as error:
        said = str(error)
        _no(f"{said[:1].upper()}{said[1:]}. Choose another moment.", name)
    return moment


def _instant(text: str, name: str) -> datetime:
    try:
        return instant_in(text)
    except ValueError:
        _no(NO_MOMENT.format(name=name), name)


def _no(said: str, name: str) -> NoReturn:
    abort(400, said + OR_PRESENT if name == AS_OF else said)


def _to_step(workspace_id: Any) -> ResponseReturnValue:
    """The slider without a script: its number becomes the place of that step."""
    step = number_in(request.args[STEP])
    place = place_of_step(workspace_id, step) if step is not None else None
    if place is None:
        abort(400, NO_STEP)
    rest = {name: one for name, one in request.args.items() if name not in (AS_OF, STEP)}
    return redirect(f"{request.path}?{urlencode({**rest, AS_OF: place})}", code=303)


@pages.app_url_defaults
def _keep_the_moment(endpoint: str, values: dict[str, Any]) -> None:
    """Links from the past lead to the past, where there is one."""
    if looking_back() is not None and endpoint in SHOWING:
        values.setdefault(AS_OF, g.as_of)


@pages.app_context_processor
def _for_the_top() -> dict[str, Any]:
    return {"steps_of_page": steps_of_page, "may_look_back": may_look_back, "just_now": just_now}


def steps_of_page() -> Steps | None:
    """Where one is among the events of what the page is about; None of a page of the present."""
    moment = looking_back()
    return steps_of(request.view_args["workspace_id"], moment) if moment and request.view_args else None


def may_look_back(here: Any) -> bool:
    """Whether this page can be shown to the one who asks as it was."""
    return here is not None and request.endpoint in SHOWING and may(here.standings, Permission.SEE_TIMELINE)


def just_now() -> str:
    """Where looking back begins: with the event that has happened last."""
    return present().isoformat().replace("+00:00", "Z")
