"""A mail server of the test's own, which speaks real SMTP and keeps what arrives."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from scripts.ports import free_port


class Mailbox(Message):
    """Keeps what arrives; refuses with `says` whom it does not know."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Any] = []
        self.says: dict[str, str] = {}
        self.encrypted: list[bool] = []
        self.to_us: dict[str, str] = {}  # what a command is answered

    def handle_message(self, message: Any) -> None:
        self.messages.append(message)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mail_from = address
        return self.to_us.get("MAIL", "250 OK")

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        return self.to_us.get("QUIT", "221 Bye")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        if address in self.says:
            return self.says[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"


@contextmanager
def mail_server(mailbox: Mailbox, *, port: int | None = None, **options: Any) -> Iterator[int]:
    """Runs until the end of the block, and says on which port.

    What it tells of its own is not told: a test that reads what was logged reads what we log.
    """
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    controller = Controller(mailbox, hostname="127.0.0.1", port=port or free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
