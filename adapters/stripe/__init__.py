"""Stripe, as we pinned it: everything it says enters here and leaves as our own dataclasses."""
