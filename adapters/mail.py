"""Mail: what a message is, and the folder in which each is a file, for the demo and for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import islice
from pathlib import Path
from typing import Protocol
from uuid import UUID, uuid4

SHOWN_MAX = 50
UNFOLDED = policy.default.clone(max_line_length=400)  # some servers read no Message-ID on a line of its own


@dataclass(frozen=True, kw_only=True)
class Mail:
    to: str
    subject: str
    text: str
    at: str


class Mailer(Protocol):
    """Whoever takes a message: a folder, or a mail server."""

    def send(self, *, to: str, subject: str, text: str, message_id: str = "") -> None:
        """Send a message; two with the same `message_id` are one. MailAway, MailRefused."""


def message_of(*, sender: str, to: str, subject: str, text: str, at: datetime) -> EmailMessage:
    message = EmailMessage(policy=UNFOLDED)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = at
    message.set_content(text)
    return message


class MailFolder:
    """Writes each message to a file of its own; the folder is private to the user that runs us."""

    def __init__(self, folder: Path, sender: str, clock: Callable[[], datetime]) -> None:
        self.folder = folder
        self.sender = sender
        self.clock = clock

    def send(self, *, to: str, subject: str, text: str, message_id: str = "") -> None:
        """Send a message; the same `message_id` twice is one message."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        now = self.clock()
        message = message_of(sender=self.sender, to=to, subject=subject, text=text, at=now)
        name = message_id or uuid4().hex
        if list(self.folder.glob(f"*-{name}.eml")):
            return
        part = self.folder / f"{name}.part"
        part.write_bytes(message.as_bytes())
        part.rename(self.folder / f"{now:%Y%m%dT%H%M%S%f}-{name}.eml")

    def read(self) -> list[Mail]:
        """The newest messages first."""
        return [mail for _, mail in islice(self._all(), SHOWN_MAX)]

    def kept_for(self, email: str) -> list[Mail]:
        """Every message to this address that is still here, the newest first."""
        return [mail for _, mail in self._all() if _is_about(mail.to, email)]

    def about(self, email: str) -> list[Path]:
        """The messages to this address, and those to others in which it stands."""
        return [file for file, mail in self._all() if _mentions(mail, email)]

    def _all(self) -> Iterator[tuple[Path, Mail]]:
        """The newest first; what another program removes meanwhile is not there."""
        for file in sorted(self.folder.glob("*.eml"), reverse=True):
            try:
                mail = _read(file)
            except FileNotFoundError:
                continue
            yield file, mail

    def of_invitation(self, invitation_id: UUID) -> list[Path]:
        """However often it was mailed."""
        return list(self.folder.glob(f"*-{invitation_message(invitation_id)}*.eml"))


def invitation_message(invitation_id: UUID) -> str:
    """The id of the message that tells of an invitation, or what it begins with."""
    return f"invitation-{invitation_id}"


def _mentions(mail: Mail, email: str) -> bool:
    return any(_is_about(text, email) for text in (mail.to, mail.subject, mail.text))


def _is_about(text: str, email: str) -> bool:
    return email.strip().casefold() in text.casefold()


def _read(file: Path) -> Mail:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    return Mail(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=body.get_content() if body else "",
        at=str(message["Date"]),
    )
