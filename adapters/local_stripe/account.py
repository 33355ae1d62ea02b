"""One Stripe account as the stand-in holds it: its objects, its clock, and what it has to tell us."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from adapters.local_stripe.answers import missing_object
from adapters.local_stripe.store import Json, Store

API_VERSION = "2026-10-28.endive"
BILLED_STATUSES = frozenset({"active", "past_due", "trialing"})
DUE_STATES = {"subscription": BILLED_STATUSES, "invoice": {"draft"}, "checkout.session": {"open"}}
ADDRESSES = {
    "billing_portal.session": ("url",),
    "checkout.session": ("url",),
    "invoice": ("hosted_invoice_url", "invoice_pdf"),
}
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

    # Objects.

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{self.store.count_up(prefix):0{ID_DIGITS}d}"

    def save(self, body: Json) -> Json:
        self.store.put(body, due_at(body))
        return body

    def find(self, kind: str, object_id: str, param: str | None = None) -> Json:
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
        late = self.store.setting("knobs", {}).get("late_seconds", 0)
        due = self.clock().timestamp() + late if late else 0
        self.store.write("INSERT INTO deliveries (event_id, due_at) VALUES (?, ?)", event["id"], due)

    def shown(self, body: Json, expand: frozenset[str] = frozenset()) -> Json:
        """As the API shows it: tiers on demand, addresses with the host of today, nothing of our own."""
        shown = {name: value for name, value in body.items() if not name.startswith("_")}
        if body["object"] == "price" and "tiers" not in expand:
            shown.pop("tiers", None)
        for name in ADDRESSES.get(body["object"], ()):
            if shown[name] is not None:
                shown[name] = self.base_url + shown[name]
        return shown


def due_at(body: Json) -> int | None:
    """When the passing of time next does something to this object."""
    if body.get("status") not in DUE_STATES.get(body["object"], ()):
        return None
    if body["object"] == "subscription":
        moments = [item["current_period_end"] for item in body["items"]["data"]]
        return int(min(moments if body["cancel_at"] is None else [*moments, body["cancel_at"]]))
    return int(body["automatically_finalizes_at" if body["object"] == "invoice" else "expires_at"])


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
