"""What one look at a tree shows: all of it on its plan, or all of it ended. Anything else is half of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from adapters.postgres.database import Database
from projections.catalogue import DASHBOARD, SUBSCRIPTIONS
from tests.proofs.groves import Grown

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
INLINE, FOLLOWED = "inline", "followed"  # what moves at the commit, and what moves a moment later


class Sight(Enum):
    WHOLE = "five workspaces on the agency's plan"
    ENDED = "five Free workspaces that stand alone"


class Half(AssertionError):
    """A look that showed something of both."""


Look = Callable[[Grown], Sight]


def sight(whole: bool, ended: bool, seen: object) -> Sight:
    if whole is ended:
        raise Half(str(seen))
    return Sight.WHOLE if whole else Sight.ENDED


class Tables:
    """Straight from the tables, as a quota check or an export would read them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def access(self, tree: Grown) -> Sight:
        """One statement, without a transaction around it."""
        with self.database.connection() as db:
            rows = db.execute(
                "SELECT workspace_id, plan, tree_id, parent_id FROM access_workspaces"
                " WHERE workspace_id = ANY(%s)",
                (tree.workspace_ids,),
            ).fetchall()
        found = {row.pop("workspace_id"): tuple(row.values()) for row in rows}
        whole = dict.fromkeys(tree.child_ids, ("agency", tree.tree_id, tree.anchor_id))
        whole[tree.anchor_id] = ("agency", tree.tree_id, None)
        return sight(found == whole, found == dict.fromkeys(tree.workspace_ids, ("free", None, None)), found)

    def pools(self, tree: Grown) -> Sight:
        with self.database.reading() as db:
            rows = db.execute(
                "SELECT d.workspace_id, p.pool_id, p.tree_id, p.pool_events, p.stops_at_limit"
                " FROM pool_draws d JOIN pools p USING (pool_id) WHERE d.workspace_id = ANY(%s)",
                (tree.workspace_ids,),
            ).fetchall()
        found = {row.pop("workspace_id"): tuple(row.values()) for row in rows}
        whole = dict.fromkeys(tree.workspace_ids, (tree.tree_id, tree.tree_id, 25_000, False))
        ended = {one: (one, None, 500, True) for one in tree.workspace_ids}
        return sight(found == whole, found == ended, found)

    def screens(self, tree: Grown) -> Sight:
        """Two projections in one snapshot."""
        with self.database.reading() as db:
            subscription = SUBSCRIPTIONS.of_tree(db, tree.tree_id)
            rows = [DASHBOARD.in_workspace(db, one) for one in tree.workspace_ids]
        assert subscription is not None
        found = [(row.plan, row.tree_id, row.parent_id) for row in rows if row is not None]
        anchor, child = ("agency", tree.tree_id, None), ("agency", tree.tree_id, tree.anchor_id)
        whole = found == [anchor, child, child, child, child] and subscription.status == "active"
        ended = found == [("free", None, None)] * 5 and subscription.status == "ended"
        return sight(whole, ended, (found, subscription))


class Api:
    """With the keys of the anchor and its children."""

    def __init__(self, web: FlaskClient) -> None:
        self.web = web

    def tree(self, tree: Grown) -> Sight:
        answer = self._get("tree", tree.keys[tree.anchor_id])
        if answer.status_code == 404:
            return Sight.ENDED
        body = self._ok(answer)
        parents = [None, *[str(tree.anchor_id)] * 4]
        whole = (
            (body["status"], body["plan"]) == ("active", "agency")
            and {one["workspace_id"] for one in body["workspaces"]} == set(map(str, tree.workspace_ids))
            and [one["parent_org_id"] for one in body["workspaces"]] == parents
            and {one["plan"] for one in body["workspaces"]} == {"agency"}
        )
        return sight(whole, False, body) if whole else sight(False, False, body)

    def workspaces(self, tree: Grown) -> Sight:
        """One workspace after the other: once one of them is Free, all that are looked at later are."""
        sights = [self._workspace(tree, one) for one in tree.workspace_ids]
        if sights != sorted(sights, key=list(Sight).index):
            raise Half(str(sights))
        return sights[0] if sights[0] is sights[-1] else Sight.WHOLE  # it ended while we went around

    def _workspace(self, tree: Grown, workspace_id: UUID) -> Sight:
        body = self._ok(self._get("workspace", tree.keys[workspace_id]))
        cycle_is_stripes = body["cycle"]["started_at"] == tree.seen.cycle_started_at.isoformat()
        found = (body["plan"], cycle_is_stripes)
        return sight(found == ("agency", True), found == ("free", False), body)

    def _get(self, what: str, key: str) -> TestResponse:
        return self.web.get(f"/api/v1/{what}", headers={"Authorization": f"Bearer {key}"})

    def _ok(self, answer: TestResponse) -> dict[str, Any]:
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json  # type: ignore[assignment]
        return body


class Pages:
    """As Ana sees them in her browser."""

    def __init__(self, browser: Callable[[Grown], FlaskClient]) -> None:
        self.browser = browser

    def overview(self, tree: Grown) -> Sight:
        page = self._page(tree, tree.anchor_id, "")
        whole = "Plan Agency, 5 of 5 workspaces" in page and "Overage so far" in page
        ended = "Plan Free, 1 member" in page and "Overage so far" not in page
        return self._sight(tree, page, whole, ended)

    def workspaces(self, tree: Grown) -> Sight:
        page = self._page(tree, tree.anchor_id, "workspaces")
        whole = "5 of 5, all under the Agency plan" in page and "stands alone" not in page
        ended = "stands alone" in page and "no agency entitlement" in page and "5 of 5" not in page
        return self._sight(tree, page, whole, ended)

    def billing(self, tree: Grown) -> Sight:
        page = self._page(tree, tree.anchor_id, "billing")
        whole = "pays for the whole agency" in page and tree.seen.subscription_id in page
        ended = "How did this downgrade happen?" in page and "Plan Free" in page
        return sight(whole and "downgrade" not in page, ended and "pays for" not in page, page)

    def child(self, tree: Grown) -> Sight:
        """The overview of a child, with the way to its anchor while it has one."""
        answer = self.browser(tree).get(f"/w/{tree.child_ids[0]}/")
        page = answer.text
        assert answer.status_code == 200, page
        found = ("Plan Agency" in page, "Switch to anchor" in page, "Plan Free" in page)
        return sight(found == (True, True, False), found == (False, False, True), page)

    def _page(self, tree: Grown, workspace_id: UUID, name: str) -> str:
        answer = self.browser(tree).get(f"/w/{workspace_id}/{name}")
        assert answer.status_code == 200, answer.text
        return answer.text.partition("<main")[2]  # the switcher above names workspaces of any tree

    def _sight(self, tree: Grown, page: str, whole: bool, ended: bool) -> Sight:
        """The children are listed if and only if they are children."""
        listed = set(ID.findall(page)) & set(map(str, tree.child_ids))
        return sight(whole and len(listed) == 4, ended and not listed, page)
