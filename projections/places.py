"""Place: what is a workspace to one person at one instant?"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.permissions import Role, Standing, standings


@dataclass(frozen=True, kw_only=True)
class Place:
    """A workspace as somebody stands in it: as a member, from above, or looking for support."""

    workspace_id: UUID
    tree_id: UUID | None
    parent_id: UUID | None
    plan: str
    name_digest: str
    role_here: str | None
    role_in_anchor: str | None
    looks: bool  # for support, into it or into its anchor

    @property
    def standings(self) -> frozenset[Standing]:
        return standings(
            here=Role(self.role_here) if self.role_here else None,
            in_anchor=Role(self.role_in_anchor) if self.role_in_anchor else None,
            is_child=self.parent_id is not None,
            looks=self.looks,
        )

    @property
    def own_standings(self) -> frozenset[Standing]:
        """Without what comes from above: of what this very workspace has for itself."""
        return standings(
            here=Role(self.role_here) if self.role_here else None,
            in_anchor=None,
            is_child=self.parent_id is not None,
            looks=self.looks and self.parent_id is None,
        )

    @property
    def anchor_id(self) -> UUID:
        return self.parent_id or self.workspace_id


# A role above counts if it reaches down (`REACHES_CHILDREN`); a look covers what its workspace leads.
PLACES = """
    SELECT w.workspace_id, w.tree_id, w.parent_id, w.plan, w.name_digest,
           here.role AS role_here, above.role AS role_in_anchor, look.workspace_id IS NOT NULL AS looks
      FROM access_workspaces w
      LEFT JOIN access_members here
             ON here.workspace_id = w.workspace_id AND here.person_id = %(person_id)s
      LEFT JOIN access_members above
             ON above.workspace_id = w.parent_id AND above.person_id = %(person_id)s
            AND above.role IN ('owner', 'admin', 'auditor')
      LEFT JOIN (SELECT DISTINCT workspace_id FROM access_looks
                  WHERE person_id = %(person_id)s AND ended_at IS NULL AND ends_at > %(at)s::timestamptz) look
             ON look.workspace_id = coalesce(w.parent_id, w.workspace_id)
     WHERE (here.role IS NOT NULL OR above.role IS NOT NULL OR look.workspace_id IS NOT NULL)
"""
