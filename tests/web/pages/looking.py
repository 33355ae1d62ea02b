"""Sam of support, who looks into an agency or a workspace."""

from __future__ import annotations

from uuid import UUID

from tests.web.pages.scene import Browser, Scene, text_of

WHY = "Ticket 4711: invoice of March too high"
WHOLE_TREE = ("anchor", "child", "sibling")


def sam(scene: Scene) -> Browser:
    scene.people.setdefault("Sam", scene.house.person("Sam"))
    return scene.browser("Sam")


def looks(scene: Scene, place: object = None, reason: str = WHY) -> Browser:
    """Sam, who has just begun to look into the agency."""
    browser = sam(scene)
    answer = browser.post("/support/looks", place=str(place or scene.tree_id), reason=reason)
    assert answer.status_code == 303, text_of(answer)
    return browser


def look_id(scene: Scene) -> UUID:
    with scene.house.database.reading() as db:
        row = db.execute("SELECT look_id FROM access_looks ORDER BY began_at DESC LIMIT 1").fetchone()
    assert row is not None
    found: UUID = row["look_id"]
    return found
