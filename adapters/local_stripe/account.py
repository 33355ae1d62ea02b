"""One Stripe account as the stand-in holds it: its objects, its clock, and what it has to tell us."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.local_stripe.answers import Refusal, missing_object
from adapters.local_stripe.knobs import KNOBS
from adapters.local_stripe.showing import shown
from adapters.local_stripe.store import Json, Store

API_VERSION = "2026-10-28.endive"
BILLED_STATUSES = frozenset({"active", "past_due", "trialing"})
RENEWED_STATUSES = BILLED_STATUSES | {"unpaid"}
ID_DIGITS = 6
NOBODY: Json = {"id": None, "idempotency_key": None}


class Account:
    """What every endpoint works on. Ids count up, so the same story always has the same ids."""

    def __init__(self, store: Store, clock: Callable[[], datetime], secret: str, base_url: str) -> None:
        self.store = store
        self.clock = clock
        self.secret = secret
        self.base_url = base_url.rstrip("/")
        self.request: Json = NOBODY
        self._moment: int | None = None

    # Time.

    def now(self) -> int:
        """Seconds since 1970: of the moment that is being performed, else of the clock and its offset."""
        if self._moment is not None:
            return self._moment
        return int((self.clock() + self.offset()).timestamp())

    def offset(self) -> timedelta:
        return timedelta(seconds=self.store.setting("offset_seconds", 0))

    @contextmanager
    def at(self, moment: int) -> Iterator[None]:
        """Whatever happens within happens at that moment."""
        before, self._moment = self._moment, moment
        try:
            yield
        finally:
            self._moment = before

    @contextmanager
    def acting(self) -> Iterator[None]:
        """All of it or nothing; but a refusal that is something that happened undoes nothing."""
        refused: Refusal | None = None
        with self.store.transaction():
            try:
                yield
            except Refusal as refusal:
                if not refusal.happened:
                    raise
                refused = refusal
        if refused is not None:
            raise refused

    def knob(self, name: str) -> Any:
        return self.store.setting("knobs", {}).get(name, KNOBS[name])

    # Objects.

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{self.store.count_up(prefix):0{ID_DIGITS}d}"

    def save(self, body: Json) -> Json:
        self.store.put(body, due_at(body))
        return body

    def find(self, kind: str, object_id: str, param: str | None = None) -> Json:
        found = self.any_of(kind, object_id, param)
        if found.get("deleted"):
            raise missing_object(kind, object_id, param)
        return found

    def any_of(self, kind: str, object_id: str, param: str | None = None) -> Json:
        """Also one that was deleted."""
        found = self.store.get(kind, object_id)
        if found is None:
            raise missing_object(kind, object_id, param)
        return found

    def tell(self, notice_type: str, about: Json, previous: Json | None = None) -> None:
        """Remember an event, and that it has to be delivered."""
        content: Json = {"object": self.shown(about)}
        if previous is not None:
            content["previous_attributes"] = previous
        event = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now(),
            "data": content,
            "livemode": False,
            "pending_webhooks": 1,
            "request": self.request,
            "type": notice_type,
        }
        self.save(event)
        late = self.knob("late_seconds")
        due = self.clock().timestamp() + late if late else 0
        self.store.write("INSERT INTO deliveries (event_id, due_at) VALUES (?, ?)", event["id"], due)

    def shown(self, body: Json, expand: frozenset[str] = frozenset()) -> Json:
        return shown(self, body, expand)


def due_at(body: Json) -> int | None:
    """When the passing of time next does something to this object."""
    moment: int | None = None
    match body["object"], body.get("status"):
        case "subscription", status:
            moments = [body["cancel_at"], (body["pause_collection"] or {}).get("resumes_at")]
            if status in RENEWED_STATUSES:
                moments += [item["current_period_end"] for item in body["items"]["data"]]
            alive = status in RENEWED_STATUSES or status == "paused"
            moment = min((one for one in moments if one is not None), default=None) if alive else None
        case "invoice", "draft":
            moment = body["automatically_finalizes_at"]
        case "invoice", "open":
            moment = body["next_payment_attempt"]
        case "checkout.session", "open":
            moment = body["expires_at"]
    return moment


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
