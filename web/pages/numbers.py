"""The phone numbers of a workspace: bought, answered by an agent, and released."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from domain.permissions import Permission
from domain.phone_number import GRACE
from projections.catalogue import PHONE_NUMBERS
from web.access import because, db, followed, person
from web.numbering import keep_number, number_or_404, offer_of
from web.pages.agents_here import CHOOSE_AGENT, agents_of
from web.pages.blueprint import pages
from web.pages.forms import Invalid, No, done, id_among, shows_again
from web.pages.here import here_or_404
from web.sealed import texts_in
from web.services import services

ADDRESS = "/w/<uuid:workspace_id>/numbers"
NUMBER = f"{ADDRESS}/<uuid:number_id>"
NO_AGENT = "There is no agent in this workspace yet. Make one first."
HIDDEN_AGENTS = "The agency does not show you the agents of this workspace, so it says who answers a number."
COUNTRIES = {"DE": "Germany", "FR": "France", "GB": "United Kingdom", "US": "United States"}


@pages.get(ADDRESS)
def numbers(workspace_id: UUID, no: No | None = None, **_: object) -> ResponseReturnValue:
    here = here_or_404(workspace_id, Permission.SEE_DEPLOYMENT)
    found = PHONE_NUMBERS.in_workspace(db(), workspace_id)
    country = request.values.get("country", "")
    seller = services().numbers
    is_asked = country in seller.carrier.countries and here.may(Permission.DEPLOY)
    return render_template(
        "numbers.html",
        here=here,
        numbers=found,
        digits=texts_in(workspace_id, (one.number_digest for one in found)),
        agents=agents_of(here),
        countries={one: COUNTRIES.get(one, one) for one in seller.carrier.countries},
        country=country,
        offers=seller.available(workspace_id, country) if is_asked and here.plan.rates else [],
        rates=here.plan.rates,
        numbers_max=here.plan.limits.numbers_max,
        grace_days=GRACE.days,
        no=no,
    )


@pages.post(ADDRESS)
@shows_again(numbers)
def buy_number(workspace_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.DEPLOY)
    offer = offer_of(request.form.get("number", ""))
    if offer is None:
        raise Invalid("number", "Please choose a number of the list.")
    digest = keep_number(workspace_id, offer)

    services().numbers.buy(workspace_id, person(), offer, digest, because=because())

    followed()
    text = f"{offer.number} is yours, and its first cycle is charged. Assign it to an agent now."
    return done(text, "pages.numbers", workspace_id=workspace_id)


@pages.post(f"{NUMBER}/assign")
@shows_again(numbers)
def assign_number(workspace_id: UUID, number_id: UUID) -> ResponseReturnValue:
    here = here_or_404(workspace_id, Permission.DEPLOY)
    number_or_404(workspace_id, number_id)
    agents = agents_of(here)
    if not agents:
        raise Invalid("agent", NO_AGENT if here.sees_agents else HIDDEN_AGENTS)
    agent_id = id_among("agent", agents, CHOOSE_AGENT)

    services().agency.assign_number(workspace_id, person(), number_id, agent_id, because=because())

    followed()
    text = f"“{agents[agent_id]}” answers it from now on."
    return done(text, "pages.numbers", workspace_id=workspace_id)


@pages.post(f"{NUMBER}/unassign")
@shows_again(numbers)
def unassign_number(workspace_id: UUID, number_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.DEPLOY)
    number_or_404(workspace_id, number_id)

    services().agency.unassign_number(workspace_id, person(), number_id, because=because())

    followed()
    return done("Nobody answers it any more; it is still yours.", "pages.numbers", workspace_id=workspace_id)


@pages.post(f"{NUMBER}/release")
@shows_again(numbers)
def release_number(workspace_id: UUID, number_id: UUID) -> ResponseReturnValue:
    here_or_404(workspace_id, Permission.DEPLOY)
    number_or_404(workspace_id, number_id)

    services().agency.release_number(workspace_id, person(), number_id, because=because())

    followed()
    text = "The number is released: whoever comes first may buy it. No further month is charged."
    return done(text, "pages.numbers", workspace_id=workspace_id)
