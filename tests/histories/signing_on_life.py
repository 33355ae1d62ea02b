"""Single sign-on in an agency's life: it comes with a plan, goes with it, and comes back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from domain.single_sign_on import Provider

PROVIDER = Provider(
    issuer="https://login.brightsignal.test",
    client_id="heartwood",
    client_secret_digest="digest of a secret",
    domains=("brightsignal.test",),
    required=True,
)


def single_sign_on_comes_and_goes(life: Any, tree_id: UUID, owner_id: UUID) -> None:
    """Set up, lost with the plan, set up again and ended by the owner."""
    for number in range(2):
        enterprise = life.subscription(plan="enterprise")
        life.notice(f"evt_enterprise_{number}", "customer.subscription.updated", enterprise)
        life.agency.set_single_sign_on(
            tree_id, owner_id, PROVIDER, proven=PROVIDER.domains, because=life.by(owner_id)
        )
        if number:
            life.agency.remove_single_sign_on(tree_id, owner_id, because=life.by(owner_id))
        life.notice(f"evt_agency_{number}", "customer.subscription.updated", life.subscription())
