"""Mail that could not be sent: what whoever sends some may hear."""

from __future__ import annotations


class MailAway(Exception):
    """The mail server is not there, or says to come back later; the message may be sent again."""


class MailRefused(Exception):
    """The mail server takes this message neither now nor later."""
