"""What every question to Stripe needs: the client, and the catalogue that the account sells from."""

from __future__ import annotations

import re

import stripe

from adapters.stripe.catalogue import Catalogue, ensure_catalogue
from adapters.stripe.errors import our_faults

OBJECT_ID = re.compile(r"[a-z]+_[A-Za-z0-9_]+")


class Account:
    """Every call either answers or raises one of our three kinds of fault."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client
        self._catalogue: Catalogue | None = None

    def ensure_catalogue(self) -> Catalogue:
        with our_faults():
            self._catalogue = ensure_catalogue(self._client)
            return self._catalogue

    def catalogue(self) -> Catalogue:
        return self._catalogue or self.ensure_catalogue()


def is_id(text: str) -> bool:
    """An id may come from a URL that a stranger wrote, and becomes part of a path at Stripe."""
    return OBJECT_ID.fullmatch(text) is not None
