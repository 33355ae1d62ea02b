"""What leads up to each "no" about a customer."""

from __future__ import annotations

from collections.abc import Callable

from domain.commands.customers import Into
from domain.customer import About
from domain.refusals import Refusal
from tests.histories.life import ACME, ANA, TREE, Life, digest, named

ABOUT = About(
    name_digest=digest("Acme Ltd"),
    contact_id=named("contact of Acme"),
    contact_digest=digest("a contact"),
    notes_digest=None,
)
ANOTHER = About(name_digest=digest("Another"), contact_id=named("another contact"))


def added(life: Life, about: About = ABOUT) -> object:
    return life.agency.add_customer(TREE, ANA, Into(workspace_id=ACME), about, because=life.by(ANA))


def _exists(life: Life) -> Callable[[], object]:
    added(life)
    return lambda: added(life, ANOTHER)


def _closed(life: Life) -> Callable[[], object]:
    customer = life.agency.add_customer(TREE, ANA, Into(workspace_id=ACME), ABOUT, because=life.by(ANA))
    life.agency.close_customer(TREE, ANA, customer.id, because=life.by(ANA))
    return lambda: life.agency.suspend_customer(TREE, ANA, customer.id, because=life.by(ANA))


def _gone(life: Life) -> Callable[[], object]:
    customer = life.agency.add_customer(TREE, ANA, Into(workspace_id=ACME), ABOUT, because=life.by(ANA))
    life.agency.delete_child(ACME, ANA, because=life.by(ANA))
    return lambda: life.agency.change_customer(TREE, ANA, customer.id, ANOTHER, because=life.by(ANA))


REACHED: dict[Refusal, Callable[[Life], Callable[[], object]]] = {
    Refusal.CUSTOMER_EXISTS: _exists,
    Refusal.CUSTOMER_CLOSED: _closed,
    Refusal.CUSTOMER_GONE: _gone,
}
