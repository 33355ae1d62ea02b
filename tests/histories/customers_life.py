"""Customers in an agency's life: one is added, changed, suspended and resumed, and closed in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.commands.customers import Into
from domain.customer import About

if TYPE_CHECKING:
    from tests.histories.life import Life


def a_customer_comes_and_goes(life: Life) -> None:
    """In a workspace that is there; the contact is erased on the way."""
    from tests.histories.life import ACME, ADAM, ANA, TREE, digest, named

    agency = life.agency
    about = About(
        name_digest=digest("Acme Ltd"),
        contact_id=named("contact of Acme"),
        contact_digest=digest("a contact"),
        notes_digest=None,
    )
    customer = agency.add_customer(TREE, ANA, Into(workspace_id=ACME), about, because=life.by(ANA))
    agency.erase_contact(TREE, ANA, customer.id, because=life.by(ANA))
    changed = About(
        name_digest=about.name_digest,
        contact_id=named("another contact of Acme"),
        contact_digest=None,
        notes_digest=digest("pays late"),
    )
    agency.change_customer(TREE, ADAM, customer.id, changed, because=life.by(ADAM))
    agency.set_markup(TREE, ANA, customer.id, 2_500, because=life.by(ANA))
    agency.suspend_customer(TREE, ADAM, customer.id, because=life.by(ADAM))
    agency.resume_customer(TREE, ADAM, customer.id, because=life.by(ADAM))
    agency.close_customer(TREE, ANA, customer.id, because=life.by(ANA))
