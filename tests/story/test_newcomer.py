"""A newcomer asks why a workspace is on Free, and finds the notice that caused it, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tests.chromium import chromium, served
from tests.house import House
from tests.story.visitor import Visitor
from tests.web.pages.scene import Scene
from tests.web.pages.test_downgrade import cancel

CLICKS_MAX = 5
LINK = re.compile(r"http://localhost(/\S+)")
WHY = "Ticket 4711: why is my workspace on Free?"
QUESTION = "Why is this workspace on Free?"
NOTICE = "Read the notice as it was received"
BEGIN = "Begin to look"


class Newcomer:
    """Somebody with an address, at a browser of their own, and a house that answers it."""

    def __init__(self, scene: Scene, browser: Visitor, origin: str) -> None:
        self.scene = scene
        self.browser = browser
        self.origin = origin

    def signs_in(self, name: str) -> None:
        """By the link in the mail; what is clicked until then is not counted."""
        browser = self.browser
        browser.open(f"{self.origin}/sign-in")
        browser.type("Your e-mail address", f"{name.lower()}@example.com")
        browser.click("Send me a link")
        mails = self.scene.house.services.mail.read()
        mail = next(one for one in mails if one.to == f"{name.lower()}@example.com")
        found = LINK.search(mail.text)
        assert found is not None
        browser.open(self.origin + found[1])
        browser.click("Sign in")
        browser.open(f"{self.origin}/")
        browser.clicks = 0

    def looks_into(self, place: UUID, reason: str = WHY) -> None:
        self.browser.type("Id of the agency or the workspace", str(place))
        self.browser.type("Reason", reason)
        self.browser.click(BEGIN)

    def has_found_the_notice(self) -> None:
        assert self.browser.clicks <= CLICKS_MAX
        assert self.browser.in_view("#notice")
        assert "customer.subscription.deleted" in self.browser.text
        assert the_notice(self.scene) in self.browser.text


def the_notice(scene: Scene) -> str:
    with scene.house.database.reading() as db:
        row = db.execute(
            "SELECT story FROM event_index WHERE topic = 'Tree.SubscriptionEnded' AND stream = %s",
            (scene.tree_id,),
        ).fetchone()
    assert row is not None
    return str(row["story"]).removeprefix("notice:")


@pytest.fixture
def newcomer(house: House, tmp_path: Path) -> Iterator[Newcomer]:
    with chromium(tmp_path / "browser") as browser, served(house.app) as origin:
        scene = Scene(house)
        house.person("Sam")
        cancel(scene, "Adam")
        house.advance_to(house.clock() + timedelta(days=40))
        yield Newcomer(scene, Visitor(browser.tab()), origin)


@pytest.mark.timeout(180)
def test_support_gets_from_the_workspace_of_a_client_to_the_notice(newcomer: Newcomer) -> None:
    sam = newcomer.browser
    newcomer.signs_in("Sam")
    assert "/support" in sam.url

    newcomer.looks_into(newcomer.scene.child_id)
    assert "This workspace went from Agency to Free" in sam.text
    sam.click(QUESTION)
    sam.click(BEGIN)  # into the agency it was part of, for the same reason
    assert f"/trees/{newcomer.scene.tree_id}/downgrade" in sam.url
    sam.click(NOTICE)

    newcomer.has_found_the_notice()
    assert sam.clicks == 4


@pytest.mark.timeout(180)
def test_support_gets_from_the_anchor_to_the_notice(newcomer: Newcomer) -> None:
    newcomer.signs_in("Sam")

    newcomer.looks_into(newcomer.scene.anchor_id)
    newcomer.browser.click(QUESTION)
    newcomer.browser.click(NOTICE)

    newcomer.has_found_the_notice()
    assert newcomer.browser.clicks == 3


@pytest.mark.timeout(180)
def test_the_owner_gets_there_by_herself(newcomer: Newcomer) -> None:
    newcomer.signs_in("Ana")
    assert "This workspace went from Agency to Free" in newcomer.browser.text

    newcomer.browser.click(QUESTION)
    newcomer.browser.click(NOTICE)

    newcomer.has_found_the_notice()
    assert newcomer.browser.clicks == 2
