"""Mail over SMTP (RFC 5321), encrypted wherever it leaves the machine.

A link in a mail lets its reader in, so a server elsewhere that offers no TLS gets none. What the server says
of an address is not repeated: it would carry the address into the logs.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import make_msgid, parseaddr
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from adapters.mail import message_of
from domain.mail import MailAway, MailRefused

ANSWER_SECONDS = 10.0  # for each answer of the server
PORTS = {"smtp": 587, "smtps": 465}
FORMS = "smtp://user:password@host:587 (which must offer STARTTLS) nor smtps://user:password@host:465"


@dataclass(frozen=True, kw_only=True)
class SmtpServer:
    host: str
    port: int
    tls_at_once: bool  # or after STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of_url(cls, url: str) -> SmtpServer:
        """ValueError, which does not repeat the URL, for anything but the two forms."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError(FORMS) from None
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        whole = parts.scheme in PORTS and parts.hostname and not (parts.path.strip("/") or parts.query)
        if not (whole and (user + password).isascii()):  # smtplib sends no others
            raise ValueError(FORMS)
        return cls(
            host=str(parts.hostname),
            port=port or PORTS[parts.scheme],
            tls_at_once=parts.scheme == "smtps",
            user=user,
            password=password,
        )

    @property
    def is_here(self) -> bool:
        """On this machine, where nobody listens in between."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


class SmtpMail:
    """A connection a message: few are sent, and none waits for another."""

    def __init__(self, server: SmtpServer, sender: str, clock: Callable[[], datetime]) -> None:
        self.server = server
        self.sender = sender
        self.clock = clock

    def send(self, *, to: str, subject: str, text: str, message_id: str = "") -> None:
        """Hand a message over; one that is sent again has the same Message-ID, by which readers fold them."""
        message = message_of(sender=self.sender, to=to, subject=subject, text=text, at=self.clock())
        domain = parseaddr(self.sender)[1].rpartition("@")[2]
        message["Message-ID"] = f"<{message_id}@{domain}>" if message_id else make_msgid(domain=domain)
        with _told(), self._connected() as smtp:
            smtp.send_message(message)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server, context = self.server, ssl.create_default_context()
        if server.tls_at_once:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=ANSWER_SECONDS, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=ANSWER_SECONDS)
        with smtp:
            smtp.ehlo()
            if not server.tls_at_once and (smtp.has_extn("starttls") or not server.is_here):
                smtp.starttls(context=context)
            if server.user:
                smtp.login(server.user, server.password)
            yield smtp


@contextmanager
def _told() -> Iterator[None]:
    """By its number alone, since the rest of what a server says may name somebody."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        raise _fault(max(code for code, _ in error.recipients.values())) from None
    except smtplib.SMTPResponseException as error:
        raise _fault(error.smtp_code) from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailAway(f"the mail server cannot be used: {type(error).__name__}") from None


def _fault(code: int) -> MailAway | MailRefused:
    """RFC 5321, 4.2.1: 4xx is for now, 5xx for good. Who may not log in is not the message's fault."""
    if code >= 500 and code not in (530, 534, 535, 538):
        return MailRefused(f"the mail server refused the message ({code})")
    return MailAway(f"the mail server does not take mail now ({code})")
