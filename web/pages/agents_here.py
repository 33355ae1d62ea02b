"""Which agents of a workspace can somebody see and choose, and what are they called?"""

from __future__ import annotations

from uuid import UUID

from projections.catalogue import AGENTS
from web.access import db
from web.pages.here import Here
from web.services import services


def agents_of(here: Here) -> dict[UUID, str]:
    """By id, in the order of their names; none, if the agency hides them."""
    if not here.sees_agents:
        return {}
    workspace_id = here.workspace_id
    rows = AGENTS.in_workspace(db(), workspace_id)
    names = services().vault.texts([(workspace_id, row.name_digest) for row in rows])
    found = [(names[workspace_id, row.name_digest], row.agent_id) for row in rows]
    return {agent_id: name for name, agent_id in sorted(found, key=lambda one: (one[0].casefold(), one[1]))}
