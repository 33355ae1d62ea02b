"""Retention: how long are the texts of a call kept, and when have they to go?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from domain import membership
from domain.because import Because
from domain.permissions import Permission, Standing

if TYPE_CHECKING:
    from domain.workspace import Workspace

RETENTION_DAYS = 365  # where nothing else was set
RETENTION_DAYS_MIN = 7
RETENTION_DAYS_MAX = 3_650


# Commands. Each one decides, and records at most one fact.


def set_retention(workspace: Workspace, days: int, *, who: frozenset[Standing], because: Because) -> None:
    membership.require(workspace, who, Permission.SET_RETENTION)
    assert RETENTION_DAYS_MIN <= days <= RETENTION_DAYS_MAX
    if days != workspace.retention_days:
        workspace.note(workspace.RetentionSet, because, days=days)


def note_texts_retired(workspace: Workspace, until: datetime, *, because: Because) -> None:
    """Also of one that was deleted: what was written there goes as it was promised."""
    before = workspace.texts_retired_until
    if before is None or before < until:
        workspace.note(workspace.CallTextsRetired, because, until=until)


# Rules.


def retires_before(days: int, at: datetime) -> datetime:
    """The texts of a call that began before this have to go: whole days, so that they go once a day."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days)
