"""Mail over SMTP (RFC 5321), encrypted wherever it leaves the machine.

A link in a mail lets its reader in, so a server elsewhere that offers no TLS gets none. What the server says
of an address is not repeated: it would carry the address into the logs.
"""

from __future__ import annotations

import smtplib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from adapters.mail import message_of
from domain.mail import MailAway, MailRefused

MESSAGE_SECONDS = 8.0  # to hand a message over; a person may be waiting for it
GOODBYE_SECONDS = 1.0
SENDING_MAX = 4  # at once in a process, so that a slow mail server keeps others waiting for mail only
PORTS = {"smtp": 587, "smtps": 465}
FORMS = "neither smtp://user:password@host:587 (which must offer STARTTLS) nor smtps://user:password@host:465"


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
        more = parts.path.strip("/") or parts.query or parts.fragment or (password and not user)
        whole = parts.scheme in PORTS and parts.hostname and not more
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
        self._sending = threading.BoundedSemaphore(SENDING_MAX)

    def send(self, *, to: str, subject: str, text: str, message_id: str = "") -> None:
        """Hand a message over; one that is sent again has the same Message-ID, by which readers fold them."""
        message = message_of(sender=self.sender, to=to, subject=subject, text=text, at=self.clock())
        domain = parseaddr(self.sender)[1].rpartition("@")[2]
        message["Message-ID"] = f"<{message_id}@{domain}>" if message_id else make_msgid(domain=domain)
        until = time.monotonic() + MESSAGE_SECONDS
        if not self._sending.acquire(timeout=MESSAGE_SECONDS):
            raise MailAway("the mail server takes longer than usual")
        try:
            with _told():
                self._hand_over(message, until)
        finally:
            self._sending.release()

    def _hand_over(self, message: EmailMessage, until: float) -> None:
        server, context = self.server, self._context()
        seconds = _left(until)
        if server.tls_at_once:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=seconds)

        def in_time() -> smtplib.SMTP:
            assert smtp.sock is not None
            smtp.sock.settimeout(_left(until))
            return smtp

        try:
            in_time().ehlo()
            if not server.tls_at_once and (smtp.has_extn("starttls") or not server.is_here):
                in_time().starttls(context=context)
            if server.user:
                in_time().login(server.user, server.password)
            in_time().send_message(message)
        finally:  # it has the message or has it not; how it says goodbye changes neither
            with suppress(smtplib.SMTPException, OSError):
                if smtp.sock is not None:
                    smtp.sock.settimeout(GOODBYE_SECONDS)
                smtp.quit()
            smtp.close()

    def _context(self) -> ssl.SSLContext:
        """A server on this machine has a certificate of its own making as often as not."""
        context = ssl.create_default_context()
        if self.server.is_here:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def _left(until: float) -> float:
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


@contextmanager
def _told() -> Iterator[None]:
    """By its number alone, since the rest of what a server says may name somebody.

    RFC 5321, 4.2.1: 4xx is for now, 5xx for good. Only what is said of the recipient or of the message is its
    fault; whoever refuses us, or our sender, may take it when that is mended.
    """
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        raise _fault(max(code for code, _ in error.recipients.values())) from None
    except smtplib.SMTPDataError as error:
        raise _fault(error.smtp_code) from None
    except smtplib.SMTPResponseException as error:
        raise MailAway(f"the mail server does not take mail from us ({error.smtp_code})") from None
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise MailAway(f"the mail server cannot be used: {type(error).__name__}") from None


def _fault(code: int) -> MailAway | MailRefused:
    if code >= 500:
        return MailRefused(f"the mail server refused the message ({code})")
    return MailAway(f"the mail server does not take the message now ({code})")
