"""What Stripe has not got: its clock and its network in our hands, for demos and tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, request

from adapters.local_stripe import faults
from adapters.local_stripe.answers import Refusal
from adapters.local_stripe.knobs import fits
from adapters.local_stripe.store import Json

if TYPE_CHECKING:
    from adapters.local_stripe.engine import LocalStripe

LEAP_MAX = timedelta(days=3_660)


def controls(engine: LocalStripe) -> Blueprint:
    local = Blueprint("local", __name__, url_prefix="/_local")
    local.register_error_handler(Refusal, _refused)
    local.add_url_rule("/clock", "clock", partial(_clock, engine), methods=["GET"])
    local.add_url_rule("/advance", "advance", partial(_advance, engine), methods=["POST"])
    local.add_url_rule("/knobs", "knobs", partial(_knobs, engine), methods=["GET"])
    local.add_url_rule("/knobs", "turn", partial(_turn, engine), methods=["POST"])
    local.add_url_rule("/faults", "faults", partial(_faults, engine), methods=["GET"])
    local.add_url_rule("/faults", "break", partial(_break, engine), methods=["POST"])
    local.add_url_rule("/faults", "mend", partial(_mend, engine), methods=["DELETE"])
    local.add_url_rule("/do", "do", partial(_do, engine), methods=["POST"])
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
        if not fits(name, value):
            raise Refusal(f"No such knob, or not a value for it: {name}", param=name)
    engine.turn_knobs(**asked)
    return _knobs(engine)


def _faults(engine: LocalStripe) -> Response:
    with engine.store.transaction():
        return jsonify(faults.all_of(engine.account))


def _break(engine: LocalStripe) -> Response:
    with engine.store.transaction():
        return jsonify(faults.add(engine.account, **_asked()))


def _mend(engine: LocalStripe) -> Response:
    engine.mend_calls()
    return _faults(engine)


def _do(engine: LocalStripe) -> Response:
    """{"deed": …, "id": …} and what that deed takes."""
    asked = _asked()
    if not all(isinstance(value, str) for value in asked.values()) or not {"deed", "id"} <= asked.keys():
        raise Refusal("Pass a deed, an id, and what the deed takes, all of them texts")
    engine.do(asked.pop("deed"), asked.pop("id"), **asked)
    return jsonify({"done": True})


def _asked() -> Json:
    """Only JSON, which no form of another site can send."""
    asked = request.get_json(silent=True) if request.is_json else None
    if not isinstance(asked, dict):
        raise Refusal("Pass a JSON object")
    return asked
