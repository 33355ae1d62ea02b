"""Agencies that live the same life at Stripe, and hear of it in different ways: what each has in the end."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import stripe

from adapters.postgres.outbox import LEASE, Entry
from domain.ids import stream_of_invoice, stream_of_notice, stream_of_overage
from domain.usage import Usage
from projections.catalogue import ALL
from tests.house import WEBHOOK_SECRET, House
from tests.proofs.customers import Stripe
from tests.proofs.outcomes import IN_ORDER, WHO_AND_WHEN
from tests.proofs.rows import rows_of

OVER = 1_111
# Of the notices themselves each hears others; a request for the meter's word comes when it comes.
NOT_COMPARED = ("StripeNotice.", "Reconciliation.", "Overage.HeldByStripe")
# Their rows hold positions, or steps that only those know who heard of them in time.
NOT_SHOWN = ("usage_by_day ", "invoice_course ")


class Crash(BaseException):
    """The worker is gone; nothing may catch it."""


@dataclass
class One:
    """One agency, and all that Stripe ever had to say about it, in the order in which it happened."""

    tree_id: UUID
    anchor_id: UUID
    child_id: UUID
    subscription_id: str
    notices: list[bytes] = field(default_factory=list)


class Lives:
    """Time passes for all of them together."""

    def __init__(self, house: House, number: int) -> None:
        self.house = house
        self.stripe = Stripe(house)
        self.ones = [self._born() for _ in range(number)]

    def _born(self) -> One:
        bought = self.stripe.buys(children=1)
        first = list(bought.notices.values())
        return One(bought.tree_id, bought.anchor_id, bought.children[0], bought.subscription_id, first)

    def live(self) -> None:
        """Above the pool, cancelled and reactivated, a second cycle, cancelled again, and the end."""
        house, each = self.house, self.ones
        for one in each:
            self._track(one, 25_000 + OVER)
            house.stripe.cancel_in_portal(one.subscription_id)
            house.stripe.reactivate_in_portal(one.subscription_id)
        house.wiring.overages.claim_all()
        house.wiring.deliver_due(limit=100_000)
        self._pass(until=self._cycle_end(), more=timedelta(hours=2))
        for one in each:
            house.stripe.cancel_in_portal(one.subscription_id)
        self._pass(until=self._cycle_end(), more=timedelta(hours=2))
        self._overhear()

    def _pass(self, *, until: Any, more: timedelta) -> None:
        for at in (until, until + more):
            self.house.clock.at = at
            self.house.stripe.advance(at)

    def _cycle_end(self) -> Any:
        seen = self.house.wiring.gateway.subscription(self.ones[0].subscription_id)
        assert seen is not None
        return seen.cycle_ends_at

    def _track(self, one: One, events: int) -> None:
        started_at = self.house.agency.tree(one.tree_id).cycle_started_at
        assert started_at is not None
        counted = Usage.count(
            uuid4(),
            workspace_id=one.child_id,
            tree_id=one.tree_id,
            pool_id=one.tree_id,
            meter="events",
            quantity=events,
            cycle_started_at=started_at,
            rows_sha256="0" * 64,
            because=self.house.because(),
        )
        self.house.wiring.metering.save(counted)

    def _overhear(self) -> None:
        by_subscription = {one.subscription_id: one for one in self.ones}
        for notice in self.house.stripe.take_notices():
            one = by_subscription.get(_subscription_in(json.loads(notice.body)) or "")
            if one is not None:
                one.notices.append(notice.body)

    # What is heard of it.

    def hears(self, body: bytes, *, crashes: bool = False) -> None:
        """A notice arrives, signed now; the worker acts on it, or dies when it has and nobody knows it."""
        at = int(self.house.clock().timestamp())
        signature = stripe.WebhookSignature.generate_signature_header(body.decode(), WEBHOOK_SECRET, at)
        answer = self.stripe.web.post("/webhooks/stripe", data=body, headers={"Stripe-Signature": signature})
        assert answer.status_code == 200, answer.get_json()
        if crashes:
            self._work_and_die()
        self.house.wiring.deliver_due()

    def _work_and_die(self) -> None:
        def dying(errand: Any) -> Any:
            def run(entry: Entry) -> None:
                errand(entry)
                raise Crash

            return run

        wiring = self.house.wiring
        errands = {name: dying(errand) for name, errand in wiring.errands.items()}
        try:
            wiring.outbox.deliver_one(self.house.database, errands, self.house.clock)
        except Crash:
            self.house.clock.at += LEASE

    def reconcile(self) -> None:
        """One run of the clock's jobs; then whatever they asked for."""
        reconciler = self.house.wiring.reconciler
        reconciler.reconcile_subscriptions()
        self.house.wiring.deliver_due(limit=100_000)
        self.house.run_followed()

    # What came of it.

    def facts(self) -> list[list[str]]:
        """Of each: stream, name and fields of every fact, sorted; with names in place of ids."""
        with self.house.database.reading() as db:
            rows = db.execute(
                "SELECT originator_id, topic, convert_from(state, 'UTF8') AS state FROM agency_events"
            ).fetchall()
        told: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in rows:
            if not row["topic"].startswith(NOT_COMPARED):
                told[str(row["originator_id"])].append((row["topic"], row["state"]))
        found = []
        for one in self.ones:
            names = self._names(one)
            lines = [(stream, *line) for stream in names for line in told.get(stream, ())]
            found.append(sorted(_told(stream, topic, state, names) for stream, topic, state in lines))
        return found

    def screens(self) -> list[list[str]]:
        """Of each: every row of the projections that is about it."""
        projections = [projection for name, projection in ALL.items() if name not in IN_ORDER]
        tables = rows_of(self.house.database, *projections)
        lines = [f"{table} {row!r}" for table, rows in tables.items() for row in rows]
        lines = [line for line in lines if not line.startswith(NOT_SHOWN)]
        owners = {key: number for number, one in enumerate(self.ones) for key in self._names(one)}
        found: list[list[str]] = [[] for _ in self.ones]
        known = re.compile("|".join(map(re.escape, owners)))
        for line in lines:
            if match := known.search(line):
                number = owners[match[0]]
                found[number].append(_named(line, self._names(self.ones[number])))
        return [sorted(rows) for rows in found]

    def _names(self, one: One) -> Mapping[str, str]:
        names = {
            str(one.tree_id): "<tree>",
            one.tree_id.hex: "<tree>",
            one.subscription_id: "<subscription>",
            str(one.anchor_id): "<anchor>",
            str(one.child_id): "<child>",
        }
        for workspace_id in (one.anchor_id, one.child_id):
            names[self.house.agency.workspace(workspace_id).name_digest] = "<name>"
        for number, body in enumerate(one.notices):
            notice = json.loads(body)
            names[notice["id"]] = names[str(stream_of_notice(notice["id"]))] = f"<notice {number}>"
            names |= dict(_names_of_object(notice["data"]["object"]))
        for cycle in self._cycles(one):
            names[str(stream_of_overage(one.tree_id, cycle))] = "<overage>"
        return names

    def _cycles(self, one: One) -> list[Any]:
        with self.house.database.reading() as db:
            rows = db.execute("SELECT cycle_started_at FROM pool_overages WHERE tree_id = %s", (one.tree_id,))
            return [row["cycle_started_at"] for row in rows]


