"""What is common to the pages and the API of phone numbers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort

from projections.catalogue import PHONE_NUMBERS
from projections.phone_numbers import PhoneNumberRow
from web.access import db
from web.services import services


def offer_of(number: str) -> Any:
    """What the carrier sells under these digits; None if it has no such number."""
    return services().numbers.carrier.offer(number)


def keep_number(workspace_id: UUID, offer: Any) -> str:
    digest: str = services().vault.keep_text(workspace_id, offer.number)
    return digest


def number_or_404(workspace_id: UUID, number_id: UUID) -> PhoneNumberRow:
    found = (one for one in PHONE_NUMBERS.in_workspace(db(), workspace_id) if one.number_id == number_id)
    return next(found, None) or abort(404)
