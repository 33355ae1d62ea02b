"""The front door: where one who arrives is sent."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from projections.catalogue import ACCESS
from web.access import db, person
from web.pages.blueprint import pages
from web.services import services


@pages.get("/")
def home() -> ResponseReturnValue:
    places = ACCESS.places_of(db(), person())
    if not places and services().is_staff(person()):
        return redirect(url_for("pages.support"))
    if not places:
        return render_template("no_workspace.html")
    return redirect(url_for("pages.overview", workspace_id=places[0].workspace_id))


@pages.get("/talk-to-us")
def talk_to_us() -> ResponseReturnValue:
    return render_template("talk_to_us.html")
