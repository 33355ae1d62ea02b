"""What an action is, kept and told: its name, its address and its headers lie in the vault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from domain import headers
from domain.action import Asked, Phase
from domain.because import Because
from domain.headers import Header
from projections.actions import ActionRow
from projections.catalogue import ACTIONS
from web.access import db
from web.sealed import texts_in
from web.services import services


@dataclass(frozen=True, kw_only=True)
class ActionSeen:
    """As pages and programs show it: of a header its name only, of the address its server to who looks."""

    row: ActionRow
    name: str
    url: str
    header_names: list[str]

    @property
    def server(self) -> str:
        return f"https://{urlsplit(self.url).netloc}" if self.url.startswith("https://") else self.url


def seen(workspace_id: UUID) -> list[ActionSeen]:
    rows = ACTIONS.in_workspace(db(), workspace_id)
    texts = texts_in(workspace_id, (digest for row in rows for digest in _digests(row)))
    return [
        ActionSeen(
            row=row,
            name=texts[row.name_digest],
            url=texts[row.url_digest],
            header_names=_names(texts[row.headers_digest]) if row.headers_digest else [],
        )
        for row in rows
    ]


def headers_of(row: ActionRow) -> list[Header]:
    if row.headers_digest is None:
        return []
    return headers.opened(services().vault.text(row.workspace_id, row.headers_digest))


def kept(
    workspace_id: UUID,
    *,
    name: str,
    phase: Phase,
    method: str,
    url: str,
    sent: Sequence[Header],
    timeout_seconds: int,
) -> Asked:
    """What people wrote goes into the vault, and what is left holds digests."""
    vault = services().vault
    return Asked(
        name_digest=vault.keep_text(workspace_id, name),
        phase=phase,
        method=method,
        url_digest=vault.keep_text(workspace_id, url),
        headers_digest=vault.keep_text(workspace_id, headers.sealed(sent)) if sent else None,
        timeout_seconds=timeout_seconds,
    )


def create(
    workspace_id: UUID, person_id: UUID | None, action_id: UUID, asked: Asked, *, because: Because
) -> Asked:
    """As it was made; headers that came with one that is refused, or there already, are not kept."""
    try:
        made: Asked = services().agency.create_action(
            workspace_id, person_id, action_id, asked, because=because
        )
    finally:
        forget_unused(workspace_id, asked.headers_digest)
    return made


def forget_unused(workspace_id: UUID, digest: str | None) -> None:
    """Headers that no action sends, as it is known at once: the screens may be a moment behind."""
    if digest is None:
        return
    found = services().agency.actions_in(workspace_id)
    if found is None or digest not in {step.asked.headers_digest for step in found.steps.values()}:
        services().vault.forget_text(workspace_id, digest)


def _names(sealed: str) -> list[str]:
    return [name for name, _ in headers.opened(sealed)]


def _digests(row: ActionRow) -> list[str]:
    return [one for one in (row.name_digest, row.url_digest, row.headers_digest) if one is not None]
