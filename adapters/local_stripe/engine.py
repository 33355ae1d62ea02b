"""The local Stripe: an account of our own that answers as Stripe does, and whose time we can move."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import stripe
from flask import Flask

from adapters.local_stripe import checkout, deeds, faults, notices
from adapters.local_stripe.account import Account, instant
from adapters.local_stripe.api import add_api
from adapters.local_stripe.controls import controls
from adapters.local_stripe.hosted.pages import pages
from adapters.local_stripe.in_process import InProcess
from adapters.local_stripe.knobs import KNOBS
from adapters.local_stripe.notices import SignedNotice
from adapters.local_stripe.schedule import catch_up
from adapters.local_stripe.store import Json, Store

BASE_URL = "http://stripe.localhost"
BODY_MAX_BYTES = 1 << 20
TAKEN_MAX = 100_000
LEAP_SECONDS_MAX = 60


class LocalStripe:
    """One account. Only a leap is a thread of its own: a server gives it ticks and delivers its notices."""

    def __init__(
        self,
        state_dir: Path | None,
        clock: Callable[[], datetime],
        webhook_secret: str,
        *,
        base_url: str = BASE_URL,
    ) -> None:
        self.store = Store(state_dir)
        self.account = Account(self.store, clock, webhook_secret, base_url)
        self.hear: Callable[[], None] = lambda: None  # a server has somebody whom a leap waits for
        self._leaps = threading.Lock()
        self.app = Flask("adapters.local_stripe")
        self.app.config["MAX_CONTENT_LENGTH"] = BODY_MAX_BYTES
        add_api(self.app, self.account)
        self.app.register_blueprint(pages(self))
        self.app.register_blueprint(controls(self))

    def close(self) -> None:
        self.store.close()

    def http_client(self) -> stripe.HTTPClient:
        """For the SDK in this process; a call takes about a millisecond."""
        return InProcess(self.app)

    # Time.

    def now(self) -> datetime:
        with self.store.transaction():
            return instant(self.account.now())

    def advance(self, to: datetime) -> None:
        """Perform what is due by then, in order. What the clock lacks to get there is kept as an offset."""
        with self.store.transaction():
            until = int(to.timestamp())
            catch_up(self.account, max(until, self.account.now()))
            ahead = until - self.account.now()
            if ahead > 0:
                offset = self.store.setting("offset_seconds", 0)
                self.store.set_setting("offset_seconds", offset + ahead)

    def advance_by(self, seconds: int) -> None:
        self.advance(self.now() + timedelta(seconds=seconds))

    def next_period_end(self, until: datetime) -> datetime | None:
        """When the next subscription renews or ends, if one does by then."""
        due = self.store.next_due(int(until.timestamp()), "subscription")
        return None if due is None else instant(due[0])

    def leap(self, to: datetime) -> bool:
        """Advance as if time had passed: False if that takes too long to wait for, and still goes on."""
        leap = threading.Thread(target=self._leap, args=(to,), daemon=True)
        leap.start()
        leap.join(LEAP_SECONDS_MAX)
        return not leap.is_alive()

    def _leap(self, to: datetime) -> None:
        """What a period's end asks of others can be done in an hour, which is nothing to a leap: so time
        stands still there, and before it sets out, until they are done."""
        with self._leaps:
            self.hear()
            while (end := self.next_period_end(to)) is not None:
                self.advance(end)
                self.hear()
            self.advance(to)

    # What people do on the pages.

    def pay(self, checkout_id: str, email: str | None = None, card: str | None = None) -> str:
        """Press "Pay" and follow: the address that the buyer comes back to."""
        with self.account.acting():
            catch_up(self.account)
            session = checkout.pay(self.account, checkout_id, email, card)
            return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", checkout_id)

    def do(self, deed: str, object_id: str, /, **given: str) -> None:
        """What a button of the dashboard does; they are all in `deeds`."""
        with self.account.acting():
            catch_up(self.account)
            deeds.do(self.account, deed, object_id, given)

    def cancel_in_portal(self, subscription_id: str) -> None:
        self.do("cancel_at_period_end", subscription_id)

    def reactivate_in_portal(self, subscription_id: str) -> None:
        self.do("reactivate", subscription_id)

    # Knobs and faults.

    def knobs(self) -> Json:
        turned: Json = self.store.setting("knobs", {})
        return KNOBS | turned

    def turn_knobs(self, **knobs: int | str) -> None:
        """What is not named stays as it is."""
        with self.store.transaction():
            self.store.set_setting("knobs", self.knobs() | knobs)

    def break_calls(self, kind: str, **where: Any) -> None:
        """The next call of the API, or those that `where` says, meet this fault."""
        with self.store.transaction():
            faults.add(self.account, kind=kind, **where)

    def mend_calls(self) -> None:
        with self.store.transaction():
            faults.clear(self.account)

    # Notices.

    def take_notices(self) -> list[SignedNotice]:
        """Everything not delivered yet, signed now. Whoever takes it has got it."""
        with self.store.transaction():
            due_by = self.account.clock().timestamp()
            found = notices.attempts(self.account, self.account.now(), due_by, TAKEN_MAX)
            for attempt in found:
                if attempt.lost and self.knobs()["lose_for_good"]:
                    notices.lose(self.account, attempt.notice.notice_id)
                elif not attempt.lost and not attempt.tampered:
                    notices.arrived(self.account, attempt)
            copies = 2 if self.knobs()["twice"] else 1
            return [attempt.notice for attempt in found if not attempt.lost for _ in range(copies)]
