"""A fact as it stands in a log: the event, and where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID


# Not frozen: that would make it take four times as long to make one, and replay makes millions.
@dataclass(slots=True, unsafe_hash=True)
class Fact:
    """One event of a log; nobody changes it.

    position: its place in the log; positions grow, with holes.
    append: the position of the first fact that was saved in the same transaction.
    key: the tree, workspace or stream it is about; facts of one key are followed in order or not at all.
    """

    log: str
    position: int
    append: int
    stream: UUID
    version: int
    topic: str  # its name, as in ``Tree.ChildAdded``
    state: bytes
    event: Any

    @property
    def tree_id(self) -> UUID | None:
        found: UUID | None = getattr(self.event, "tree_id", None)
        if found is None and self.topic.startswith("Tree."):
            return self.stream
        return found

    @property
    def workspace_id(self) -> UUID | None:
        found: UUID | None = getattr(self.event, "workspace_id", None)
        if found is None and self.topic.startswith("Workspace."):
            return self.stream
        return found

    @property
    def key(self) -> UUID:
        return self.tree_id or self.workspace_id or self.stream

    @property
    def name(self) -> str:
        return self.topic
