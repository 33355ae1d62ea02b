"""Setting up an account: what is there, what is other than ours, and what is missing and can be made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import uuid4

import stripe

from adapters.stripe.catalogue import PAGE_MAX, PORTAL, PORTAL_FEATURES, Ids, Piece, Stock
from adapters.stripe.client import API_VERSION
from adapters.stripe.errors import StripeMisconfigured, our_faults
from adapters.stripe.events import ENDPOINT, NOTICES

WEBHOOK_PATH = "/webhooks/stripe"
EVERYTHING = "*"


class State(StrEnum):
    FOUND = "found"
    MISSING = "missing"
    DIFFERS = "differs"
    MADE = "made"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One thing that we need at Stripe, and how it stands there."""

    kind: str
    name: str
    state: State
    id: str | None
    says: str | None = None  # what differs


class Setup:
    """`url` is where Stripe reaches us; without one, no endpoint is looked for. `webhook_secret` is there
    once the endpoint was made, and never again."""

    def __init__(self, client: stripe.StripeClient, url: str | None) -> None:
        self.client = client
        self.url = url
        self.webhook_secret: str | None = None

    def look(self) -> list[Seen]:
        """Changes nothing."""
        with our_faults():
            return [self._seen(piece) for piece in self._pieces()]

    def make(self) -> list[Seen]:
        """What is missing is made, unless anything differs; asking twice makes nothing twice."""
        seen = self.look()
        if any(one.state is State.DIFFERS for one in seen):
            return seen
        ids: dict[tuple[str, str], str] = {}
        done = []
        with our_faults():
            for piece, one in zip(self._pieces(), seen, strict=True):
                state, found = one.state, one.id
                if found is None:
                    state, found = State.MADE, piece.make(ids)
                ids[piece.key] = found
                done.append(Seen(kind=piece.kind, name=piece.name, state=state, id=found))
        return done

    def _pieces(self) -> list[Piece]:
        stock = Stock(self.client)
        pieces = [_with_features(stock, piece) for piece in stock.pieces()]
        if self.url is not None:
            address = self.url.rstrip("/") + WEBHOOK_PATH
            pieces.append(
                Piece(
                    kind="webhook endpoint",
                    name=address,
                    find=lambda: _endpoint(self.client, address),
                    make=self._make_endpoint(address),
                )
            )
        return pieces

    def _seen(self, piece: Piece) -> Seen:
        try:
            found = piece.find()
        except StripeMisconfigured as error:
            return Seen(kind=piece.kind, name=piece.name, state=State.DIFFERS, id=None, says=str(error))
        state = State.MISSING if found is None else State.FOUND
        return Seen(kind=piece.kind, name=piece.name, state=state, id=found)

    def _make_endpoint(self, address: str) -> Callable[[Ids], str]:
        def make(_: Ids) -> str:
            # A key of this run: of yesterday's run, Stripe would answer with an endpoint deleted since.
            made = self.client.v1.webhook_endpoints.create(
                {**ENDPOINT, "url": address}, {"idempotency_key": f"heartwood:endpoint:{uuid4()}"}
            )
            self.webhook_secret = made.secret
            return made.id

        return make


def _endpoint(client: stripe.StripeClient, address: str) -> str | None:
    """The endpoint of this address; one that would not tell us everything is worse than none."""
    for endpoint in client.v1.webhook_endpoints.list({"limit": PAGE_MAX}).auto_paging_iter():
        if endpoint.url != address:
            continue
        if endpoint.api_version != API_VERSION:
            version = endpoint.api_version or "the account's own"
            raise _mend(
                f"its API version is {version} and not {API_VERSION}, which cannot be changed:"
                " delete it in Stripe's dashboard and run this again"
            )
        if endpoint.status != "enabled":
            raise _mend("it is disabled: enable it in Stripe's dashboard")
        lacking = NOTICES - {*endpoint.enabled_events}
        if lacking and EVERYTHING not in endpoint.enabled_events:
            raise _mend(f"it does not hear of {', '.join(sorted(lacking))}: add these in Stripe's dashboard")
        return endpoint.id
    return None


def _with_features(stock: Stock, piece: Piece) -> Piece:
    """A portal that somebody has changed still works, so only who sets up is told."""
    if piece.name != PORTAL:
        return piece

    def find() -> str | None:
        if stock.portal is None:
            return None
        _check_features(stock.portal.features.to_dict())
        return stock.portal.id

    return Piece(kind=piece.kind, name=piece.name, find=find, make=piece.make)


def _check_features(theirs: Mapping[str, Any]) -> None:
    for name, ours in PORTAL_FEATURES.items():
        assert isinstance(ours, dict)
        for setting, wanted in ours.items():
            found = (theirs.get(name) or {}).get(setting)
            if found != wanted:
                raise _mend(
                    f"its {name}.{setting} is {found} and not {wanted}: change it in Stripe's dashboard"
                )


def _mend(says: str) -> StripeMisconfigured:
    return StripeMisconfigured(says, code="setup_differs")
