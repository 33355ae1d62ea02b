"""Quota: a pool is nearly or wholly used, and whoever leads it reads so on the overview and on billing."""

from __future__ import annotations

from typing import Any

from projections.catalogue import QUOTAS
from projections.quotas import QuotaRow
from web.access import db, now
from web.pages.blueprint import pages
from web.pages.here import Here


@pages.app_context_processor
def _for_pages() -> dict[str, Any]:
    return {"quota_of": quota_of}


def quota_of(here: Here) -> QuotaRow | None:
    if here.is_child or not here.leads:
        return None
    return QUOTAS.standing(db(), here.row.tree_id or here.workspace_id, now())
