"""Whoever only reads: every page there is, and every form that is on one of them."""

from __future__ import annotations

from html.parser import HTMLParser
from uuid import UUID

from domain.permissions import Role
from tests.web.pages.billed import bill_march
from tests.web.pages.scene import Browser, Scene

# Of any workspace, of one that is nobody's child, and of a tree.
ANYWHERE = (
    "/w/{place}/",
    "/w/{place}/members",
    "/w/{place}/keys",
    "/w/{place}/usage",
    "/w/{place}/timeline",
    "/w/{place}/settings",
    "/w/{place}/roles",
    "/w/{place}/knowledge",
    "/w/{place}/widgets",
    "/w/{place}/actions",
    "/w/{place}/numbers",
    "/w/{place}/agency",
)
OF_ANCHOR = (
    "/w/{anchor}/workspaces",
    "/w/{anchor}/usage/pool",
    "/w/{anchor}/billing",
    "/w/{anchor}/billing/next-invoice",
    "/w/{anchor}/billing/invoices",
    "/w/{anchor}/billing/invoices.csv",
    "/trees/{tree}/timeline",
)
# Forms that anybody who is signed in may send, wherever they stand.
THEIR_OWN = ("/sign-out", "/views")


class Forms(HTMLParser):
    """Where the forms of a page lead, and the links on it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.posts: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and given.get("method") == "post":
            self.posts.append(given.get("action") or "")
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))


def join(scene: Scene, name: str, workspace_id: UUID, role: Role, *, by: str = "Ana") -> Browser:
    """One more of the cast, with a role somewhere."""
    scene.people.setdefault(name, scene.house.person(name))
    scene.house.member(workspace_id, scene.people[by], scene.people[name], role)
    scene.house.run_followed()
    return scene.browser(name)


def a_rich_agency(scene: Scene) -> dict[str, str]:
    """With keys, an invoice and a tracked event in it; where they are to be read."""
    house, ana = scene.house, scene.people["Ana"]
    key = house.key(scene.child_id, ana)
    house.key(scene.anchor_id, ana)
    invoice_id = bill_march(scene)
    answer = house.app.test_client().post(
        "/api/v1/track",
        json={"agent_id": "a", "task_type": "customer_support", "outcome": "success"},
        headers={"Authorization": f"Bearer {key}"},
    )
    assert answer.status_code == 201, answer.json
    house.run_followed()
    return {
        "event": scene.path("/w/{child}/events/") + answer.json["event_id"],
        "invoice": scene.path("/w/{anchor}/billing/invoices/") + invoice_id,
        "key": key.split("_")[2],
    }


def everything(scene: Scene, *places: str) -> list[str]:
    pages = [scene.path(one.replace("{place}", f"{{{place}}}")) for place in places for one in ANYWHERE]
    if "anchor" in places:
        pages += [scene.path(one) for one in OF_ANCHOR]
    return pages
