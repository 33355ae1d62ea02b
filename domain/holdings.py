"""Holdings: how much a workspace holds of what its plan limits over several streams.

One stream for each workspace, saved together with what changes it, so that two who take the last place at
once never both get it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Self
from uuid import UUID

from domain.because import Because
from domain.ids import stream_of_holdings
from domain.recorded import Recorded


class Held(StrEnum):
    KNOWLEDGE_BASE = "knowledge_base"  # its size is the bytes of its documents
    PHONE_NUMBER = "phone_number"  # its size is one
    AGENT = "agent"  # its size is one


class Holdings(Recorded):
    def __init__(
        self, workspace_id: UUID, tree_id: UUID | None, kind: Held, thing_id: UUID, size: int | None
    ) -> None:
        self.workspace_id = workspace_id
        self.sizes: dict[Held, dict[UUID, int]] = {one: {} for one in Held}
        self._set(kind, thing_id, size)

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        workspace_id: UUID
        tree_id: UUID | None
        kind: Held
        thing_id: UUID
        size: int | None  # from now on; None: it is not held any more

    class Begun(Event, Recorded.Created):
        pass

    class Changed(Event):
        def apply(self, holdings: Holdings) -> None:
            holdings._set(self.kind, self.thing_id, self.size)

    # Commands. Each one decides, and records at most one fact; whether there is room is asked before.

    @classmethod
    def begin(
        cls,
        workspace_id: UUID,
        tree_id: UUID | None,
        kind: Held,
        thing_id: UUID,
        size: int,
        *,
        because: Because,
    ) -> Self:
        fields = {"tree_id": tree_id, "kind": kind, "thing_id": thing_id, "size": size}
        stream = stream_of_holdings(workspace_id)
        return cls._begin(cls.Begun, stream, because, workspace_id=workspace_id, **fields)

    def set(
        self, kind: Held, thing_id: UUID, size: int | None, tree_id: UUID | None, *, because: Because
    ) -> None:
        if size != self.sizes[kind].get(thing_id):
            fields = {"tree_id": tree_id, "kind": kind, "thing_id": thing_id, "size": size}
            self.record(self.Changed, because, workspace_id=self.workspace_id, **fields)

    # Questions.

    def of(self, kind: Held) -> Mapping[UUID, int]:
        return self.sizes[kind]

    def _set(self, kind: Held, thing_id: UUID, size: int | None) -> None:
        if size is None:
            self.sizes[kind].pop(thing_id, None)
        else:
            self.sizes[kind][thing_id] = size
