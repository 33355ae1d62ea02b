"""The widgets of a workspace: on whose pages its agents meet people, and what to put there."""

from __future__ import annotations

from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from domain.origins import ORIGIN_MAX, ORIGINS_MAX, NoOrigin, origins_in
from domain.permissions import Permission
from projections.catalogue import DEPLOYMENTS
from projections.deployments import DeploymentRow
from web.access import because, db, followed, new_id, person
from web.pages.agents_here import CHOOSE_AGENT, agents_of
from web.pages.blueprint import pages
from web.pages.forms import Invalid, No, choice_of, done, id_among, name_of, shows_again
from web.pages.here import here_or_404
from web.services import services

TYPED_MAX = ORIGINS_MAX * (ORIGIN_MAX + 2)  # characters
STATES = ("enabled", "disabled")


@pages.get("/w/<uuid:workspace_id>/widgets")
def widgets(workspace_id: UUID, no: No | None = None, **_: UUID) -> ResponseReturnValue:
    here = here_or_404(workspace_id, Permission.SEE_DEPLOYMENT)
    rows = DEPLOYMENTS.in_workspace(db(), workspace_id)
    return render_template(
        "widgets.html",
        here=here,
        widgets=rows,
        names=services().vault.texts([(workspace_id, row.name_digest) for row in rows]),
        agents=agents_of(here),
        widgets_max=here.plan.limits.deployments_max,
        origins_max=ORIGINS_MAX,
        url=services().url,
        no=no,
    )


@pages.post("/w/<uuid:workspace_id>/widgets")
@shows_again(widgets)
def create_widget(workspace_id: UUID) -> ResponseReturnValue:
    here = here_or_404(workspace_id, Permission.DEPLOY)
    agent_id = id_among("agent", agents_of(here), CHOOSE_AGENT)
    name = name_of("name", "a name")
    origins = _origins()

    services().agency.create_widget(
        workspace_id,
        person(),
        new_id("widget"),
        agent_id=agent_id,
        name_digest=services().vault.keep_text(workspace_id, name),
        allowed_origins=origins,
        because=because(),
    )

    followed()
    text = f"“{name}” is deployed. Put the snippet below on your pages."
    return done(text, "pages.widgets", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/widgets/<uuid:deployment_id>")
@shows_again(widgets)
def change_widget(workspace_id: UUID, deployment_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.DEPLOY)
    widget_or_404(workspace_id, deployment_id)
    name = name_of("name", "a name")
    origins = _origins()

    services().agency.change_widget(
        workspace_id,
        person(),
        deployment_id,
        name_digest=services().vault.keep_text(workspace_id, name),
        allowed_origins=origins,
        because=because(),
    )

    followed()
    return done(f"“{name}” is saved.", "pages.widgets", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/widgets/<uuid:deployment_id>/state")
@shows_again(widgets)
def switch_widget(workspace_id: UUID, deployment_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.DEPLOY)
    widget_or_404(workspace_id, deployment_id)
    state = choice_of("state", STATES)

    agency = services().agency
    switch = agency.enable_widget if state == "enabled" else agency.disable_widget
    switch(workspace_id, person(), deployment_id, because=because())

    followed()
    return done(f"The widget is {state}.", "pages.widgets", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/widgets/<uuid:deployment_id>/remove")
@shows_again(widgets)
def remove_widget(workspace_id: UUID, deployment_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.DEPLOY)

    services().agency.remove_widget(workspace_id, person(), deployment_id, because=because())

    followed()
    text = "The widget is removed; its snippet shows nothing any more."
    return done(text, "pages.widgets", workspace_id=workspace_id)


def widget_or_404(workspace_id: UUID, deployment_id: UUID) -> DeploymentRow:
    rows = DEPLOYMENTS.in_workspace(db(), workspace_id)
    found = next((row for row in rows if row.deployment_id == deployment_id), None)
    return found or abort(404)


def _origins() -> tuple[str, ...]:
    """One on each line."""
    typed = request.form.get("origins", "")
    if len(typed) > TYPED_MAX:
        raise Invalid("origins", f"Please name at most {ORIGINS_MAX} origins, one on each line.")
    try:
        return origins_in(typed.splitlines())
    except NoOrigin as error:
        raise Invalid("origins", f"{error} Nothing was changed.") from None
