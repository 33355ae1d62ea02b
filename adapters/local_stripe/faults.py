"""What a network does to calls of the API, for as many calls as it is told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from flask import Response, request

from adapters.local_stripe.account import Account
from adapters.local_stripe.answers import Refusal
from adapters.local_stripe.store import Json

ERROR, BUSY, HANG, RESET, LOST_ANSWER = KINDS = ("error", "busy", "hang", "reset", "lost_answer")
METHODS = frozenset({"GET", "POST", "DELETE"})
COUNT_MAX = 1_000_000
SECONDS_MAX = 60
FAULTS_MAX = 100
IN_PROCESS = "adapters.local_stripe.in_process"  # of a request that no socket carries
# What is asked for, and what it is if it is not. `calls` None: every call, until the faults are cleared.
FAULT: Json = {"kind": None, "method": None, "path": "/v1/", "after": 0, "calls": 1, "seconds": 0}


def add(account: Account, /, **asked: Any) -> list[Json]:
    """`after` so many matching calls that nothing happens to, it strikes the next `calls` of them."""
    fault = {**FAULT, **asked}
    for name in asked:
        if name not in FAULT:
            raise Refusal(f"A fault has no {name}", param=name)
    wrong = [name for name, fits in _fits(fault).items() if not fits]
    faults = all_of(account)
    if wrong or len(faults) >= FAULTS_MAX:
        raise Refusal(f"Not a value for it: {', '.join(wrong) or 'one fault more'}", param="kind")
    account.store.set_setting("faults", [*faults, fault])
    return all_of(account)


def _fits(fault: Json) -> dict[str, bool]:
    def count(name: str, low: int, high: int) -> bool:
        return type(fault[name]) is int and low <= fault[name] <= high

    return {
        "kind": fault["kind"] in KINDS,
        "method": fault["method"] is None or fault["method"] in METHODS,
        "path": isinstance(fault["path"], str) and fault["path"].startswith("/v1/"),
        "after": count("after", 0, COUNT_MAX),
        "calls": fault["calls"] is None or count("calls", 1, COUNT_MAX),
        "seconds": count("seconds", 0, SECONDS_MAX),
    }


def clear(account: Account) -> None:
    account.store.set_setting("faults", [])


def all_of(account: Account) -> list[Json]:
    found: list[Json] = account.store.setting("faults", [])
    return found


def strike(account: Account, method: str, path: str) -> Json | None:
    """The first fault that is meant for this call, used up by one."""
    failing = account.knob("fail_next")
    if failing:
        knobs = account.store.setting("knobs")
        account.store.set_setting("knobs", {**knobs, "fail_next": failing - 1})
        return {**FAULT, "kind": ERROR}
    faults, struck = all_of(account), None
    for fault in faults:
        if not path.startswith(fault["path"]) or fault["method"] not in {None, method}:
            continue
        if fault["after"]:
            fault["after"] -= 1
        else:
            struck = dict(fault)
            fault["calls"] = None if fault["calls"] is None else fault["calls"] - 1
            break
    if faults:
        account.store.set_setting("faults", [fault for fault in faults if fault["calls"] != 0])
    return struck


def refuse(fault: Json) -> None:
    """Answers that are an answer."""
    if fault["kind"] == ERROR:
        raise Refusal("Something went wrong, as it was told to", status=500, kind="api_error")
    if fault["kind"] == BUSY:
        raise Refusal("Too many requests, as it was told to say", status=429, code="rate_limit")


class BrokenOff(ConnectionResetError):
    """No answer. `is_timeout`: the client was tired of waiting, or would have been."""

    def __init__(self, is_timeout: bool) -> None:
        super().__init__("the local Stripe broke off, as it was told to")
        self.is_timeout = is_timeout


class _Nothing:
    """Waits for a while where there is anybody to wait for, and then breaks the connection."""

    def __init__(self, seconds: int, is_timeout: bool) -> None:
        self._seconds = seconds
        self._is_timeout = is_timeout

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        threading.Event().wait(self._seconds)
        raise BrokenOff(self._is_timeout)


def broken_off(fault: Json) -> Response:
    seconds = 0 if request.environ.get(IN_PROCESS) else fault["seconds"]
    return Response(_Nothing(seconds, fault["kind"] == HANG or fault["seconds"] > 0))
