"""The stage: a clock that the story turns, the real commands, and the local Stripe in this process."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from uuid import NAMESPACE_DNS, UUID, uuid5

from adapters.local_stripe.engine import LocalStripe
from domain.api_keys import KeyMode
from domain.because import Because
from domain.permissions import Role
from domain.tracking import BATCH_MAX, Tracked
from scripts.data_directory import write_json
from scripts.settings import Settings
from scripts.wiring import Wiring

# Who one can be in the demo, and what one sees then.
CAST = {
    "ana": "owner of the agency Bright Signal, which has ended",
    "adam": "admin of Bright Signal: sees its clients, too",
    "ben": "member of a client of it: sees Nordlicht only",
    "vera": "viewer of a client of it: reads Café Lumen only",
    "hana": "owner of the agency Harbor Lane, which is well",
    "nora": "owner of the agency Kestrel Voice, whose agents are on the phone",
    "tom": "member of a client of it: sees Harvest Dental only",
    "leo": "owner of Lone Pine, which is Free and has used up its quota",
    "eve": "a stranger: sees her own workspace only",
    "sam": "works in support: sees how Stripe and we agree, and a workspace for a stated reason only",
}
KEYS_FILE = "secrets/demo_keys.json"
PARTS = 5  # in which a month's events come
DAYS_BETWEEN = 5
BODIES = 700  # different ones: they begin again after so many
TASKS = ("draft_email", "summarize_call", "triage_ticket", "book_appointment")


class TurnedClock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def demo_id(*words: object) -> UUID:
    """An id that is the same in every demo."""
    return uuid5(NAMESPACE_DNS, ":".join(["demo.heartwood", *map(str, words)]))


def person_id_of(name: str) -> UUID:
    return demo_id("person", name)


def workspace_id_of(name: str) -> UUID:
    return demo_id("workspace", name)


class Stage:
    """Everything a story needs; each act says who does it."""

    def __init__(self, settings: Settings, at: datetime) -> None:
        assert settings.stripe_url is not None, "the demo is played with the local Stripe"
        self.clock = TurnedClock(at)
        counter = itertools.count()
        self.stripe = LocalStripe(
            settings.data / "stripe",
            self.clock,
            settings.stripe_webhook_secret,
            base_url=settings.stripe_url,
        )
        self.wiring = Wiring(
            settings,
            clock=self.clock,
            new_id=lambda: demo_id("batch", next(counter)),
            stripe_client=self.stripe.http_client(),
        )
        self.url = settings.url
        self.keys: dict[str, str] = {}
        self._key_ids: dict[str, str] = {}  # the newest key of each workspace
        self.each_morning: list[Callable[[datetime], None]] = []  # what goes on beside a story
        self._requests = itertools.count(1)
        self._events = itertools.count(1)

    def because(self, actor: str) -> Because:
        story = f"request:{demo_id('request', next(self._requests))}"
        return Because(actor=actor, cause=story, story=story, at=self.clock.at)

    def by(self, name: str) -> Because:
        return self.because(f"person:{person_id_of(name)}")

    # Time.

    def go_to(self, at: datetime) -> None:
        """Turn all clocks, morning by morning; hear what Stripe has to say, and do what follows."""
        while self.clock.at < at:
            self.wiring.overages.claim_all()
            self.wiring.deliver_due()
            self.clock.at = min(at, morning_after(self.clock.at))
            self.stripe.advance(self.clock.at)
            self.hear()
            for goes_on in self.each_morning:
                goes_on(self.clock.at)

    def hear(self) -> None:
        """Notices until there are none."""
        while notices := self.stripe.take_notices():
            for notice in notices:
                self.wiring.inbox.receive(notice.body, notice.signature)
            self.wiring.deliver_due()

    # Acts.

    def arrives(self, name: str) -> UUID:
        """A person, known to the vault."""
        full_name, address = name.capitalize(), f"{name}@example.com"
        return self.wiring.vault.remember(full_name, address, person_id_of(name))

    def signs_up(self, who: str, workspace: str) -> UUID:
        owner, workspace_id = self.arrives(who), workspace_id_of(workspace)
        digest = self.wiring.vault.keep_text(workspace_id, workspace)
        self.wiring.agency.sign_up(workspace_id, owner, digest, because=self.by(who))
        return workspace_id

    def subscribes(self, who: str, anchor: str, tree_id: UUID, plan: str = "agency") -> None:
        owner, anchor_id, because = person_id_of(who), workspace_id_of(anchor), self.by(who)
        self.wiring.agency.choose_plan(anchor_id, owner, plan, tree_id, because=because)
        url = self.wiring.billing.open_checkout(
            tree_id,
            owner,
            email=f"{who}@example.com",
            success_url=f"{self.url}/billing/returned?checkout_id={{CHECKOUT_SESSION_ID}}",
            cancel_url=f"{self.url}/w/{anchor_id}/billing",
            because=because,
        )
        self.stripe.pay(url.rsplit("/", 1)[1])
        self.hear()

    def creates_child(self, who: str, tree_id: UUID, child: str) -> None:
        child_id = workspace_id_of(child)
        digest = self.wiring.vault.keep_text(child_id, child)
        self.wiring.agency.create_child(tree_id, person_id_of(who), child_id, digest, because=self.by(who))

    def invites(self, who: str, guest: str, workspace: str, role: Role) -> None:
        """An invitation that is accepted at once."""
        workspace_id, guest_id = workspace_id_of(workspace), self.arrives(guest)
        invitation_id = demo_id("invitation", workspace, guest)
        self.wiring.agency.invite(
            workspace_id, person_id_of(who), invitation_id, guest_id, role, because=self.by(who)
        )
        self.wiring.deliver_due()
        self.wiring.agency.accept_invitation(workspace_id, invitation_id, because=self.by(guest))

    def leaves(self, who: str, workspace: str) -> None:
        me = person_id_of(who)
        self.wiring.agency.remove_member(workspace_id_of(workspace), me, me, because=self.by(who))

    def issues_key(self, who: str, workspace: str, name: str) -> None:
        made = self.wiring.keys.make("live")
        self.wiring.agency.issue_key(
            workspace_id_of(workspace),
            person_id_of(who),
            key_id=made.key_id,
            mode=KeyMode(made.mode),
            scopes=("track", "read"),
            secret_mac=made.secret_mac,
            because=self.by(who),
        )
        self.keys[name] = made.text
        self._key_ids[workspace] = made.key_id

    def key_id_of(self, workspace: str) -> str:
        return self._key_ids[workspace]

    def tracks(self, workspace: str, events: int) -> None:
        for size in batches(events):
            numbers = [next(self._events) for _ in range(size)]
            items = [tracked(number) for number in numbers]
            because = self.because(f"key:{self._key_ids[workspace]}")
            self.wiring.ingest.track(workspace_id_of(workspace), items, because=because)

    def tracks_all_month(self, cycle: datetime, usage: Mapping[str, int], parts: int = PARTS) -> None:
        """A cycle's events, spread over its days; or only the first parts of it."""
        for part in range(parts):
            self.go_to(cycle + timedelta(days=part * DAYS_BETWEEN, hours=6))
            for workspace, events in usage.items():
                self.tracks(workspace, events * (part + 1) // PARTS - events * part // PARTS)

    # The end.

    def keep_keys(self, *, first: str) -> None:
        """`first` is the one that the shown command uses."""
        keys = {first: self.keys[first]} | self.keys
        write_json(self.wiring.settings.data / KEYS_FILE, keys)

    def close(self) -> None:
        self.wiring.agency.close()
        self.wiring.metering.close()
        self.wiring.database.close()
        self.stripe.close()


def morning_after(at: datetime) -> datetime:
    """Five past nine: cycles of the story begin at nine."""
    morning = at.replace(hour=9, minute=5, second=0, microsecond=0)
    return morning if morning > at else morning + timedelta(days=1)


def batches(events: int) -> Sequence[int]:
    whole, rest = divmod(events, BATCH_MAX)
    return [BATCH_MAX] * whole + ([rest] if rest else [])


def tracked(number: int) -> Tracked:
    body, encoded = body_of(number % BODIES)
    return Tracked(
        event_id=demo_id("event", number).bytes,
        idempotency_key=None,
        body_sha256=b"",
        body=encoded,
        task_type=body["task_type"],
        outcome=body["outcome"],
    )


@cache
def body_of(number: int) -> tuple[dict[str, str], bytes]:
    body = {
        "agent_id": f"agent-{number % 7}",
        "outcome": "failure" if number % 50 == 0 else "success",
        "task_type": TASKS[number % len(TASKS)],
    }
    return body, json.dumps(body).encode()
