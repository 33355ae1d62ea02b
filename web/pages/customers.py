"""The customers of an agency: which there are, and a new one with a workspace of their own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from domain.commands.customers import Into
from domain.customer import About, Customer
from domain.permissions import Permission
from domain.refusals import Refusal, Refused
from domain.template import FromTemplate
from domain.visibility import Area, Level, Visibility
from projections.catalogue import VISIBILITY
from web.access import because, db, followed, new_id, person
from web.pages.blueprint import pages
from web.pages.customer_forms import CONTACT_MAX, NOTES_MAX, contact_of, notes_of
from web.pages.customer_rows import ORDERS, STATES, WORDS, asked, listed
from web.pages.forms import Invalid, No, choice_of, done, id_of, name_of, shows_again
from web.pages.here import Here, lead_or_404
from web.pages.overview import Line
from web.pages.template_choice import choices, chosen, started
from web.pages.trees import agency_tree_id
from web.services import services

AS_IT_IS = ""  # for a workspace that is there: this area stays what it was


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a new customer is to live: a child that is there, or a new one with this name."""

    workspace_id: UUID
    name: str | None
    shown: Visibility


@pages.get("/w/<uuid:workspace_id>/customers")
def customers(workspace_id: UUID) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.SEE_CUSTOMERS)
    which = asked()
    return render_template(
        "customers.html",
        here=here,
        which=which,
        listed=listed(here, which),
        states=[(state, WORDS[state]) for state in STATES],
        orders=list(ORDERS),
    )


@pages.get("/w/<uuid:workspace_id>/customers/new")
def new_customer(workspace_id: UUID, no: No | None = None) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.HANDLE_CUSTOMERS)
    every = listed(here, asked())
    child = _child_asked_for(list(every.without))
    return render_template(
        "customer_new.html",
        here=here,
        listed=every,
        child=child,
        templates=choices(here),
        shown=_levels_chosen() or (None if child else _defaults(here)),
        contact_max=CONTACT_MAX,
        notes_max=NOTES_MAX,
        no=no,
    )


@pages.post("/w/<uuid:workspace_id>/customers")
@shows_again(new_customer)
def add_customer(workspace_id: UUID) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.HANDLE_CUSTOMERS)
    name = name_of("name", "the name of the customer")
    contact, notes, place, template_id = contact_of(), notes_of(), _place(here, name), chosen(here)
    tree_id = agency_tree_id(workspace_id)

    customer = _made_before(tree_id, place) or _added(
        workspace_id, tree_id, name, contact, notes, place, started(here, template_id, place.workspace_id)
    )

    followed()
    ids = {"workspace_id": workspace_id, "customer_id": customer.id}
    text = f"“{name}” is a customer now. Next, invite its people to its workspace, and make an agent there."
    return done(text, "pages.customer", **ids)


def _added(
    anchor_id: UUID,
    tree_id: UUID,
    name: str,
    contact: str,
    notes: str,
    place: Place,
    template: FromTemplate | None,
) -> Customer:
    keep, contact_id = services().vault.keep_text, new_id("contact")
    about = About(
        name_digest=keep(anchor_id, name),
        contact_id=contact_id,
        contact_digest=keep(contact_id, contact) if contact else None,
        notes_digest=keep(anchor_id, notes) if notes else None,
    )
    into = Into(
        workspace_id=place.workspace_id,
        name_digest=keep(place.workspace_id, place.name) if place.name else None,
        shown=place.shown,
        template=template,
    )
    found: Customer = services().agency.add_customer(tree_id, person(), into, about, because=because())
    return found


def _made_before(tree_id: UUID, place: Place) -> Customer | None:
    """By this very form, when it was sent the first time. What is refused leaves nothing in the vault."""
    agency = services().agency
    there: Customer | None = agency.customer_of(place.workspace_id)
    if there is not None and there.is_current_in(tree_id):
        if there.about.contact_id != new_id("contact"):
            raise Refused(Refusal.CUSTOMER_EXISTS)
        return there
    tree = agency.tree(tree_id)
    if place.name is None:
        if place.workspace_id not in tree.children:
            raise Invalid("child", "Please choose a workspace of this agency.")
    elif refusal := tree.why_not_add_child():
        raise Refused(refusal)
    return None


def _place(here: Here, name: str) -> Place:
    if request.form.get("child"):
        child_id = id_of("child", "Please choose a workspace of this agency.")
        shown = VISIBILITY.in_workspaces(db(), [child_id])[child_id]
        return Place(workspace_id=child_id, name=None, shown=shown.but(_levels_to_change()))
    workspace = name_of("workspace", "a name for the workspace", required=False) or name
    return Place(workspace_id=new_id("child"), name=workspace, shown=_defaults(here).but(_levels_to_change()))


def _levels_to_change() -> dict[Area, Level]:
    chosen = {area: choice_of(area.value, [AS_IT_IS, *Level]) for area in Area if area.value in request.form}
    return {area: Level(level) for area, level in chosen.items() if level != AS_IT_IS}


def _levels_chosen() -> Visibility | None:
    """What was chosen in a form that is shown again."""
    chosen = {area: request.form.get(area.value) for area in Area}
    if not all(level in list(Level) for level in chosen.values()):
        return None
    return Visibility().but({area: Level(str(level)) for area, level in chosen.items()})


def _defaults(here: Here) -> Visibility:
    if here.row.tree_id is None:
        return Visibility()
    return VISIBILITY.defaults_of_tree(db(), here.row.tree_id)


def _child_asked_for(without: list[Line]) -> Line | None:
    """The workspace that is to have a customer; one that has one, or is not there, is a miss."""
    text = request.form.get("child") or request.args.get("child")
    if not text:
        return None
    found = next((line for line in without if str(line.row.workspace_id) == text), None)
    if found is None and request.method == "GET":
        abort(404)
    return found
