"""The API: who asks is checked, what was asked before is answered as before, no is said as Stripe does."""

from __future__ import annotations

import hashlib
import json
from functools import partial

from flask import Flask, Response, request

from adapters.local_stripe import faults
from adapters.local_stripe.account import API_VERSION, NOBODY, Account
from adapters.local_stripe.answers import Refusal
from adapters.local_stripe.endpoints import ENDPOINTS, Endpoint
from adapters.local_stripe.params import checked, decoded
from adapters.local_stripe.schedule import catch_up
from adapters.local_stripe.store import Json

KEY_LENGTH_MAX = 255
KEY_SECONDS = 86_400


def add_api(app: Flask, account: Account) -> None:
    for endpoint in ENDPOINTS:
        app.add_url_rule(
            endpoint.path,
            endpoint=f"{endpoint.method} {endpoint.path}",
            view_func=partial(_answer, account, endpoint),
            methods=[endpoint.method],
        )
    app.register_error_handler(404, _unknown_url)
    app.register_error_handler(405, _unknown_url)


def _answer(account: Account, endpoint: Endpoint, **path: str) -> Response:
    with account.store.transaction():
        request_id = f"req_{account.store.count_up('requests'):08d}"
        fault: Json | None = None
        try:
            _must_be_ours()
            fault = faults.strike(account, request.method, request.path)
            if fault is not None:
                faults.refuse(fault)
            if fault is None or fault["kind"] == faults.LOST_ANSWER:
                catch_up(account)
                response = _once(account, endpoint, path, request_id)
        except Refusal as refusal:
            response = _refused(refusal)
        if fault is not None and fault["kind"] in {faults.HANG, faults.RESET, faults.LOST_ANSWER}:
            response = faults.broken_off(fault)
        response.headers["Request-Id"] = request_id
        response.headers["Stripe-Version"] = API_VERSION
        return response


def _must_be_ours() -> None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not key.startswith("sk_test_"):
        raise Refusal("Invalid API Key provided", status=401)
    version = request.headers.get("Stripe-Version")
    if version != API_VERSION:
        raise Refusal(f"The local Stripe speaks {API_VERSION} and was asked for {version}")


def _once(account: Account, endpoint: Endpoint, path: dict[str, str], request_id: str) -> Response:
    encoded = request.query_string.decode() if endpoint.method != "POST" else request.get_data(as_text=True)
    key = request.headers.get("Idempotency-Key") if endpoint.method == "POST" else None
    if key is not None and len(key) > KEY_LENGTH_MAX:
        raise Refusal(f"Idempotency-Key is longer than {KEY_LENGTH_MAX} characters")
    asked = hashlib.sha256(f"{request.method} {request.path}\n{encoded}".encode()).hexdigest()
    before = _answered_before(account, key, asked)
    if before is not None:
        return before
    params = checked(endpoint.shape, decoded(encoded))  # what is malformed does not use up the key
    account.request = {"id": request_id, "idempotency_key": key}
    try:
        with account.acting():
            expand = frozenset(params.get("expand", ()))
            response = _json(account.shown(endpoint.answer(account, params, **path), expand))
    except Refusal as refusal:
        response = _refused(refusal)
    finally:
        account.request = NOBODY
    if key is not None:
        _remember(account, key, asked, response)
    return response


def _answered_before(account: Account, key: str | None, asked: str) -> Response | None:
    oldest = account.now() - KEY_SECONDS
    found = account.store.rows(
        "SELECT asked, status, body FROM answers WHERE key = ? AND created > ?", key, oldest
    )
    if not found:
        return None
    asked_then, status, body = found[0]
    if asked_then != asked:
        raise Refusal(
            f"Keys for idempotent requests can only be used with the same parameters they were first used"
            f" with. Try using a key other than '{key}' if you meant to execute a different request.",
            kind="idempotency_error",
        )
    response = Response(body, status=status, mimetype="application/json")
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _remember(account: Account, key: str, asked: str, response: Response) -> None:
    account.store.write(
        "INSERT OR REPLACE INTO answers (key, asked, status, body, created) VALUES (?, ?, ?, ?, ?)",
        key,
        asked,
        response.status_code,
        response.get_data(as_text=True),
        account.now(),
    )


def _refused(refusal: Refusal) -> Response:
    return _json({"error": refusal.error}, refusal.status)


def _json(body: Json, status: int = 200) -> Response:
    return Response(json.dumps(body, indent=2), status=status, mimetype="application/json")


def _unknown_url(_: Exception) -> Response:
    if not request.path.startswith("/v1/"):
        return Response("There is nothing here.\n", status=404, mimetype="text/plain")
    return _refused(Refusal(f"Unrecognized request URL ({request.method}: {request.path}).", status=404))
