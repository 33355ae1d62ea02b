"""What a program may do with the widgets of its workspace."""

from __future__ import annotations

from uuid import UUID

import msgspec
from flask import Response, abort

from domain.deployment import Widget
from domain.origins import NoOrigin, origins_in
from domain.permissions import Permission
from domain.plans import PLANS
from domain.refusals import Unknown
from projections.catalogue import DEPLOYMENTS
from projections.deployments import DeploymentRow
from web.access import db, followed
from web.api.blueprint import api
from web.api.deployed_told import WidgetAnswer, WidgetBody, WidgetChangeBody, WidgetsAnswer
from web.api.gates import manager_of_key, reader_of_key
from web.api.knowledge_told import DoneAnswer
from web.api.managing import body_of, conflict, line_in, made_id, no_such_agent, said
from web.api.query import invalid
from web.services import services

SEE, CHANGE = Permission.SEE_DEPLOYMENT, Permission.DEPLOY
WIDGET = "/widgets/<uuid:deployment_id>"


@api.get("/widgets")
def widgets() -> Response:
    """The widgets of the key's workspace."""
    row = reader_of_key(SEE)
    found = DEPLOYMENTS.in_workspace(db(), row.workspace_id)
    widgets_max = PLANS[row.plan].limits.deployments_max
    return said(WidgetsAnswer(widgets=[_told(one) for one in found], widgets_max=widgets_max))


@api.get(WIDGET)
def widget(deployment_id: UUID) -> Response:
    """One widget of the key's workspace."""
    return said(_told(_one(reader_of_key(SEE).workspace_id, deployment_id)))


@api.post("/widgets")
def create_widget() -> Response:
    """Deploy a widget, once for an idempotency key."""
    who, row = manager_of_key(CHANGE)
    body, deployment_id = body_of(WidgetBody), made_id(row.workspace_id, "widget")
    name, origins = line_in("name", body.name), _origins(body.allowed_origins)
    wanted = Widget(
        agent_id=body.agent_id,
        name_digest=services().vault.keep_text(row.workspace_id, name),
        allowed_origins=origins,
    )

    try:
        made = services().agency.create_widget(
            row.workspace_id,
            None,
            deployment_id,
            agent_id=wanted.agent_id,
            name_digest=wanted.name_digest,
            allowed_origins=wanted.allowed_origins,
            because=who.because(),
        )
    except Unknown:
        raise no_such_agent() from None

    followed()
    there = _found(row.workspace_id, deployment_id)
    if made != wanted or there is None:
        raise conflict()
    return said(_told(there), 201)


@api.patch(WIDGET)
def change_widget(deployment_id: UUID) -> Response:
    """Change a widget's name or origins, or switch it on or off."""
    who, row = manager_of_key(CHANGE)
    body = body_of(WidgetChangeBody)
    before = _one(row.workspace_id, deployment_id)
    of_widget = (row.workspace_id, None, deployment_id)
    agency, vault = services().agency, services().vault
    digest, origins = before.name_digest, tuple(before.allowed_origins)
    if body.allowed_origins is not msgspec.UNSET:
        origins = _origins(body.allowed_origins)
    if body.name is not msgspec.UNSET:
        digest = vault.keep_text(row.workspace_id, line_in("name", body.name))

    if body.enabled is not msgspec.UNSET:
        switch = agency.enable_widget if body.enabled else agency.disable_widget
        switch(*of_widget, because=who.because())
    agency.change_widget(*of_widget, name_digest=digest, allowed_origins=origins, because=who.because())

    followed()
    return said(_told(_one(row.workspace_id, deployment_id)))


@api.delete(WIDGET)
def remove_widget(deployment_id: UUID) -> Response:
    """Remove a widget: its snippet shows nothing any more. To ask twice is not an error."""
    who, row = manager_of_key(CHANGE)

    services().agency.remove_widget(row.workspace_id, None, deployment_id, because=who.because())

    followed()
    return said(DoneAnswer(done=True))


def _origins(texts: list[str]) -> tuple[str, ...]:
    try:
        return origins_in(texts)
    except NoOrigin as error:
        raise invalid("allowed_origins", str(error), "Such as https://www.example.com.") from None


def _found(workspace_id: UUID, deployment_id: UUID) -> DeploymentRow | None:
    rows = DEPLOYMENTS.in_workspace(db(), workspace_id)
    return next((one for one in rows if one.deployment_id == deployment_id), None)


def _one(workspace_id: UUID, deployment_id: UUID) -> DeploymentRow:
    return _found(workspace_id, deployment_id) or abort(404)


def _told(row: DeploymentRow) -> WidgetAnswer:
    return WidgetAnswer(
        deployment_id=row.deployment_id,
        agent_id=row.agent_id,
        name=services().vault.text(row.workspace_id, row.name_digest),
        allowed_origins=row.allowed_origins,
        state=row.state,  # type: ignore[arg-type]
        created_at=row.created_at,
    )
