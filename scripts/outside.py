"""How the outside reaches us, and our mail the outside: public address, proxies before us, mail server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parseaddr

from adapters.smtp import FORMS, SmtpServer
from scripts.cannot_start import CannotStart

PUBLIC_URL = "HEARTWOOD_PUBLIC_URL"
SMTP_URL = "HEARTWOOD_SMTP_URL"
MAIL_FROM = "HEARTWOOD_MAIL_FROM"
TRUSTED_PROXIES = "HEARTWOOD_TRUSTED_PROXIES"
ADDRESS = re.compile(r"(https://[a-z0-9.-]+|http://127\.0\.0\.1)(:[1-9][0-9]{0,4})?")
SENDER = "Heartwood <heartwood@localhost>"  # of mails that stay in a folder


def refuse_what_leads_nowhere(environ: Mapping[str, str], *, demo: bool) -> None:
    """A public address that is none, a mail server that could not be used, or proxies that are not there."""
    public_url(environ)
    if trusted_proxies(environ) and not environ.get(PUBLIC_URL):
        raise CannotStart(f"{TRUSTED_PROXIES} needs {PUBLIC_URL} beside it, the address of the first.")
    if smtp_server(environ) is None:
        return
    if demo:
        raise CannotStart(f"{SMTP_URL} sends mail, and the demo's people are not real; use --no-demo.")
    sender = environ.get(MAIL_FROM, "")
    if "@" not in parseaddr(sender)[1] or not sender.isprintable():
        raise CannotStart(f"{SMTP_URL} needs {MAIL_FROM} beside it: Heartwood <no-reply@example.com>.")
    if not environ.get(PUBLIC_URL):
        raise CannotStart(f"{SMTP_URL} needs {PUBLIC_URL} beside it, to which the links in mails lead.")


def public_url(environ: Mapping[str, str]) -> str | None:
    """The address at which people reach us, without a slash at its end."""
    given = environ.get(PUBLIC_URL, "").rstrip("/").lower()
    if not given:
        return None
    if not ADDRESS.fullmatch(given):
        raise CannotStart(
            f"{PUBLIC_URL} is {given!r}, and not an address such as https://heartwood.example.com."
        )
    return given


def trusted_proxies(environ: Mapping[str, str]) -> int:
    """How many proxies stand before us, each of which says truly where a request came from."""
    given = environ.get(TRUSTED_PROXIES, "").strip() or "0"
    if not re.fullmatch(r"[0-9]", given):
        raise CannotStart(
            f"{TRUSTED_PROXIES} is {given!r}, and not the number of proxies before Heartwood, 0 to 9."
        )
    return int(given)


def smtp_server(environ: Mapping[str, str]) -> SmtpServer | None:
    """The server that our mail goes to; None where it stays in a folder."""
    given = environ.get(SMTP_URL)
    if not given:
        return None
    try:
        return SmtpServer.of_url(given)
    except ValueError:
        raise CannotStart(f"{SMTP_URL} is {FORMS}.") from None
