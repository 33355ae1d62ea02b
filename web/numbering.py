"""What is common to the pages and the API of phone numbers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from web.services import services


def offer_of(number: str) -> Any:
    """What the carrier sells under these digits; None if it has no such number."""
    return services().numbers.carrier.offer(number)


def keep_number(workspace_id: UUID, offer: Any) -> str:
    digest: str = services().vault.keep_text(workspace_id, offer.number)
    return digest
