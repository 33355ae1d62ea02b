"""The scene of the page tests: an agency with clients, a stranger, and a browser for each of the cast."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, Self
from uuid import UUID, uuid4

from werkzeug.test import TestResponse

from domain.permissions import Role
from domain.usage import Usage
from projections.catalogue import POOLS
from tests.house import House
from tests.story.browser import Page
from web.access import COOKIE, FORM_TOKEN

TOKEN = "the token of this browser's forms"


class Browser:
    """One browser; whoever it is signed in as, its forms carry their token."""

    def __init__(self, house: House, person_id: UUID | None) -> None:
        self.client = house.app.test_client()
        if person_id is not None:
            self.client.set_cookie(COOKIE, house.services.sessions.begin(person_id, house.clock()))
        with self.client.session_transaction() as session:
            session[FORM_TOKEN] = TOKEN

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, **fields: Any) -> TestResponse:
        return self.client.post(path, data={FORM_TOKEN: TOKEN} | fields)

    def form(self, page: str, action: str) -> dict[str, Any]:
        """What a form of a page holds before anybody fills it in."""
        read = Page(page, 200, self.get(page).get_data(as_text=True))
        return next(form.fields for form in read.forms if form.action == action)

    def follow(self, answer: TestResponse) -> TestResponse:
        """Where an answer leads."""
        return self.client.get(answer.headers["Location"])


class Scene:
    """Ana owns the agency, Adam is its admin; Olga owns the client's workspace, Ben is a member of it and
    Vera a viewer; Eve has a workspace of her own and nothing to do with any of it."""

    def __init__(self, house: House, plan: str = "agency") -> None:
        self.house = house
        self.people = {name: house.person(name) for name in ("Ana", "Adam", "Olga", "Ben", "Vera", "Eve")}
        ana = self.people["Ana"]
        self.tree_id, self.anchor_id = house.agency_of(ana, "Bright Signal", plan=plan)
        self.child_id = house.child(self.tree_id, ana, "Larkfield — Support line")
        self.sibling_id = house.child(self.tree_id, ana, "Osprey — Sales line")
        self.eves_id = house.workspace(self.people["Eve"], "Eve alone")
        house.member(self.anchor_id, ana, self.people["Adam"], Role.ADMIN)
        house.member(self.child_id, ana, self.people["Olga"], Role.OWNER)
        house.member(self.child_id, ana, self.people["Ben"], Role.MEMBER)
        house.member(self.child_id, ana, self.people["Vera"], Role.VIEWER)
        house.run_followed()

    def remembered(self) -> dict[str, Any]:
        """What there is to know of it besides its house."""
        return {name: value for name, value in vars(self).items() if name != "house"}

    @classmethod
    def found(cls, house: House, remembered: dict[str, Any]) -> Self:
        """The one that is in this house already."""
        scene = cls.__new__(cls)
        vars(scene).update(remembered, people=dict(remembered["people"]), house=house)
        return scene

    def browser(self, name: str | None) -> Browser:
        return Browser(self.house, self.people[name] if name else None)

    def path(self, template: str) -> str:
        """An address, with the ids of this scene in it."""
        ids = {name: getattr(self, f"{name}_id") for name in ("tree", "anchor", "child", "sibling", "eves")}
        people = {name.lower(): person_id for name, person_id in self.people.items()}
        return template.format(**ids, **people, nowhere=uuid4())

    def facts(self) -> list[str]:
        """What is in the log of agencies, in order."""
        with self.house.database.reading() as db:
            rows = db.execute(
                "SELECT topic FROM event_index WHERE log = 'agency' ORDER BY position"
            ).fetchall()
        return [row["topic"] for row in rows]

    def position_of(self, stream: UUID, name: str = "") -> int:
        """Where the last fact of a stream, or the last of one name in it, stands in the log of agencies."""
        with self.house.database.reading() as db:
            row = db.execute(
                "SELECT max(position) AS position FROM event_index WHERE log = 'agency' AND stream = %s"
                " AND topic LIKE %s",
                (stream, f"%{name}"),
            ).fetchone()
        assert row is not None
        return int(row["position"])

    def in_the_vault(self) -> int:
        """How many rows the vault has, of all kinds."""
        with self.house.database.reading() as db:
            row = db.execute(
                "SELECT (SELECT count(*) FROM vault_keys) + (SELECT count(*) FROM vault_entries)"
                " + (SELECT count(*) FROM vault_addresses) AS n"
            ).fetchone()
        assert row is not None
        return int(row["n"])

    def track(self, workspace_id: UUID, events: int) -> None:
        """So many events of a workspace, in one batch."""
        with self.house.database.reading() as db:
            pool = POOLS.of_workspace(db, workspace_id)
        assert pool is not None
        usage = Usage.count(
            uuid4(),
            workspace_id=workspace_id,
            tree_id=pool.tree_id,
            pool_id=pool.pool_id,
            meter="events",
            quantity=events,
            cycle_started_at=pool.cycle_at(self.house.clock()).started_at,
            rows_sha256="",
            because=self.house.because(),
        )
        self.house.wiring.metering.count(usage)
        self.house.run_followed()


def text_of(answer: TestResponse) -> str:
    """What a reader sees, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))).split())
