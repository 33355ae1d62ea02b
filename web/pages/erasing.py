"""Erase me: whoever is signed in has everything destroyed that is kept about them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web import signed_in
from web.access import because, person, read_again
from web.pages.blueprint import pages
from web.pages.forms import Invalid, No, shows_again
from web.services import services


def person_not_staff_or_404() -> UUID:
    """Whoever works in support is erased by who runs this Heartwood, and has no such page."""
    person_id = person()
    if services().is_staff(person_id):
        abort(404)
    return person_id


@pages.get("/account/erase")
def erase_me(no: No | None = None) -> ResponseReturnValue:
    foreseen = services().erasure.foresee(person_not_staff_or_404())
    return render_template(
        "erase_me.html", foreseen=foreseen, names=_names([*foreseen.member_of, *foreseen.invited_to]), no=no
    )


@pages.post("/account/erase")
@shows_again(erase_me)
def do_erase_me() -> ResponseReturnValue:
    person_id = person_not_staff_or_404()
    typed, email = request.form.get("email", "").strip(), services().vault.person(person_id).email
    if typed.casefold() != email.casefold():
        raise Invalid("email", "Please type your address exactly as it is shown.")

    read_again()  # it may have to close a checkout at Stripe
    services().erasure.record(person_id, because=because())

    read_again()
    services().sessions.end_all_of_person(person_id)
    signed_in.end()
    return redirect(url_for("pages.erased"), code=HTTPStatus.SEE_OTHER)


@pages.get("/erased")
def erased() -> ResponseReturnValue:
    """For everybody: who was erased is nobody we know."""
    return render_template("erased.html")


def _names(workspace_ids: list[UUID]) -> dict[UUID, Any]:
    found = map(services().agency.workspace, set(workspace_ids))
    texts = services().vault.texts([(one.id, one.name_digest) for one in found])
    return {workspace_id: name for (workspace_id, _), name in texts.items()}
