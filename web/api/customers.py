"""The customers of an agency, for a key of its anchor; for any other key there are none."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

import msgspec
from flask import Response, jsonify

from domain.commands.customers import Into
from domain.customer import About, Customer
from domain.refusals import Refused
from domain.visibility import Area, Level, Visibility
from projections.catalogue import ACCESS, CUSTOMERS, DASHBOARD, VISIBILITY
from projections.customers import CustomerRow
from projections.dashboard import DashboardRow
from web.access import db, followed, read_of
from web.api.blueprint import api
from web.api.customer_types import CustomerBody
from web.api.gates import anchor_of_key, manager_of_anchor
from web.api.known_keys import Caller
from web.api.managing import body_of, conflict, line_in, made_id
from web.api.query import invalid
from web.errors import ApiError
from web.services import services
from web.texts import is_plain, on_lines


@api.get("/customers")
def customers() -> Response:
    """The customers of the agency, each with their workspace; a contact that was erased is null."""
    anchor = anchor_of_key()
    return jsonify(customers=_told(anchor.workspace_id, CUSTOMERS.of_anchor(db(), anchor.workspace_id)))


@api.post("/customers")
def add_customer() -> tuple[Response, int]:
    """Add a customer with a workspace of their own, which the anchor's first owner owns, or in one that is
    nobody's yet: 201; 200 if it was added under the same Idempotency-Key before."""
    who, anchor = manager_of_anchor()
    body, made_as = _checked(body_of(CustomerBody)), made_id(anchor.workspace_id, "customer")
    assert anchor.tree_id is not None, "whoever leads an agency has a tree"
    child_id = body.workspace_id or made_as

    before = _made_before(anchor, body, child_id, made_as)
    customer = before or _added(who, anchor, body, child_id, made_as)

    followed()
    read_of(*ACCESS.led_by(db(), anchor.workspace_id))
    row = CUSTOMERS.of_anchor_by_id(db(), anchor.workspace_id, customer.id)
    assert row is not None, "it is written with the fact"
    return jsonify(_told(anchor.workspace_id, [row])[0]), 200 if before else 201


def _checked(body: CustomerBody) -> CustomerBody:
    """As it is kept: what the types of the fields do not say."""
    lines = {name: getattr(body, name) for name in ("name", "contact", "workspace_name")}
    kept = {name: line_in(name, text) for name, text in lines.items() if text}
    if body.notes:
        if not is_plain(body.notes) or not body.notes.strip():
            raise invalid("notes", "notes is blank, or holds control characters.", "Send plain text.")
        kept["notes"] = on_lines(body.notes)
    return msgspec.structs.replace(body, **kept)


def _made_before(anchor: DashboardRow, body: CustomerBody, child_id: UUID, made_as: UUID) -> Customer | None:
    """Under the same key; what is refused leaves nothing in the vault."""
    agency = services().agency
    assert anchor.tree_id is not None, "whoever leads an agency has a tree"
    there: Customer | None = agency.customer_of(child_id)
    if there is not None and there.is_current_in(anchor.tree_id):
        first = agency.history_of_customer(there.id)[0]
        if first.contact_id == uuid5(made_as, "contact"):
            name = services().vault.text(anchor.workspace_id, first.name_digest)
            if name != body.name:
                raise conflict()
            return there
        message = "This workspace has a customer already."
        raise ApiError(409, "customer_exists", message, "Leave out workspace_id.", "workspace_id")
    tree = agency.tree(anchor.tree_id)
    if body.workspace_id is not None and body.workspace_id not in tree.children:
        message, hint = "There is no such workspace in this agency.", "Leave it out for a new workspace."
        raise invalid("workspace_id", message, hint)
    if body.workspace_id is None and (refusal := tree.why_not_add_child()):
        raise Refused(refusal)
    return None


def _added(who: Caller, anchor: DashboardRow, body: CustomerBody, child_id: UUID, made_as: UUID) -> Customer:
    keep, contact_id = services().vault.keep_text, uuid5(made_as, "contact")
    about = About(
        name_digest=keep(anchor.workspace_id, body.name),
        contact_id=contact_id,
        contact_digest=keep(contact_id, body.contact) if body.contact else None,
        notes_digest=keep(anchor.workspace_id, body.notes) if body.notes else None,
    )
    name = None if body.workspace_id is not None else body.workspace_name or body.name
    into = Into(
        workspace_id=child_id,
        name_digest=keep(child_id, name) if name is not None else None,
        shown=_shown(anchor, body, child_id),
    )
    found: Customer = services().agency.add_customer(anchor.tree_id, None, into, about, because=who.because())
    return found


def _shown(anchor: DashboardRow, body: CustomerBody, child_id: UUID) -> Visibility | None:
    if body.visibility is None:
        return None
    assert anchor.tree_id is not None
    is_new = body.workspace_id is None
    begins = (
        VISIBILITY.defaults_of_tree(db(), anchor.tree_id)
        if is_new
        else VISIBILITY.in_workspace(db(), child_id)
    )
    chosen = {area: getattr(body.visibility, area.value) for area in Area}
    return begins.but({area: Level(level) for area, level in chosen.items() if level is not msgspec.UNSET})


def _told(anchor_id: UUID, rows: list[CustomerRow]) -> list[dict[str, Any]]:
    places = {row.workspace_id: row for row in DASHBOARD.of_trees(db(), {one.tree_id for one in rows})}
    wanted = {(anchor_id, row.name_digest) for row in rows}
    wanted |= {(anchor_id, row.notes_digest) for row in rows if row.notes_digest}
    wanted |= {
        (row.contact_id, row.contact_digest) for row in rows if _has_contact(row) and row.contact_digest
    }
    wanted |= {(place.workspace_id, place.name_digest) for place in places.values()}
    texts = services().vault.texts(wanted)
    return [
        {
            "customer_id": str(row.customer_id),
            "name": texts[anchor_id, row.name_digest],
            "status": row.status,
            "workspace_id": str(row.workspace_id),
            "workspace_name": texts[row.workspace_id, places[row.workspace_id].name_digest]
            if row.workspace_id in places and not row.gone
            else None,
            "gone": row.gone,
            "contact": texts[row.contact_id, row.contact_digest] if _has_contact(row) else None,
            "notes": texts[anchor_id, row.notes_digest] if row.notes_digest else None,
            "added_at": row.added_at.isoformat(),
        }
        for row in rows
    ]


def _has_contact(row: CustomerRow) -> bool:
    return row.contact_digest is not None and not row.contact_erased
