"""Sealing: what was said on a call is kept in the vault as long as its workspace keeps such texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from adapters.calls.retiring import TOLD_LATE, Kept
from adapters.vault import Vault
from domain.retention import RETENTION_DAYS_MIN, retires_before

NEVER_RETIRED = timedelta(days=RETENTION_DAYS_MIN)  # whatever a workspace has set


class Sealed(Protocol):
    @property
    def call_id(self) -> UUID: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def details(self) -> str | None: ...


class Sealing:
    """A text names its call, so that no two calls ever share one."""

    def __init__(self, vault: Vault, kept_of: Callable[[UUID], Kept]) -> None:
        self.vault = vault
        self.kept_of = kept_of

    def seal(
        self, workspace_id: UUID, details: str | None, started_at: datetime, now: datetime
    ) -> str | None:
        """The digest by which a fact knows it. Of a call that is too old nothing is left to be read."""
        if details is None:
            return None
        digest = self.vault.keep_text(workspace_id, details)
        if self._is_retired(workspace_id, started_at, now):
            self.vault.forget_text(workspace_id, digest)
        return digest

    def seal_all(self, workspace_id: UUID, calls: Sequence[Sealed], now: datetime) -> dict[UUID, str | None]:
        """The same for many, by call."""
        told = [one for one in calls if one.details is not None]
        texts = [one.details for one in told if one.details is not None]
        digests = self.vault.keep_texts(workspace_id, texts) if texts else []
        sealed: dict[UUID, str | None] = {one.call_id: None for one in calls}
        sealed |= {one.call_id: digest for one, digest in zip(told, digests, strict=True)}
        if any(one.started_at < now - NEVER_RETIRED for one in told):
            until = self._until(workspace_id, now)
            old = [sealed[one.call_id] for one in told if one.started_at < until]
            self.unseal(workspace_id, [digest for digest in old if digest is not None])
        return sealed

    def is_digest(self, workspace_id: UUID, details: str | None, digest: str | None) -> bool:
        """Whether a text is the one that a fact knows, also when it is not kept any more."""
        if details is None or digest is None:
            return details is digest
        return digest in (self.vault.digests_of(workspace_id, [details]) or [digest])

    def unseal(self, workspace_id: UUID, digests: Sequence[str]) -> None:
        if digests:
            self.vault.forget_texts(workspace_id, digests)

    def _is_retired(self, workspace_id: UUID, started_at: datetime, now: datetime) -> bool:
        if started_at >= now - NEVER_RETIRED:
            return False
        return started_at < self._until(workspace_id, now)

    def _until(self, workspace_id: UUID, now: datetime) -> datetime:
        """A call that began before this is too old: its time is over, or the clock, which has been further,
        would not look back as far as that to destroy its texts."""
        kept = self.kept_of(workspace_id)
        until = retires_before(kept.days, now)
        return until if kept.retired_until is None else max(until, kept.retired_until - TOLD_LATE)
