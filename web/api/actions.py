"""What a program may do with the actions of its workspace; what they send it is never told."""

from __future__ import annotations

from uuid import UUID

import msgspec
from flask import Response, abort

from domain.action import Asked, Phase
from domain.addresses import NotOutward, outward_url_in
from domain.headers import Header, NoHeader
from domain.headers import headers_of as headers_in
from domain.permissions import Permission
from domain.plans import PLANS
from web.access import followed
from web.actions import ActionSeen, headers_of, kept, only_used, seen
from web.api.blueprint import api
from web.api.deployed_told import ActionAnswer, ActionBody, ActionChangeBody, ActionsAnswer
from web.api.gates import manager_of_key, reader_of_key
from web.api.knowledge_told import DoneAnswer
from web.api.managing import body_of, conflict, line_in, made_id, said
from web.api.query import invalid
from web.services import services

SEE, CHANGE = Permission.SEE_ACTIONS, Permission.EDIT_ACTIONS
ACTION = "/actions/<uuid:action_id>"


@api.get("/actions")
def actions() -> Response:
    """The actions of the key's workspace, in the order in which they are carried out."""
    row = reader_of_key(SEE)
    found = [_told(one) for one in seen(row.workspace_id)]
    return said(ActionsAnswer(actions=found, actions_max=PLANS[row.plan].limits.actions_max))


@api.get(ACTION)
def action(action_id: UUID) -> Response:
    """One action of the key's workspace."""
    return said(_told(_one(reader_of_key(SEE).workspace_id, action_id)))


@api.post("/actions")
def create_action() -> Response:
    """Add an action, once for an idempotency key."""
    who, row = manager_of_key(CHANGE)
    body, action_id = body_of(ActionBody), made_id(row.workspace_id, "action")
    name, url, sent = line_in("name", body.name), _url(body.url), _headers(body.headers, [])
    asked = kept(
        row.workspace_id,
        name=name,
        phase=body.phase,
        method=body.method,
        url=url,
        sent=sent,
        timeout_seconds=body.timeout_seconds,
    )

    with only_used(row.workspace_id, asked.headers_digest):
        made = services().agency.create_action(
            row.workspace_id, None, action_id, asked, because=who.because()
        )

    followed()
    there = _found(row.workspace_id, action_id)
    if made != asked or there is None:
        raise conflict()
    return said(_told(there), 201)


@api.patch(ACTION)
def change_action(action_id: UUID) -> Response:
    """Change what an action is, or switch it on or off."""
    who, row = manager_of_key(CHANGE)
    body = body_of(ActionChangeBody)
    before = _one(row.workspace_id, action_id)
    asked = _changed(before, body)

    agency = services().agency
    with only_used(row.workspace_id, before.row.headers_digest, asked.headers_digest):
        if body.enabled is not msgspec.UNSET:
            switch = agency.enable_action if body.enabled else agency.disable_action
            switch(row.workspace_id, None, action_id, because=who.because())
        agency.change_action(row.workspace_id, None, action_id, asked, because=who.because())

    followed()
    return said(_told(_one(row.workspace_id, action_id)))


@api.delete(ACTION)
def delete_action(action_id: UUID) -> Response:
    """Delete an action. To ask twice is not an error."""
    who, row = manager_of_key(CHANGE)
    before = _found(row.workspace_id, action_id)

    with only_used(row.workspace_id, before.row.headers_digest if before else None):
        services().agency.delete_action(row.workspace_id, None, action_id, because=who.because())

    followed()
    return said(DoneAnswer(done=True))


def _changed(before: ActionSeen, body: ActionChangeBody) -> Asked:
    """What is left out stays as it is."""
    row, unset = before.row, msgspec.UNSET
    there = headers_of(row)
    return kept(
        row.workspace_id,
        name=before.name if body.name is unset else line_in("name", body.name),
        phase=Phase(row.phase) if body.phase is unset else body.phase,
        method=row.method if body.method is unset else body.method,
        url=before.url if body.url is unset else _url(body.url),
        sent=there if body.headers is unset else _headers(body.headers, there),
        timeout_seconds=row.timeout_seconds if body.timeout_seconds is unset else body.timeout_seconds,
    )


def _url(text: str) -> str:
    try:
        return outward_url_in(text)
    except NotOutward as error:
        raise invalid("url", str(error), "Such as https://api.example.com/bookings.") from None


def _headers(given: dict[str, str | None], there: list[Header]) -> list[Header]:
    try:
        return headers_in([(name, value or "") for name, value in given.items()], there)
    except NoHeader as error:
        raise invalid("headers", str(error), 'Such as {"Authorization": "Bearer abc"}.') from None


def _found(workspace_id: UUID, action_id: UUID) -> ActionSeen | None:
    return next((one for one in seen(workspace_id) if one.row.action_id == action_id), None)


def _one(workspace_id: UUID, action_id: UUID) -> ActionSeen:
    return _found(workspace_id, action_id) or abort(404)


def _told(one: ActionSeen) -> ActionAnswer:
    row = one.row
    return ActionAnswer(
        action_id=row.action_id,
        name=one.name,
        phase=Phase(row.phase),
        method=row.method,
        server=one.server,
        header_names=one.header_names,
        timeout_seconds=row.timeout_seconds,
        enabled=row.enabled,
        created_at=row.created_at,
    )
