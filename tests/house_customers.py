"""Customers for tests: one in a workspace that is there, with all that an agency may keep."""

from __future__ import annotations

from uuid import UUID, uuid4

from domain.commands.customers import Into
from domain.customer import About
from tests.house import House


def a_customer(house: House, child_id: UUID, by: UUID, word: str = "Larkfield") -> UUID:
    """Name, contact and notes hold the word."""
    child, contact_id, keep = house.agency.workspace(child_id), uuid4(), house.wiring.vault.keep_text
    assert child.tree_id is not None
    assert child.parent_id is not None
    about = About(
        name_digest=keep(child.parent_id, f"{word} Ltd"),
        contact_id=contact_id,
        contact_digest=keep(contact_id, f"somebody of {word}"),
        notes_digest=keep(child.parent_id, f"{word} pays late"),
    )
    because = house.because(f"person:{by}")
    customer = house.agency.add_customer(
        child.tree_id, by, Into(workspace_id=child_id), about, because=because
    )
    return customer.id
