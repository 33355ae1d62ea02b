"""What a workspace that came out of an agency is told of it, and who may read how that happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.permissions import Standing
from projections.catalogue import TIMELINE
from projections.timeline import PAGE_MAX, TimelineFilter
from web.access import db
from web.pages.here import Here, leads_tree


@dataclass(frozen=True, kw_only=True)
class Downgraded:
    """`tree_id` only for who may read how it happened; anybody else learns nothing of the agency. Support,
    which looks into this workspace alone, learns where to look next."""

    at: datetime
    plan_from: str
    quota_events: int
    tree_id: UUID | None
    look_next: UUID | None
    plan_of_agency: str | None  # what it changed to, where that is why and the agency went on


def downgraded(here: Here) -> Downgraded | None:
    """How a workspace that stands alone came to do so, if it was part of an agency before."""
    if here.row.tree_id is not None:
        return None
    rows = TIMELINE.in_workspace(
        db(), here.workspace_id, TimelineFilter(name="Workspace.Downgraded"), limit=1
    ).rows
    if not rows:
        return None
    row = rows[0]
    tree_id = row.tree_id if row.tree_id and leads_tree(row.tree_id) else None
    return Downgraded(
        at=row.at,
        plan_from=row.fields["plan_from"],
        quota_events=row.fields["quota_events"],
        tree_id=tree_id,
        look_next=row.tree_id if tree_id is None and Standing.SUPPORT in here.standings else None,
        plan_of_agency=_plan_of_agency(tree_id, row.cause) if tree_id else None,
    )


def _plan_of_agency(tree_id: UUID, cause: str) -> str | None:
    """The plan that had no place for it, if a change of plan let it go."""
    changes = TIMELINE.of_tree(db(), tree_id, TimelineFilter(name="Tree.PlanChanged"), limit=PAGE_MAX).rows
    plans = {f"fact:{one.stream}/{one.version}": one.fields["plan_to"] for one in changes}
    return plans.get(cause)
