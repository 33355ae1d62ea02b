"""Ids that are derived, so that the same thing met twice is the same stream."""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5


def stream_of_notice(notice_id: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"stripe:notice:{notice_id}")


def stream_of_overage(tree_id: UUID, cycle_started_at: datetime) -> UUID:
    return uuid5(tree_id, f"overage:{cycle_started_at:%Y-%m-%dT%H:%M:%SZ}")


def stream_of_invoice(invoice_id: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"stripe:invoice:{invoice_id}")


def stream_of_reconciliation(job: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"reconciliation:{job}")


def stream_of_quota_notice(pool_id: UUID, cycle_started_at: datetime, percent: int) -> UUID:
    return uuid5(pool_id, f"quota:{cycle_started_at:%Y-%m-%dT%H:%M:%SZ}:{percent}")


def stream_of_correction(event_id: UUID) -> UUID:
    return uuid5(event_id, "correction")


def stream_of_mail_domain(domain: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"mail domain:{domain}")
