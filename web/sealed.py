"""Texts of one subject out of the vault: what people wrote in a workspace, by the digests of it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from web.services import services


def texts_in(subject_id: UUID, digests: Iterable[str]) -> dict[str, str]:
    found = services().vault.texts([(subject_id, digest) for digest in digests])
    return {digest: text for (_, digest), text in found.items()}
