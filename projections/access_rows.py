"""What the gate's tables hold of a workspace, a key and a look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.api_keys import KeyState, state_at


@dataclass(frozen=True, kw_only=True)
class WorkspaceRow:
    workspace_id: UUID
    tree_id: UUID | None
    parent_id: UUID | None
    plan: str
    name_digest: str


@dataclass(frozen=True, kw_only=True)
class Key:
    """An API key, without its secret."""

    key_id: str
    workspace_id: UUID
    mode: str
    scopes: list[str]
    secret_mac: str
    revoked: bool
    expires_at: datetime | None  # once it was replaced

    def state_at(self, at: datetime) -> KeyState:
        return state_at(at, revoked=self.revoked, expires_at=self.expires_at)


@dataclass(frozen=True, kw_only=True)
class LookRow:
    """A look into an anchor, or into a workspace that stands or stood alone."""

    look_id: UUID
    person_id: UUID
    workspace_id: UUID
    reason_digest: str
    began_at: datetime
    ends_at: datetime
    ended_at: datetime | None  # before its time
