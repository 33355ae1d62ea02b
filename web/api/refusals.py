"""How the API says no: each status, the codes it comes with and the headers beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from domain.api_keys import REQUESTS_PER_SECOND_MAX
from domain.refusals import MESSAGES, Refusal
from domain.task_types import BASELINE_SECONDS
from web.api.known_keys import INVALID, MISSING
from web.errors import CODES, HINTS

SECONDS = {"type": "integer", "minimum": 0}
HEADERS: dict[str, dict[str, Any]] = {
    "RateLimit-Limit": {
        "description": "How many requests the key may make in one second.",
        "schema": SECONDS,
    },
    "RateLimit-Remaining": {"description": "How many of them are left.", "schema": SECONDS},
    "RateLimit-Reset": {
        "description": "In how many seconds it may make all of them again.",
        "schema": SECONDS,
    },
    "Retry-After": {
        "description": "In how many seconds it is worth trying again.",
        "schema": SECONDS,
    },
    "X-Quota-Resets-At": {
        "description": "When the quota of the plan is full again; only with quota_exceeded.",
        "schema": {"type": "string", "format": "date-time"},
    },
    "WWW-Authenticate": {
        "description": "How to say who asks.",
        "schema": {"type": "string", "const": "Bearer"},
        "required": True,
    },
    "Allow": {"description": "What this address takes.", "schema": {"type": "string"}, "required": True},
}
RATE = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


@dataclass(frozen=True, kw_only=True)
class Told:
    """One code, as an example of its answer."""

    message: str
    hint: str = ""
    field: str | None = None


@dataclass(frozen=True, kw_only=True)
class No:
    """One status."""

    why: str
    codes: dict[str, Told]
    headers: tuple[str, ...] = field(default=())


def _by_status(status: int, message: str) -> dict[str, Told]:
    return {CODES[status]: Told(message=message, hint=HINTS.get(status, ""))}


def _refused(*refusals: Refusal) -> dict[str, Told]:
    """What the domain says no with, as it says it."""
    return {one.value: Told(message=MESSAGES[one][0], hint=MESSAGES[one][1]) for one in refusals}


NOS: dict[int, No] = {
    400: No(why="The request cannot be read at all.", codes=_by_status(400, "The request cannot be read.")),
    401: No(
        why="No API key was sent, or it is not one of ours any more.",
        codes={
            "missing_authorization": Told(message="No API key was sent.", hint=MISSING),
            "invalid_api_key": Told(message="This is not an API key of ours.", hint=INVALID),
            "key_revoked": Told(message="This API key was revoked.", hint=INVALID),
        },
        headers=("WWW-Authenticate",),
    ),
    403: No(
        why="The key is genuine and may not do this.",
        codes={
            "scope_missing": Told(message="This API key lacks the scope 'track'.", hint=INVALID),
            "live_key_needed": Told(
                message="A test key changes nothing.", hint="Make a live key with the scope 'manage'."
            ),
            "view_only": Told(
                message="The agency lets this workspace look at this, and not change it.",
                hint="Ask the agency, which sets what its clients may change.",
            ),
            **_refused(Refusal.CALLS_NOT_IN_PLAN, Refusal.CUSTOMER_SUSPENDED),
        },
        headers=RATE,
    ),
    402: No(
        why="The agency has no credits for it.",
        codes=_refused(Refusal.INSUFFICIENT_CREDITS, Refusal.CREDITS_FROZEN),
        headers=RATE,
    ),
    404: No(
        why="There is nothing here for this key.",
        codes=_by_status(404, "There is nothing here."),
        headers=RATE,
    ),
    405: No(
        why="The address takes other methods.",
        codes={CODES[405]: Told(message="The method is not allowed.", hint="This address takes POST.")},
        headers=("Allow",),
    ),
    409: No(
        why="It does not fit what is there already.",
        codes={
            "customer_exists": Told(
                message="This workspace has a customer already.",
                hint="Leave out workspace_id.",
                field="workspace_id",
            ),
            "idempotency_conflict": Told(
                message="This idempotency key was used for another event.",
                hint="Use a new key for a new event; the first one is kept.",
                field="Idempotency-Key",
            ),
            **_refused(
                Refusal.LIMIT_REACHED,
                Refusal.KNOWLEDGE_IN_USE,
                Refusal.NUMBER_TAKEN,
                Refusal.CHANGED_MEANWHILE,
            ),
            "call_is_over": Told(
                message="This call ended before, in another way.", hint="What was told first is kept."
            ),
        },
        headers=RATE,
    ),
    413: No(
        why="The body is larger than 2 MiB, packed or unpacked.",
        codes=_by_status(413, "The data value transmitted exceeds the capacity limit."),
    ),
    415: No(
        why="The body does not say that it is JSON.",
        codes=_by_status(415, "The body does not say that it is JSON."),
    ),
    422: No(
        why="Something in the request is wrong; the field is named, and nothing was recorded.",
        codes={
            "validation_error": Told(
                message="Object missing required field `outcome`",
                hint="See the field; unknown fields are refused so that none is lost silently.",
                field="outcome",
            ),
            "unknown_task_type": Told(
                message="There is no such task type.",
                hint=f"Send one of: {', '.join(BASELINE_SECONDS)}.",
                field="task_type",
            ),
            "occurred_at_out_of_range": Told(
                message="occurred_at is more than 90 days old or more than 24 hours ahead.",
                hint="Leave it out for an event that happens now.",
                field="occurred_at",
            ),
            "started_at_out_of_range": Told(
                message="started_at is more than 90 days old or more than 24 hours ahead.",
                hint="Send when the call began.",
                field="started_at",
            ),
            "unknown_agent": Told(
                message="This workspace has no such agent.",
                hint="GET /api/v1/agents lists them.",
                field="agent_id",
            ),
        },
        headers=RATE,
    ),
    429: No(
        why="Too much for now: of requests in a moment, or of events in a cycle. Nothing was recorded.",
        codes={
            "quota_exceeded": Told(
                message="The workspace has used all events of its plan in this cycle; "
                "this one was not recorded.",
                hint="The quota is full again at 2026-04-01T00:00:00+00:00. A paid plan never stops.",
            ),
            **_refused(Refusal.BUDGET_EXCEEDED),
            "rate_limited": Told(
                message=f"This API key has made its {REQUESTS_PER_SECOND_MAX} requests of this second.",
                hint="Wait as long as Retry-After says. Up to 1,000 events go into one request to "
                "/api/v1/track/batch.",
            ),
        },
        headers=("Retry-After", "X-Quota-Resets-At", *RATE),
    ),
    500: No(
        why="A fault on our side.",
        codes={
            "internal": Told(
                message="Something went wrong on our side.",
                hint="Tell support the request id 6f1c0a3e-5d5b-4f0e-9a53-0d7e6d0c7a11.",
            )
        },
    ),
    503: No(
        why="Not now; the same request, sent again in a moment, may work and counts once.",
        codes=_by_status(503, "The database did not answer in time."),
        headers=("Retry-After",),
    ),
}
