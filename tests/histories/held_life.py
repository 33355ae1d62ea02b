"""What a workspace holds in an agency's life: a knowledge base that comes and goes, and a phone number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.phone_number import GRACE, Offer

if TYPE_CHECKING:
    from tests.histories.life import Life


def knowledge_and_numbers(life: Life) -> None:
    """While the plan has calls; afterwards it is as it was."""
    life.notice("evt_calls", "customer.subscription.updated", life.subscription(plan="enterprise"))
    a_knowledge_base(life)
    a_phone_number(life)
    life.notice("evt_no_calls", "customer.subscription.updated", life.subscription())


def a_knowledge_base(life: Life) -> None:
    from tests.histories.life import ACME, ADAM, ANA, digest, named

    agency, base, document = life.agency, named("knowledge"), named("document")
    agency.create_knowledge_base(ACME, ANA, base, digest("Prices"), because=life.by(ANA))
    agency.rename_knowledge_base(ACME, ADAM, base, digest("Hours"), because=life.by(ADAM))
    text = {"title_digest": digest("Sunday"), "digest": digest("Closed"), "bytes": 6}
    agency.add_document(ACME, ANA, base, document, **text, because=life.by(ANA))  # type: ignore[arg-type]
    agency.remove_document(ACME, ANA, base, document, because=life.by(ANA))
    agency.delete_knowledge_base(ACME, ANA, base, because=life.by(ANA))


def a_phone_number(life: Life) -> None:
    """Answered for a while, released, bought again, and lost for want of credits."""
    from tests.histories.life import ACME, ANA, TREE, digest, named

    agency, offer = life.agency, Offer(number_id=named("number"), number="+493023125042", country="DE")
    agency.buy_number(ACME, ANA, offer, digest(offer.number), because=life.by(ANA))
    number = agency.number(ACME, offer.number_id)
    number.assign(named("agent"), TREE, because=life.by(ANA))
    number.unassign(TREE, because=life.by(ANA))
    agency.save(number)
    agency.release_number(ACME, ANA, offer.number_id, because=life.by(ANA))
    agency.buy_number(ACME, ANA, offer, digest(offer.number), because=life.by(ANA))
    now = life.now
    for waited in (0 * GRACE, GRACE):
        life.now = now + waited
        because = life.by_clock("numbers")
        agency.note_unpaid_number(ACME, offer.number_id, life.cycle[0], because=because)
