"""A Stripe of our own, for the demo and for tests: it answers as the pinned version does."""

from adapters.local_stripe.engine import LocalStripe
from adapters.local_stripe.notices import SignedNotice

__all__ = ["LocalStripe", "SignedNotice"]