def _subscription_in(event: dict[str, Any]) -> str | None:
    about = event["data"]["object"]
    details = (about.get("parent") or {}).get("subscription_details") or {}
    if about["object"] == "subscription":
        return str(about["id"])
    return details.get("subscription") or about.get("subscription")


def _names_of_object(about: dict[str, Any]) -> Iterable[tuple[str, str]]:
    if about.get("customer"):
        yield about["customer"], "<customer>"
    if about["object"] == "checkout.session":
        yield about["id"], "<checkout>"
    if about["object"] == "invoice":
        yield about["id"], f"<invoice {about['created']}>"
        yield str(stream_of_invoice(about["id"])), f"<invoice {about['created']}>"
        if about["number"]:
            yield about["number"], "<number>"
        for number, line in enumerate(about["lines"]["data"]):
            yield line["id"], f"<line {number}>"


def _told(stream: str, topic: str, state: str, names: Mapping[str, str]) -> str:
    fields = json.loads(_named(state, names))
    kept = {name: value for name, value in fields.items() if name not in WHO_AND_WHEN}
    return f"{names[stream]} {topic} {json.dumps(kept, sort_keys=True)}"


def _named(text: str, names: Mapping[str, str]) -> str:
    return re.sub("|".join(map(re.escape, names)), lambda found: names[found[0]], text)
