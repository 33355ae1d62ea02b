"""What an action is, kept and told: its name, its address and its headers lie in the vault."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from domain import headers
from domain.action import Asked, Phase
from domain.headers import Header
from projections.actions import ActionRow
from projections.catalogue import ACTIONS
from web.access import db
from web.sealed import texts_in
from web.services import services
from web.structures import headers_in_templates


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


@contextmanager
def only_used(workspace_id: UUID, *digests: str | None) -> Iterator[None]:
    """Of these headers those are destroyed in the end, also where what is done here is refused, that no
    action sends and no template keeps: as it is known at once, for the screens may be a moment behind."""
    try:
        yield
    finally:
        found = services().agency.actions_in(workspace_id)
        sent = {step.asked.headers_digest for step in found.steps.values()} if found else set()
        unused = {one for one in digests if one is not None} - sent
        if unused and (unused := unused - headers_in_templates(workspace_id)):
            services().vault.forget_texts(workspace_id, sorted(unused))


def _names(sealed: str) -> list[str]:
    return [name for name, _ in headers.opened(sealed)]


def _digests(row: ActionRow) -> list[str]:
    return [one for one in (row.name_digest, row.url_digest, row.headers_digest) if one is not None]
