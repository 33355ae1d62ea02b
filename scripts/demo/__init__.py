"""The demo: a story of agencies over some months, the same every time, told through the real commands."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from domain.cycles import month_after
from scripts.demo import bright_signal, harbor_lane, kestrel_voice, small_places
from scripts.demo.stage import CAST, KEYS_FILE, Stage, workspace_id_of
from scripts.settings import Settings
from scripts.wiring import Wiring, now

MONTHS_OF_STORY = 6
LINK_LIFE = timedelta(hours=12)  # a demo is looked at all day; elsewhere a link lives for 15 minutes


def seed(settings: Settings, today: datetime | None = None) -> None:
    """Tell the story up to now; its months count back from this one."""
    today = today or now()
    stage = Stage(settings, beginning_of(today))
    try:
        bright_signal.tell(stage)
        kestrel_voice.begin(stage)
        harbor_lane.tell(stage, today)
        stage.go_to(today)
        small_places.tell(stage)
        stage.arrives("sam")
        stage.keep_keys(first="harbor_lane")
        stage.wiring.runner.catch_up()
    finally:
        stage.close()


def beginning_of(today: datetime) -> datetime:
    first = today.replace(day=1, hour=9, minute=0, second=0, microsecond=0)
    return month_after(first, -MONTHS_OF_STORY)


def ready(settings: Settings) -> dict[str, Any]:
    """What one needs to walk in: fresh sign-in links, API keys, ids."""
    wiring = Wiring(settings)
    at = wiring.clock()
    links = {
        name: wiring.links.make(email=f"{name}@example.com", now=at, browser=None, life=LINK_LIFE)
        for name in CAST
    }
    wiring.database.close()
    return {
        "sign_in": {name: f"{settings.url}/sign-in/{token}" for name, token in links.items()},
        "cast": CAST,
        "api_keys": json.loads((settings.data / KEYS_FILE).read_text()),
        "tree_id": str(bright_signal.TREE_ID),
        "anchor_id": str(workspace_id_of(bright_signal.ANCHOR)),
        "child_ids": [str(workspace_id_of(name)) for name in bright_signal.CHILDREN],
        "healthy": {
            "tree_id": str(harbor_lane.TREE_ID),
            "anchor_id": str(workspace_id_of(harbor_lane.ANCHOR)),
            "child_ids": [str(workspace_id_of(name)) for name in harbor_lane.CHILDREN],
        },
        "voice": {
            "tree_id": str(kestrel_voice.TREE_ID),
            "anchor_id": str(workspace_id_of(kestrel_voice.ANCHOR)),
            "child_ids": [str(workspace_id_of(name)) for name in kestrel_voice.CHILDREN],
        },
    }
