"""Ids that are derived, so that the same thing met twice is the same stream."""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5


def stream_of_notice(notice_id: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"stripe:notice:{notice_id}")


def stream_of_invoice(invoice_id: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"stripe:invoice:{invoice_id}")
