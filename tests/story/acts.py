"""The main job, act by act, through nothing but pages, the API, mail and Stripe's own pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from tests.house import House
from tests.story.browser import Browser, Page

CLIENTS = ("Acme", "Birch", "Cedar", "Dune")
EVENT = {"agent_id": "agent-1", "task_type": "draft_email", "outcome": "success"}
BATCH = 1_000
LINK = re.compile(r"https?://\S+")
ID = r"[0-9a-f-]{36}"
KEY = re.compile(r'<code class="secret">(hh_live_\w+)</code>')


@dataclass
class Story:
    """What there is by now; `seen` holds the pages as they were when somebody looked at them."""

    house: House
    seen: dict[str, Page] = field(default_factory=dict)
    browsers: dict[str, Browser] = field(default_factory=dict)
    workspaces: dict[str, UUID] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    ends_at: datetime | None = None

    @property
    def ana(self) -> Browser:
        return self.browsers["Ana"]

    @property
    def anchor(self) -> str:
        return f"http://localhost/w/{self.workspaces['Bright Signal']}"

    @property
    def tree_id(self) -> UUID:
        found = re.search(rf"/trees/({ID})/timeline", self.seen["overview of the agency"].html)
        assert found is not None
        return UUID(found[1])

    def arrives(self, name: str) -> Browser:
        """Somebody new at a browser of their own."""
        self.browsers[name] = Browser(localhost=self.house.app, stripe_localhost=self.house.stripe.app)
        return self.browsers[name]

    def mailed_link(self, to: str) -> str:
        """The link in the newest mail to an address."""
        mail = next(mail for mail in self.house.services.mail.read() if mail.to == to)
        found = LINK.search(mail.text)
        assert found is not None
        return found[0]

    def hours_later(self, hours: float) -> None:
        self.house.clock.advance(hours=hours)

    # Acts.

    def ana_signs_up_and_pays(self) -> None:
        ana = self.arrives("Ana")
        ana.open("http://localhost/sign-up")
        ana.press(
            "Send me the link", name="Ana", email="ana@example.com", workspace="Bright Signal", plan="agency"
        )
        ana.open(self.mailed_link("ana@example.com"))
        self.seen["checkout"] = ana.press("Sign in")
        self.seen["back from the checkout"] = ana.press("Pay")
        self.house.deliver_notices()
        found = re.search(rf"/w/({ID})/", ana.page.url)
        assert found is not None
        self.workspaces["Bright Signal"] = UUID(found[1])
        self.seen["overview of the agency"] = ana.open(f"{self.anchor}/")

    def ana_creates_four_children_and_tries_a_fifth(self) -> None:
        self.hours_later(1)
        for name in CLIENTS:
            left_open = self.ana.open(f"{self.anchor}/workspaces")
            page = self.ana.press("Create workspace", name=name)
            self.workspaces[name] = UUID(page.links[name].rstrip("/").rpartition("/")[2])
        self.seen["four children"] = page
        self.seen["a fifth"] = self.ana.press("Create workspace", page=left_open, name="Elm")

    def people_are_invited(self) -> None:
        for who, workspace, role in (
            ("Adam", "Bright Signal", "admin"),
            ("Ben", "Acme", "member"),
            ("Vera", "Acme", "viewer"),
            ("Olga", "Birch", "owner"),
        ):
            self.ana.open(f"/w/{self.workspaces[workspace]}/members")
            address = f"{who.lower()}@example.com"
            self.ana.press("Send invitation", email=address, name=who, role=role)
            self.house.deliver_notices()
            browser = self.arrives(who)
            browser.open(self.mailed_link(address))
            browser.press("Accept")

    def keys_are_made(self) -> None:
        for name, workspace_id in self.workspaces.items():
            self.ana.open(f"/w/{workspace_id}/keys")
            found = KEY.search(self.ana.press("Make a key", mode="live").html)
            assert found is not None
            self.keys[name] = found[1]

    def events_are_tracked(self) -> None:
        """25,000 that fill the pool, then 60,000 above it."""
        self.hours_later(24)
        for name, events in (("Bright Signal", 10_000), ("Acme", 10_000), ("Birch", 4_990)):
            self.track(name, events)
        for _ in range(10):
            self.track_one("Cedar")
        self.seen["billing at 25,000"] = self.look_at_billing()
        self.hours_later(24)
        for name, events in (("Acme", 20_000), ("Dune", 30_000)):
            self.track(name, events)
        self.overage_is_reported()
        self.hours_later(24)
        self.track("Birch", 10_000)
        self.seen["billing at 85,000"] = self.look_at_billing()

    def ana_cancels_in_the_portal_reactivates_and_cancels_again(self) -> None:
        for number in ("first", "second"):
            self.hours_later(24)
            self.look_at_billing()
            self.ana.press("Customer portal")
            self.seen[f"portal, {number} time"] = self.ana.press("Cancel plan")
            self.house.deliver_notices()
            self.seen[f"billing, cancelled a {number} time"] = self.look_at_billing()
            if number == "first":
                self.seen["reactivated"] = self.ana.press("Reactivate")
                self.house.deliver_notices()
        self.ends_at = self.house.agency.tree(self.tree_id).ends_at

    def the_period_runs_out(self) -> None:
        """The overage that is not reported yet reaches Stripe in the hour in which the invoice is open."""
        assert self.ends_at is not None
        self.house.advance_to(self.ends_at)
        self.house.clock.advance(minutes=30)
        self.overage_is_reported()
        self.house.advance_to(self.ends_at + timedelta(hours=2))
        for name in self.browsers:
            self.signs_in_again(name)
        for name, workspace_id in self.workspaces.items():
            self.seen[f"{name} after the end"] = self.ana.open(f"http://localhost/w/{workspace_id}/")
        self.seen["billing after the end"] = self.look_at_billing()
        self.seen["how it happened"] = self.ana.follow("How did this downgrade happen?")

    # Again and again.

    def signs_in_again(self, name: str) -> None:
        """A session has ended after thirty days."""
        browser, address = self.browsers[name], f"{name.lower()}@example.com"
        browser.open("http://localhost/sign-in")
        browser.press("Send me a link", email=address)
        browser.open(self.mailed_link(address))
        browser.press("Sign in")

    def look_at_billing(self) -> Page:
        self.house.run_followed()
        return self.ana.open(f"{self.anchor}/billing")

    def overage_is_reported(self) -> None:
        """What the worker does by the clock."""
        self.house.wiring.overages.claim_all()
        self.house.wiring.deliver_due()

    def track(self, name: str, events: int) -> None:
        for start in range(0, events, BATCH):
            size = min(BATCH, events - start)
            answer = self.post(name, "/track/batch", {"events": [EVENT] * size})
            assert answer["recorded"] == size

    def track_one(self, name: str) -> None:
        assert self.post(name, "/track", EVENT)["counted"] is True

    def post(self, name: str, path: str, body: dict[str, object]) -> dict[str, object]:
        """With the key of a workspace, as a program would."""
        answer = self.house.app.test_client().post(
            f"/api/v1{path}", json=body, headers={"Authorization": f"Bearer {self.keys[name]}"}
        )
        found: dict[str, object] = answer.get_json()
        return found


def play(house: House) -> Story:
    story = Story(house)
    story.ana_signs_up_and_pays()
    story.ana_creates_four_children_and_tries_a_fifth()
    story.people_are_invited()
    story.keys_are_made()
    story.events_are_tracked()
    story.ana_cancels_in_the_portal_reactivates_and_cancels_again()
    story.the_period_runs_out()
    return story
