"""What a program may do with the phone numbers of its workspace."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from domain.permissions import Permission
from domain.plans import PLANS
from domain.refusals import Refused, Unknown
from projections.catalogue import PHONE_NUMBERS
from projections.phone_numbers import PhoneNumberRow
from web.access import db, followed
from web.api.blueprint import api
from web.api.gates import manager_of_key, reader_of_key
from web.api.knowledge_told import (
    AssignBody,
    DoneAnswer,
    NumberAnswer,
    NumberBody,
    NumbersAnswer,
    OfferAnswer,
    OffersAnswer,
)
from web.api.known_keys import Caller
from web.api.managing import body_of, no_such_agent, refused_to, said
from web.api.query import invalid, parameters
from web.numbering import keep_number, number_or_404, offer_of
from web.sealed import texts_in
from web.services import services

SEE, CHANGE = Permission.SEE_DEPLOYMENT, Permission.DEPLOY
NUMBER = "/phone-numbers/<uuid:phone_number_id>"


@api.get("/phone-numbers")
def phone_numbers() -> Response:
    """The phone numbers of the key's workspace."""
    row = reader_of_key(SEE)
    found = PHONE_NUMBERS.in_workspace(db(), row.workspace_id)
    texts = texts_in(row.workspace_id, (one.number_digest for one in found))
    plan = PLANS[row.plan]
    return said(
        NumbersAnswer(
            phone_numbers=[_told(one, texts[one.number_digest]) for one in found],
            phone_numbers_max=plan.limits.numbers_max,
            rate_micros=plan.rates.phone_number_micros if plan.rates else None,
        )
    )


@api.get("/phone-numbers/available")
def available_phone_numbers() -> Response:
    """Some numbers of a country that nobody has."""
    row = reader_of_key(SEE)
    country = parameters("country").get("country", "")
    countries = services().numbers.carrier.countries
    if country not in countries:
        raise invalid("country", f"`country` is one of {', '.join(countries)}.", "Send ?country=DE.")
    offers = services().numbers.available(row.workspace_id, country)
    return said(
        OffersAnswer(available=[OfferAnswer(number=one.number, country=one.country) for one in offers])
    )


@api.post("/phone-numbers")
def buy_phone_number() -> Response:
    """Buy a number, and pay its first cycle. Of several who buy the same one at once, one gets it; to buy
    what is one's own already changes nothing."""
    who, row = manager_of_key(CHANGE)
    offer = offer_of(body_of(NumberBody).number)
    if offer is None:
        hint = "GET /api/v1/phone-numbers/available lists some of each country."
        raise invalid("number", "The carrier has no such number.", hint)

    _bought(who, offer, keep_number(row.workspace_id, offer))

    followed()
    return said(_told(number_or_404(row.workspace_id, offer.number_id), offer.number), 201)


@api.post(f"{NUMBER}/assign")
def assign_phone_number(phone_number_id: UUID) -> Response:
    """Let an agent of the same workspace answer a number."""
    who, row = manager_of_key(CHANGE)
    number_or_404(row.workspace_id, phone_number_id)
    agent_id = body_of(AssignBody).agent_id
    agency = services().agency

    try:
        agency.assign_number(row.workspace_id, None, phone_number_id, agent_id, because=who.because())
    except Unknown:
        raise no_such_agent() from None

    followed()
    return said(_answer_of(row.workspace_id, phone_number_id))


@api.post(f"{NUMBER}/unassign")
def unassign_phone_number(phone_number_id: UUID) -> Response:
    """Let nobody answer a number; it is kept."""
    who, row = manager_of_key(CHANGE)
    number_or_404(row.workspace_id, phone_number_id)

    services().agency.unassign_number(row.workspace_id, None, phone_number_id, because=who.because())

    followed()
    return said(_answer_of(row.workspace_id, phone_number_id))


@api.post(f"{NUMBER}/release")
def release_phone_number(phone_number_id: UUID) -> Response:
    """Give a number up: whoever comes first may buy it. No further cycle of it is charged."""
    who, row = manager_of_key(CHANGE)
    number_or_404(row.workspace_id, phone_number_id)

    services().agency.release_number(row.workspace_id, None, phone_number_id, because=who.because())

    followed()
    return said(DoneAnswer(done=True))


def _bought(who: Caller, offer: object, digest: str) -> None:
    try:
        services().numbers.buy(who.workspace_id, None, offer, digest, because=who.because())
    except Refused as refused:
        raise refused_to(who, refused) from None


def _answer_of(workspace_id: UUID, number_id: UUID) -> NumberAnswer:
    found = number_or_404(workspace_id, number_id)
    return _told(found, services().vault.text(workspace_id, found.number_digest))


def _told(number: PhoneNumberRow, text: str) -> NumberAnswer:
    return NumberAnswer(
        phone_number_id=number.number_id,
        number=text,
        country=number.country,
        agent_id=number.agent_id,
        bought_at=number.bought_at,
        released_at=number.released_at,
    )
