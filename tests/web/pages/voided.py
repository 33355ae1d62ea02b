"""Events that are tracked and voided, and what the logs and a rebuild say then."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from adapters.postgres.rebuild import rebuild
from projections.catalogue import ALL, INLINE
from tests.web.api.asking import Program
from tests.web.pages.scene import Scene

REASON = "sent twice by a broken retry"


def program(scene: Scene, workspace_id: UUID, owner: str = "Ana") -> Program:
    return Program(scene.house, scene.house.key(workspace_id, scene.people[owner]))


def tracked(scene: Scene, workspace_id: UUID, owner: str = "Ana") -> UUID:
    return UUID(program(scene, workspace_id, owner).track().get_json()["event_id"])


def page_of(workspace_id: UUID, event_id: UUID) -> str:
    return f"/w/{workspace_id}/events/{event_id}"


def void(scene: Scene, who: str, workspace_id: UUID, event_id: UUID, reason: str = REASON) -> Any:
    path = page_of(workspace_id, event_id) + "/void"
    return scene.browser(who).post(path, reason=reason)


def corrections(scene: Scene) -> int:
    with scene.house.database.reading() as db:
        row = db.execute(
            "SELECT count(*) AS n FROM metering_events WHERE topic = 'Correction.Voided'"
        ).fetchone()
    return int(row["n"])


def differences(scene: Scene) -> dict[str, int]:
    """What a rebuild finds to be otherwise, by projection."""
    scene.house.run_followed()
    made = {
        name: rebuild(scene.house.database, one, lambda *_: None, inline=one in INLINE)
        for name, one in ALL.items()
    }
    return {name: one.differences for name, one in made.items() if one.differences}
