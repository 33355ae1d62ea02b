"""Settings of a workspace: its name, its hourly rate, leaving it, and its end."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from domain.permissions import Permission, may
from domain.savings import HOURLY_RATE_CENTS, HOURLY_RATE_CENTS_MAX
from domain.visibility import Area
from projections.catalogue import POOLS, VISIBILITY
from web.access import ask_stripe, because, db, followed, person, place_of
from web.pages.asked import asks_stripe
from web.pages.billed import trees_billed
from web.pages.blueprint import pages
from web.pages.filters import money
from web.pages.forms import Invalid, No, cents_of, done, name_of, shows_again
from web.pages.here import Here, here_or_404, lead_or_404, own_or_404
from web.pages.overview import overview
from web.services import services


@pages.get("/w/<uuid:workspace_id>/settings")
def settings(workspace_id: UUID, no: No | None = None) -> ResponseReturnValue:
    here = here_or_404(workspace_id, area=Area.CONFIGURATION)
    place = place_of(workspace_id)
    may_see_invoices = place is not None and may(place.own_standings, Permission.SEE_INVOICES)
    was_billed = here.is_child and may_see_invoices and bool(trees_billed(here))
    return render_template(
        "settings.html",
        here=here,
        is_member=place.role_here if place else None,
        was_billed=was_billed,
        hourly_rate_cents=POOLS.ask_draws(db(), [workspace_id])()[workspace_id].hourly_rate_cents,
        default_cents=HOURLY_RATE_CENTS,
        client_sees=VISIBILITY.in_workspace(db(), workspace_id) if _decides(here) else None,
        no=no,
    )


def _decides(here: Here) -> bool:
    """Whether they say for the agency what its client sees."""
    return here.is_child and here.may(Permission.SET_VISIBILITY)


@pages.post("/w/<uuid:workspace_id>/settings/name")
@shows_again(settings)
def rename(workspace_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.RENAME)
    name = name_of("name", "a name for the workspace")

    name_digest = services().vault.keep_text(workspace_id, name)
    services().agency.rename(workspace_id, person(), name_digest, because=because())

    followed()
    return done(f"The workspace is now called “{name}”.", "pages.settings", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/settings/rate")
@shows_again(settings)
def set_hourly_rate(workspace_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.SET_HOURLY_RATE)
    cents = cents_of("rate", "what an hour costs", most=HOURLY_RATE_CENTS_MAX)

    services().agency.set_hourly_rate(workspace_id, person(), cents, because=because())

    followed()
    text = f"From now on, an hour counts {money(cents)}."
    return done(text, "pages.settings", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/settings/rate/default")
@shows_again(settings)
def default_hourly_rate(workspace_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.SET_HOURLY_RATE)

    services().agency.set_hourly_rate(workspace_id, person(), None, because=because())

    followed()
    text = f"From now on, an hour counts {money(HOURLY_RATE_CENTS)}, as by default."
    return done(text, "pages.settings", workspace_id=workspace_id)


def _where_one_leaves(workspace_id: UUID, no: No | None = None) -> ResponseReturnValue:
    here = here_or_404(workspace_id)
    return (settings if here.shows(Area.CONFIGURATION) else overview)(workspace_id, no=no)


@pages.post("/w/<uuid:workspace_id>/settings/leave")
@shows_again(_where_one_leaves)
def leave(workspace_id: UUID) -> ResponseReturnValue:
    here = own_or_404(workspace_id, Permission.LEAVE)

    services().agency.remove_member(workspace_id, person(), person(), because=because())

    followed()
    return done(f"You have left “{here.name}”.", "pages.home")


@pages.post("/w/<uuid:workspace_id>/settings/delete")
@shows_again(settings)
def delete_child(workspace_id: UUID) -> ResponseReturnValue:
    here = here_or_404(workspace_id, Permission.DELETE_CHILD)
    _confirmed(here)

    services().agency.delete_child(workspace_id, person(), because=because())

    followed()
    text = f"“{here.name}” is deleted and its place is free. Its history can still be read."
    if here.leads:
        return done(text, "pages.workspaces", workspace_id=here.anchor_id)
    return done(text, "pages.home")


@pages.post("/w/<uuid:workspace_id>/settings/close")
@shows_again(settings)
@asks_stripe(settings)
def close_workspace(workspace_id: UUID) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.CLOSE_WORKSPACE)
    _confirmed(here)

    ask_stripe().close_workspace(workspace_id, person(), because=because())

    followed()
    return done(f"“{here.name}” is closed.", "pages.home")


def _confirmed(here: Here) -> None:
    if request.form.get("name", "").strip() != here.name:
        raise Invalid("name", "Please type the name of the workspace exactly as it is shown.")
