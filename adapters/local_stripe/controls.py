"""What Stripe has not got: its clock and its network in our hands, for demos and tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from adapters.local_stripe.answers import Refusal
from adapters.local_stripe.store import Json

if TYPE_CHECKING:
    from adapters.local_stripe.engine import LocalStripe

LEAP_MAX = timedelta(days=3_660)
COUNT_MAX = 1_000_000
KNOBS: dict[str, type] = {
    "late_seconds": int,  # every notice leaves this much later
    "twice": bool,  # every notice is sent twice
    "shuffle": bool,  # notices leave in no order
    "lose_every": int,  # every so many sendings, one never arrives
    "tamper_every": int,  # every so many sendings, one arrives altered
    "fail_next": int,  # so many calls of the API answer 500
}


def controls(engine: LocalStripe) -> Blueprint:
    local = Blueprint("local", __name__, url_prefix="/_local")
    local.register_error_handler(Refusal, _refused)
    local.add_url_rule("/clock", "clock", partial(_clock, engine), methods=["GET"])
    local.add_url_rule("/advance", "advance", partial(_advance, engine), methods=["POST"])
    local.add_url_rule("/knobs", "knobs", partial(_knobs, engine), methods=["GET"])
    local.add_url_rule("/knobs", "turn", partial(_turn, engine), methods=["POST"])
    return local


def _refused(refusal: Refusal) -> tuple[Response, int]:
    return jsonify({"error": refusal.error}), refusal.status


def _clock(engine: LocalStripe) -> Response:
    return jsonify({"now": engine.now().isoformat()})


def _advance(engine: LocalStripe) -> tuple[Response, int]:
    match _asked():
        case {"to": str(text), **rest} if not rest:
            to = _instant(text)
        case {"seconds": int(seconds), **rest} if not rest and 0 <= seconds <= LEAP_MAX.total_seconds():
            to = engine.now() + timedelta(seconds=seconds)
        case _:
            raise Refusal('Pass either {"to": an instant} or {"seconds": a number from 0}')
    if not engine.now() <= to <= engine.now() + LEAP_MAX:
        raise Refusal(f"The clock goes forward only, by {LEAP_MAX.days} days at most")
    if not engine.leap(to):
        return jsonify({"now": engine.now().isoformat(), "leaping_to": to.isoformat()}), 202
    return _clock(engine), 200


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(f"Not an instant: {text}") from error
    if at.tzinfo is None:
        raise Refusal(f"An instant needs a time zone: {text}")
    return at


def _knobs(engine: LocalStripe) -> Response:
    return jsonify(engine.knobs())


def _turn(engine: LocalStripe) -> Response:
    asked = _asked()
    for name, value in asked.items():
        if not _fits(name, value):
            raise Refusal(f"No such knob, or not a value for it: {name}", param=name)
    engine.turn_knobs(**asked)
    return _knobs(engine)


def _fits(name: str, value: Any) -> bool:
    of_its_kind = type(value) is KNOBS.get(name)
    return of_its_kind and bool(0 <= value <= COUNT_MAX)


def _asked() -> Json:
    """Only JSON, which no form of another site can send."""
    asked = request.get_json(silent=True) if request.is_json else None
    if not isinstance(asked, dict):
        raise Refusal("Pass a JSON object")
    return asked
