"""One customer: what is kept about them, how they stand, and how that changes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from domain.customer import About, Customer
from domain.permissions import Permission
from domain.refusals import Refused
from domain.suspension import Running
from domain.workspace_names import CONVENTION, follows_convention, suggested_name
from projections.catalogue import CUSTOMERS, DASHBOARD, VISIBILITY
from projections.customers import CustomerRow
from projections.history.kinds import kind
from projections.history.names import actor_words, person_in
from web.access import because, db, followed, new_id, person
from web.pages.blueprint import pages
from web.pages.customer_forms import CONTACT_MAX, NOTES_MAX, contact_of, notes_of
from web.pages.customer_rows import WORDS
from web.pages.forms import No, done, name_of, shows_again
from web.pages.here import lead_or_404
from web.sealed import texts_in
from web.services import services

ADDRESS = "/w/<uuid:workspace_id>/customers/<uuid:customer_id>"
HISTORY_MAX = 100
ERASED = "erased"


@dataclass(frozen=True, kw_only=True)
class Written:
    """What is kept about a customer, in words."""

    name: str
    contact: str
    notes: str
    workspace: str | None  # None once it is gone


@dataclass(frozen=True, kw_only=True)
class Happened:
    """A fact of a customer, with what the contact was then; an erased one reads so."""

    at: datetime
    kind: str
    who: str
    contact: str


@dataclass(frozen=True, kw_only=True)
class On:
    """What is on in the workspace of a customer, by name."""

    agents: list[str]
    deployments: list[str]


@pages.get(ADDRESS)
def customer(workspace_id: UUID, customer_id: UUID, no: No | None = None) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.SEE_CUSTOMERS)
    row = _row_or_404(workspace_id, customer_id)
    written = _written(row)
    workspace = services().agency.workspace(row.workspace_id)
    named = written.workspace
    return render_template(
        "customer.html",
        here=here,
        row=row,
        written=written,
        words=WORDS[row.gone or row.status],
        shown=None if row.gone else VISIBILITY.in_workspace(db(), row.workspace_id),
        running=_on(services().agency.running_in(workspace)),
        off=_off(services().agency.customer(customer_id)),
        suggestion=suggested_name(named, written.name) if named else None,
        convention=None if named is None or follows_convention(named) else CONVENTION,
        history=_history(row),
        contact_max=CONTACT_MAX,
        notes_max=NOTES_MAX,
        no=no,
    )


@pages.post(ADDRESS)
@shows_again(customer)
def change_customer(workspace_id: UUID, customer_id: UUID) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.HANDLE_CUSTOMERS)
    row = _row_or_404(workspace_id, customer_id)
    name, contact, notes = name_of("name", "the name of the customer"), contact_of(), notes_of()

    about = _about(services().agency.customer(customer_id), workspace_id, name, contact, notes)
    services().agency.change_customer(row.tree_id, person(), customer_id, about, because=because())

    return _done(workspace_id, customer_id, "It is kept.")


@pages.post(f"{ADDRESS}/suspend")
@shows_again(customer)
def suspend_customer(workspace_id: UUID, customer_id: UUID) -> ResponseReturnValue:
    return _do(
        workspace_id,
        customer_id,
        services().agency.suspend_customer,
        "The customer is suspended. No calls are taken; everything can still be read.",
    )


@pages.post(f"{ADDRESS}/resume")
@shows_again(customer)
def resume_customer(workspace_id: UUID, customer_id: UUID) -> ResponseReturnValue:
    text = "The customer is served again, with what was on before."
    return _do(workspace_id, customer_id, services().agency.resume_customer, text)


@pages.post(f"{ADDRESS}/close")
@shows_again(customer)
def close_customer(workspace_id: UUID, customer_id: UUID) -> ResponseReturnValue:
    text = "The customer is closed. Their workspace can be read, and takes no calls."
    return _do(workspace_id, customer_id, services().agency.close_customer, text)


@pages.post(f"{ADDRESS}/contact/erase")
@shows_again(customer)
def erase_contact(workspace_id: UUID, customer_id: UUID) -> ResponseReturnValue:
    text = "The contact is erased for ever, with all that it was before."
    return _do(workspace_id, customer_id, services().agency.erase_contact, text)


def _do(
    workspace_id: UUID, customer_id: UUID, command: Callable[..., None], text: str
) -> ResponseReturnValue:
    lead_or_404(workspace_id, Permission.HANDLE_CUSTOMERS)
    row = _row_or_404(workspace_id, customer_id)

    command(row.tree_id, person(), customer_id, because=because())

    return _done(workspace_id, customer_id, text)


def _done(workspace_id: UUID, customer_id: UUID, text: str) -> ResponseReturnValue:
    followed()
    return done(text, "pages.customer", workspace_id=workspace_id, customer_id=customer_id)


def _row_or_404(anchor_id: UUID, customer_id: UUID) -> CustomerRow:
    return CUSTOMERS.of_anchor_by_id(db(), anchor_id, customer_id) or abort(404)


def _about(there: Customer, anchor_id: UUID, name: str, contact: str, notes: str) -> About:
    """A contact that comes after one was erased lies under a subject of its own; what is refused is not
    kept."""
    keep, contact_id = services().vault.keep_text, there.about.contact_id
    if refusal := there.why_not_change(services().agency.workspace(there.workspace_id)):
        raise Refused(refusal)
    if contact_id in there.contacts_erased:
        contact_id = new_id(f"contact {len(there.contacts_erased)}") if contact else contact_id
    return About(
        name_digest=keep(anchor_id, name),
        contact_id=contact_id,
        contact_digest=_contact_digest(there, contact_id, contact),
        notes_digest=keep(anchor_id, notes) if notes else None,
    )


def _contact_digest(there: Customer, contact_id: UUID, contact: str) -> str | None:
    """Of an erased contact the digest stays, so that nothing was changed where nothing was typed."""
    if contact:
        digest: str = services().vault.keep_text(contact_id, contact)
        return digest
    return there.about.contact_digest if contact_id in there.contacts_erased else None


def _written(row: CustomerRow) -> Written:
    vault, anchor_id = services().vault, row.anchor_id
    place = None if row.gone else DASHBOARD.in_workspace(db(), row.workspace_id)
    return Written(
        name=vault.text(anchor_id, row.name_digest),
        contact="" if row.contact_erased else _text(row.contact_id, row.contact_digest),
        notes=_text(anchor_id, row.notes_digest),
        workspace=vault.text(place.workspace_id, place.name_digest) if place else None,
    )


def _text(subject_id: UUID, digest: str | None) -> str:
    return services().vault.text(subject_id, digest) if digest is not None else ""


def _on(running: Running) -> On:
    """Named, so that whoever suspends reads what goes off before they do."""
    agents = [one for one in running.agents if one.id in running.agents_on]
    widgets = [running.deployments.widgets[one] for one in running.deployments_on]
    texts = texts_in(running.workspace.id, (one.name_digest for one in [*agents, *widgets]))
    return On(
        agents=[texts[one.name_digest] for one in agents],
        deployments=[texts[one.name_digest] for one in widgets],
    )


def _off(there: Customer) -> tuple[int, int]:
    """How many agents and widgets the suspension has switched off."""
    return len(there.agents_off), len(there.deployments_off)


def _history(row: CustomerRow) -> list[Happened]:
    """The newest first; of a very long one the last."""
    facts = services().agency.history_of_customer(row.customer_id)[-HISTORY_MAX:]
    people = services().vault.people([one for fact in facts if (one := person_in(fact.actor))])
    erased = services().agency.customer(row.customer_id).contacts_erased
    return [_happened(fact, people, erased) for fact in reversed(facts)]


def _happened(fact: Any, people: dict[UUID, Any], erased: Collection[UUID]) -> Happened:
    """What was erased reads so at once, also while the errand that destroys it is on its way."""
    digest = getattr(fact, "contact_digest", None)
    contact = _text(fact.contact_id, digest) if digest is not None else ""
    return Happened(
        at=fact.timestamp,
        kind=kind(type(fact).__qualname__),
        who=actor_words(fact.actor, lambda person_id: people[person_id].name),
        contact=ERASED if contact and fact.contact_id in erased else contact,
    )
