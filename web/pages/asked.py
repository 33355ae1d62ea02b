"""What was asked of Stripe and is not done yet, and what a page says when Stripe does not do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from flask import make_response, request
from werkzeug.wrappers import Response

from domain.billing import BillingFault
from domain.refusals import Refusal, Refused
from domain.tree import TreeStatus
from projections.history.names import Mentions
from projections.history.telling import Line, sentence
from projections.subscriptions import SubscriptionRow
from web.access import followed, live, looking_back, read_again
from web.errors import NOTHING_CHANGED, told_of_stripe
from web.pages.forms import No, View, done
from web.pages.here import look_again
from web.pages.trees import awaiting_in, trees_of
from web.services import services

CHOSEN = "Nothing is paid yet, and nothing is lost: go on to the payment in a moment."


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request that Stripe has not answered; it is carried out by itself."""

    said: str  # a sentence without its full stop
    at: datetime


def asked_of(tree: SubscriptionRow) -> Asked | None:
    """The newest request for a tree, as long as nothing came of it."""
    found = services().agency.tree(tree.tree_id, _version(tree.tree_id))
    if found.status is not TreeStatus.ACTIVE or not found.asked_at_version:
        return None
    fact = services().agency.fact(tree.tree_id, found.asked_at_version)
    fields = {name: _as_stored(value) for name, value in vars(fact).items()}
    line = Line(name=type(fact).__qualname__, stream=tree.tree_id, fields=fields)
    mentioned = Mentions()
    sentence(line, mentioned)
    names = mentioned.looked_up(people=services().vault.people, texts=services().vault.texts, digests={})
    return Asked(said=sentence(line, names), at=fact.timestamp)


def _version(tree_id: UUID) -> int | None:
    """Which one to load; the newest, unless the page looks back."""
    moment = looking_back()
    version: int | None = services().past.version(live(), tree_id, moment) if moment else None
    return version


def _as_stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def asks_stripe(page: View, *, already: Mapping[Refusal, str] | None = None) -> Callable[[View], View]:
    """Answer with the page that the form is on when Stripe does not do what was asked.

    `already` says in words what it means that something is so already: a second click is no mistake.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def ask(**ids: Any) -> Any:
            try:
                return view(**ids)
            except Refused as refused:
                if refused.refusal not in (already or {}):
                    raise
                followed()
                return done((already or {})[refused.refusal], "pages.billing", **ids)
            except BillingFault as fault:
                return _not_done(page, ids, fault)

        return ask

    return wrap


def _not_done(page: View, ids: dict[str, Any], fault: BillingFault) -> Response:
    told = told_of_stripe(fault)
    followed()
    look_again()
    hint = told.hint
    if fault.kind == "try_again":
        hint = _what_comes_next(ids["workspace_id"], told.hint)
        read_again()
    no = No(endpoint=request.endpoint or "", code=told.code, message=told.message, hint=hint)
    response = make_response(page(**ids, no=no))
    response.status_code = told.status
    return response


def _what_comes_next(workspace_id: UUID, if_asked: str) -> str:
    trees = trees_of(workspace_id)
    if any(asked_of(tree) for tree in trees):
        return if_asked
    return CHOSEN if awaiting_in(trees) and request.endpoint == "pages.choose_plan" else NOTHING_CHANGED
