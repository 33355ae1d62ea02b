"""Which agents of a workspace can somebody see and choose, and what are they called?"""

from __future__ import annotations

from uuid import UUID

from projections.catalogue import AGENTS
from web.access import db
from web.pages.here import Here
from web.sealed import texts_in

CHOOSE_AGENT = "Please choose an agent of this workspace."


def agents_of(here: Here) -> dict[UUID, str]:
    """By id, in the order of their names; none, if the agency hides them."""
    if not here.sees_agents:
        return {}
    rows = AGENTS.in_workspace(db(), here.workspace_id)
    names = texts_in(here.workspace_id, (row.name_digest for row in rows))
    found = [(names[row.name_digest], row.agent_id) for row in rows]
    return {agent_id: name for name, agent_id in sorted(found, key=lambda one: (one[0].casefold(), one[1]))}
