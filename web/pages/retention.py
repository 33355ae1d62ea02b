"""Retention: how long what was said on calls of a workspace is kept, set by whoever leads it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from domain.permissions import Permission
from domain.retention import RETENTION_DAYS_MAX, RETENTION_DAYS_MIN
from projections.catalogue import CALLS
from web.access import because, db, followed, person
from web.pages.blueprint import pages
from web.pages.forms import Invalid, done, shows_again
from web.pages.here import here_or_404
from web.pages.settings import settings
from web.services import services
from web.texts import number_in

DAYS_WRONG = (
    f"Please enter whole days, {RETENTION_DAYS_MIN} at least and {RETENTION_DAYS_MAX:,} at most, such as 90."
)


@pages.app_context_processor
def _for_settings() -> dict[str, Any]:
    return {
        "retention_of": lambda workspace_id: CALLS.retention(db(), workspace_id),
        "retention_days_min": RETENTION_DAYS_MIN,
        "retention_days_max": RETENTION_DAYS_MAX,
    }


@pages.post("/w/<uuid:workspace_id>/settings/retention")
@shows_again(settings)
def set_retention(workspace_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.SET_RETENTION)
    days = _days()

    services().agency.set_retention(workspace_id, person(), days, because=because())

    followed()
    text = f"What is said on calls is kept for {days:,} days now. What is older goes within the next hours."
    return done(text, "pages.settings", workspace_id=workspace_id)


def _days() -> int:
    days = number_in(request.form.get("days", "").strip())
    if days is None or not RETENTION_DAYS_MIN <= days <= RETENTION_DAYS_MAX:
        raise Invalid("days", DAYS_WRONG)
    return days
