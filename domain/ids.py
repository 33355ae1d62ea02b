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


def stream_of_customer(workspace_id: UUID, number: int) -> UUID:
    """The first customer of a workspace has the number 1; two who add one at once mean the same stream."""
    return uuid5(workspace_id, f"customer:{number}")


def stream_of_mail_domain(domain: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"mail domain:{domain}")


def stream_of_ledger(tree_id: UUID) -> UUID:
    return uuid5(tree_id, "credits")


def stream_of_call(workspace_id: UUID, idempotency_key: str) -> UUID:
    return uuid5(workspace_id, f"call:{idempotency_key}")


def stream_of_messages(workspace_id: UUID, idempotency_key: str) -> UUID:
    return uuid5(workspace_id, f"messages:{idempotency_key}")


def stream_of_number_charge(number_id: UUID, workspace_id: UUID, cycle_started_at: datetime) -> UUID:
    """A number may be sold to another workspace in a cycle of the same beginning."""
    return uuid5(number_id, f"charge:{workspace_id}:{cycle_started_at:%Y-%m-%dT%H:%M:%SZ}")


def stream_of_holdings(workspace_id: UUID) -> UUID:
    return uuid5(workspace_id, "holdings")


def stream_of_deployments(workspace_id: UUID) -> UUID:
    return uuid5(workspace_id, "deployments")


def stream_of_actions(workspace_id: UUID) -> UUID:
    return uuid5(workspace_id, "actions")


def stream_of_templates(tree_id: UUID) -> UUID:
    return uuid5(tree_id, "templates")


def stream_of_budget_notice(workspace_id: UUID, cycle_started_at: datetime, percent: int) -> UUID:
    return uuid5(workspace_id, f"budget:{cycle_started_at:%Y-%m-%dT%H:%M:%SZ}:{percent}")
