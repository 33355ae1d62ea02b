"""An agency with the Enterprise plan, whose people sign in at the provider of the tests."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from werkzeug.test import TestResponse

from domain.permissions import Role
from domain.single_sign_on import Provider
from tests.house import House
from tests.openid.provider import SECRET
from tests.openid.running import RunningProvider
from tests.web.pages.scene import Browser, Scene

URL = re.compile(r'http-equiv="refresh" content="0; url=([^"]+)"')


class Enterprise(Scene):
    """As much of the scene as it takes: Ana owns the agency, Adam is its admin, Olga owns a client's
    workspace; the others are known, and not there. In the time of this machine, as the provider's tokens."""

    def __init__(self, house: House, provider: RunningProvider) -> None:
        house.advance_to(datetime.now(UTC).replace(microsecond=0))
        self.house, self.provider = house, provider
        self.people = {name: house.person(name) for name in ("Ana", "Adam", "Olga", "Ben", "Vera", "Eve")}
        ana = self.people["Ana"]
        self.tree_id, self.anchor_id = house.agency_of(ana, "Bright Signal")
        self.child_id = house.child(self.tree_id, ana, "Larkfield — Support line")
        self.sibling_id = self.eves_id = uuid4()
        house.member(self.anchor_id, ana, self.people["Adam"], Role.ADMIN)
        house.member(self.child_id, ana, self.people["Olga"], Role.OWNER)
        self.plan("enterprise")

    def plan(self, name: str) -> None:
        """Changed at Stripe, as whoever made the contract does it."""
        tree = self.house.agency.tree(self.tree_id)
        key = f"contract:{name}:{tree.version}"
        self.house.wiring.gateway.change_plan(tree.subscription_id, name, idempotency_key=key)
        self.house.deliver_notices()

    def set_up(
        self,
        *,
        client_id: str = "heartwood",
        secret: str | None = SECRET,
        issuer: str = "",
        required: bool = False,
        domains: tuple[str, ...] = ("example.com",),
    ) -> None:
        """By Ana, past the page, which would ask the provider first."""
        vault = self.house.services.vault
        wanted = Provider(
            issuer=issuer or self.provider.url,
            client_id=client_id,
            client_secret_digest=vault.keep_text(self.tree_id, secret) if secret else None,
            domains=domains,
            required=required,
        )
        ana = self.people["Ana"]
        because = self.house.because(f"person:{ana}")
        self.house.agency.set_single_sign_on(self.tree_id, ana, wanted, proven=domains, because=because)

    def begun(self, browser: Browser, email: str, **fields: Any) -> str:
        """Where the sign-in page sends this browser."""
        page = browser.post("/sign-in", email=email, **fields).get_data(as_text=True)
        found = URL.search(page)
        assert found, page
        return found[1].replace("&amp;", "&")

    def returned(self, name: str, browser: Browser | None = None, **fields: Any) -> TestResponse:
        """Signed in there as this person, and back."""
        browser = browser or self.browser(None)
        url = self.begun(browser, f"{name}@example.com", **fields)
        return browser.get(self.provider.return_of(url, name))

    def signed_in(self, browser: Browser) -> bool:
        return browser.get("/").headers.get("Location", "").startswith("/w/")

    def other_agency(self, owner: UUID) -> UUID:
        tree_id, _ = self.house.agency_of(owner, "Another agency")
        subscription_id = self.house.agency.tree(tree_id).subscription_id
        self.house.wiring.gateway.change_plan(subscription_id, "enterprise", idempotency_key=f"{tree_id}")
        self.house.deliver_notices()
        return tree_id
