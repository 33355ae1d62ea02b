"""What can go wrong with Stripe, in the three kinds that a caller can act on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import stripe

from domain.billing import BillingFault

T = TypeVar("T")

# Answers to a parameter or an object of the account itself: nobody's click will mend them.
SETUP_CODES = frozenset({"parameter_unknown", "api_key_expired", "secret_key_required", "livemode_mismatch"})


class StripeFault(BillingFault):
    """Common to the three kinds. `code` and `request_id` are Stripe's, where it gave any."""

    def __init__(self, message: str, *, code: str | None = None, request_id: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.request_id = request_id


class StripeTryAgain(StripeFault):
    """Stripe did not answer, or not now. The same call with the same key may be made later."""


class StripeAway(StripeTryAgain):
    """No answer, or one about Stripe's own trouble: it is not our call that is at fault."""


class StripeRefused(StripeFault):
    """Stripe understood, and said no. The same call will be refused again."""

    kind = "refused"


class StripeMisconfigured(StripeFault):
    """Our key, version, catalogue or request is wrong. Someone must mend the installation."""

    kind = "misconfigured"


@contextmanager
def our_faults() -> Iterator[None]:
    """Turn whatever the SDK raises into one of the three kinds."""
    try:
        yield
    except stripe.StripeError as error:
        kind = kind_of(error)
        message = error.user_message or str(error)
        raise kind(message, code=error.code, request_id=error.request_id) from error


def kind_of(error: stripe.StripeError) -> type[StripeFault]:
    match error:
        case stripe.AuthenticationError() | stripe.PermissionError():
            return StripeMisconfigured
        case stripe.InvalidRequestError() if error.code in SETUP_CODES:
            return StripeMisconfigured
        case stripe.InvalidRequestError() | stripe.CardError() | stripe.IdempotencyError():
            return StripeRefused
        case _:  # no connection, a timeout, too many requests, a conflict, or trouble at Stripe
            return StripeAway


def none_if_missing(ask: Callable[[], T]) -> T | None:
    """What Stripe shows, or None where it knows no such object."""
    with our_faults():
        try:
            return ask()
        except stripe.InvalidRequestError as error:
            if error.code == "resource_missing" and error.http_status == 404:
                return None
            raise
