"""Your account: what does Heartwood know of you, and where are you signed in?"""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from web import signed_in
from web.access import now, person
from web.pages.blueprint import pages
from web.pages.forms import No, done, shows_again
from web.services import services


@pages.get("/account")
def account(no: No | None = None) -> ResponseReturnValue:
    person_id = person()
    return render_template(
        "account.html",
        me=services().vault.person(person_id),
        sessions=services().sessions.of_person(person_id, now()),
        this_one=_this_session(),
        is_staff=services().is_staff(person_id),
        no=no,
    )


@pages.post("/account/sessions/<uuid:session_id>/end")
@shows_again(account)
def end_session(session_id: UUID) -> ResponseReturnValue:
    """Somebody else's session does not exist here."""
    person_id = person()
    if session_id == _this_session():
        signed_in.end()
        return redirect(url_for("pages.sign_in"), code=HTTPStatus.SEE_OTHER)

    if not services().sessions.end_of_person(person_id, session_id):
        abort(404)

    return done("That browser is signed out.", "pages.account")


@pages.post("/account/sessions/end-others")
@shows_again(account)
def end_other_sessions() -> ResponseReturnValue:
    ended = services().sessions.end_all_of_person(person(), but=_this_session())

    if not ended:
        return done("You are signed in nowhere else.", "pages.account")
    browsers = "one other browser" if ended == 1 else f"{ended} other browsers"
    return done(f"You are signed out in {browsers}.", "pages.account")


def _this_session() -> UUID | None:
    found = signed_in.session_or_none(now())
    return found.session_id if found else None
