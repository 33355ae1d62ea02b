"""A plain notice on every page of a workspace whose customer is not served."""

from __future__ import annotations

from domain.customer import CustomerStatus
from projections.catalogue import CUSTOMERS
from web.access import db
from web.pages.blueprint import pages
from web.pages.here import Here


@pages.app_context_processor
def _for_the_top() -> dict[str, object]:
    return {"unserved": unserved}


def unserved(here: Here | None) -> CustomerStatus | None:
    """How the customer of a child stands, where its calls are refused."""
    if here is None or not here.is_child:
        return None
    status = CUSTOMERS.status_of(db(), [here.workspace_id]).get(here.workspace_id)
    return None if status is CustomerStatus.ACTIVE else status
