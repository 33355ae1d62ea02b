"""What a key may know of the past: the screens of its workspace, and of the tree if it is the anchor's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from flask import Response, abort, jsonify

from domain.moments import Moment, NoSuchMoment, place_in
from projections.catalogue import DASHBOARD
from projections.screens import Screen, shown
from web.access import db, live, look_back, present
from web.api.blueprint import api
from web.api.gates import workspace_of_key
from web.api.query import instant_of, invalid, parameters
from web.services import services

OF_PEOPLE = frozenset({"invited_by"})  # who may have been of an agency that the key never spoke for
NOT_A_CLIENTS = OF_PEOPLE | {"tree_id", "parent_id", "pool_id"}  # it never hears of the anchor


@api.get("/audit/as-of")
def as_of() -> Response:
    """A screen of the key's workspace as it was at an instant, or after a position of the agency log. What
    may be asked is decided by the rights of today; a key is never told of an anchor above its workspace, also
    where there is none any more."""
    row = workspace_of_key()
    given = parameters("screen", "at", "position")
    screen = _screen(given.get("screen", Screen.OVERVIEW.value))
    moment = _moment(given)
    look_back(moment)
    leads = row.parent_id is None
    found = shown(db(), screen, row.workspace_id, moment.at, leads=leads) or abort(404)
    then = DASHBOARD.in_workspace(db(), row.workspace_id)
    hidden = OF_PEOPLE if leads and then is not None and then.parent_id is None else NOT_A_CLIENTS
    return jsonify(
        workspace_id=str(row.workspace_id),
        screen=screen.value,
        position=moment.position,
        metering_position=moment.counted,
        at=moment.at.isoformat(),
        shown=_without(msgspec.to_builtins(found), hidden),
    )


def _screen(text: str) -> Screen:
    try:
        return Screen(text)
    except ValueError:
        listed = ", ".join(Screen)
        raise invalid("screen", f"`screen` is one of {listed}.", "The default is overview.") from None


def _moment(given: dict[str, str]) -> Moment:
    """Without any, now."""
    if {"at", "position"} <= given.keys():
        raise invalid("at", "`at` and `position` name two moments.", "Give one of them.")
    if "position" not in given:
        return _at_instant("at", given.get("at"))
    if place := place_in(given["position"]):
        return _at_place("position", place)
    hint = "Write 4711, or 4711.90210 for exactly that position of the log of usage."
    raise invalid("position", "`position` is no position of a log.", hint)


def moment_given(field: str, text: str | None) -> Moment:
    """An instant or a position in one parameter; without it, now."""
    if text is not None and (place := place_in(text)):
        return _at_place(field, place)
    return _at_instant(field, text)


def _at_instant(field: str, text: str | None) -> Moment:
    at = instant_of(field, text) if text is not None else present()
    return _asked(field, lambda: services().past.at_instant(live(), at, present()))


def _at_place(field: str, place: tuple[int, int | None]) -> Moment:
    return _asked(field, lambda: services().past.at_place(live(), *place))


def _asked(field: str, ask: Callable[[], Moment]) -> Moment:
    try:
        return ask()
    except NoSuchMoment as error:
        raise invalid(field, f"There is nothing to show: {error}.", "Ask for another moment.") from error


def _without(told: Any, hidden: frozenset[str]) -> Any:
    if isinstance(told, list):
        return [_without(one, hidden) for one in told]
    if isinstance(told, dict):
        return {name: _without(one, hidden) for name, one in told.items() if name not in hidden}
    return told
