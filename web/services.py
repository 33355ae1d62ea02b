"""What the web needs of the rest of the house; `scripts/wiring.py` fills it in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app

HEARTWOOD = "heartwood"  # under which name an application keeps its services


@dataclass(frozen=True, kw_only=True)
class Services:
    """The adapters as the views see them; `Any` because web does not import adapters."""

    url: str  # where people reach us, without a slash at the end
    trusted_proxies: int  # that stand before us, each of which says truly where a request came from
    demo: bool
    clock: Callable[[], datetime]
    reading: Callable[..., AbstractContextManager[Any]]  # one snapshot of the database, of those it names
    naming: Callable[..., None]  # in a snapshot: more of them
    agency: Any  # domain.agency.Agency
    ingest: Any  # adapters.ingest.Ingest
    metering: Any  # domain.metering.Metering
    ledgers: Any  # adapters.ledgers.Ledgers
    telling: Any  # adapters.calls.telling.Telling
    recording: Any  # adapters.calls.recording.Recording
    numbers: Any  # adapters.numbers.Numbers
    usage_rows: Any  # adapters.usage.breakdown.UsageRows
    tracked: Any  # adapters.tracked_events.TrackedEvents
    vault: Any  # adapters.vault.Vault
    attempts: Any  # adapters.attempts.Attempts
    links: Any  # adapters.sign_in_links.SignInLinks
    sessions: Any  # adapters.sessions.Sessions
    providers: Any  # adapters.oidc.OpenIdProviders
    keys: Any  # adapters.keys.Keys
    key_traffic: Any  # adapters.key_traffic.KeyTraffic
    billing: Any  # adapters.stripe.billing.Billing
    receive_notice: Callable[[bytes, str], str | None]  # body, signature; the reason if it is refused
    evidence: Any  # adapters.postgres.evidence.Evidence
    noting: Any  # adapters.postgres.noting.Noting
    copy_of: Callable[..., Any]  # facts as adapters.in_memory.InMemory, on which commands work
    past: Any  # adapters.postgres.past.Past
    reading_past: Callable[..., AbstractContextManager[Any]]  # screens as of a moment, of those it names
    asked_by: Callable[..., list[Any]]  # which errands facts asked for, and what became of them
    mail: Any  # adapters.mail.Mailer; in the demo the MailFolder, which can be read
    health: Callable[[], dict[str, Any]]
    followed: Callable[[], None]  # waits, with a deadline, until screens show what was just recorded
    is_staff: Callable[[UUID], bool]  # who works in support
    erasure: Any  # adapters.erasure.Erasure
    exports: Any  # adapters.export.exports.Exports
    support: Any  # adapters.postgres.support.Support
    views: Any  # adapters.saved_views.SavedViews
    form_keys: Callable[[], list[str]]  # they sign forms and cookies; the newest first


def services() -> Services:
    found: Services = current_app.extensions[HEARTWOOD]
    return found
