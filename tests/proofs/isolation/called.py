"""A call of each workspace of the ground that runs, and what was said on it so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.called import a_call
from tests.proofs.isolation.canaries import Kind, canary

if TYPE_CHECKING:
    from tests.proofs.isolation.ground import Ground


def called(ground: Ground, place: str) -> None:
    word, link = canary(Kind.CALL, place), canary(Kind.RECORDING, place)
    call_id = a_call(
        ground.house,
        ground.places[place],
        caller=f"caller {word}",
        transcript=f"said {word}",
        recording_url=f"https://recordings.example.com/{link}",
        fields={f"name {word}": f"wants {word}"},
    )
    ground.things.setdefault("call", {})[place] = str(call_id)
