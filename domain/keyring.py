"""The API keys of a workspace: issued, replaced by another, revoked.

Each command decides and records at most one fact; to replace a key is to issue another, and two.
"""

from __future__ import annotations

from datetime import datetime

from domain.api_keys import KEYS_MAX, OVERLAPS, KeyMode, Overlap, Scope
from domain.because import Because
from domain.membership import require
from domain.permissions import Permission, Standing, may
from domain.refusals import Refusal, Refused
from domain.workspace import Workspace


def issue_key(
    workspace: Workspace,
    key_id: str,
    mode: KeyMode,
    scopes: tuple[str, ...],
    secret_mac: str,
    *,
    who: frozenset[Standing],
    because: Because,
) -> None:
    """Once for an id."""
    if key_id in workspace.keys_made:
        return
    if refusal := why_not_issue(workspace, scopes, who=who, at=because.at):
        raise Refused(refusal)
    scopes = tuple(scope.value for scope in Scope if scope in scopes)
    workspace.note(
        workspace.KeyIssued, because, key_id=key_id, mode=mode, scopes=scopes, secret_mac=secret_mac
    )


def replace_key(
    workspace: Workspace,
    key_id: str,
    successor_id: str,
    secret_mac: str,
    overlap: Overlap,
    *,
    who: frozenset[Standing],
    because: Because,
) -> None:
    """By one that may do the same; once for the successor's id."""
    if successor_id in workspace.keys_made:
        return
    if refusal := why_not_replace(workspace, key_id, overlap, who=who, at=because.at):
        raise Refused(refusal)
    made = workspace.keys_made[key_id]
    workspace.note(
        workspace.KeyIssued,
        because,
        key_id=successor_id,
        mode=made.mode,
        scopes=made.scopes,
        secret_mac=secret_mac,
    )
    workspace.note(
        workspace.KeyReplaced,
        because,
        key_id=key_id,
        successor_id=successor_id,
        expires_at=because.at + OVERLAPS[overlap],
    )


def revoke_key(workspace: Workspace, key_id: str, *, who: frozenset[Standing], because: Because) -> None:
    require(workspace, who, Permission.HANDLE_KEYS)
    if key_id in working_keys(workspace, because.at):
        workspace.note(workspace.KeyRevoked, because, key_id=key_id)


# Rules. The first refusal that applies, in the order `Refusal` lists them.


def why_not_issue(
    workspace: Workspace, scopes: tuple[str, ...], *, who: frozenset[Standing], at: datetime
) -> Refusal | None:
    if workspace.deleted:
        return Refusal.WORKSPACE_DELETED
    if not may(who, Permission.HANDLE_KEYS):
        return Refusal.ROLE_TOO_LOW
    if not scopes or not set(scopes) <= set(Scope):
        return Refusal.SCOPES_UNKNOWN
    if len(working_keys(workspace, at)) >= KEYS_MAX:
        return Refusal.TOO_MANY_KEYS
    return None


def why_not_replace(
    workspace: Workspace, key_id: str, overlap: Overlap, *, who: frozenset[Standing], at: datetime
) -> Refusal | None:
    if workspace.deleted:
        return Refusal.WORKSPACE_DELETED
    if not may(who, Permission.HANDLE_KEYS):
        return Refusal.ROLE_TOO_LOW
    if key_id not in workspace.keys:
        return Refusal.KEY_IS_OVER
    if OVERLAPS[overlap] and len(working_keys(workspace, at)) >= KEYS_MAX:
        return Refusal.TOO_MANY_KEYS
    return None


def working_keys(workspace: Workspace, at: datetime) -> set[str]:
    """The keys that programs can use, also those that work for a while beside their successors."""
    return workspace.keys | {
        key_id for key_id, replaced in workspace.keys_replaced.items() if replaced.expires_at > at
    }
