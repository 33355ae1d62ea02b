"""With a mail server: links and invitations arrive, and while it is away nothing is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from adapters.smtp import SmtpMail, SmtpServer
from domain.permissions import Role
from scripts.ports import free_port
from tests.house import House
from tests.mailbox import Mailbox, mail_server
from tests.tracked import tracked
from tests.web.pages.scene import Browser, text_of

LINK = re.compile(r"http://localhost(/\S+)")
ASK = {"email": "ana@example.com"}


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def mailing(house: House, port: int) -> House:
    """A house with a mail server instead of the folder; it does not run yet."""
    server = SmtpServer.of_url(f"smtp://127.0.0.1:{port}")
    house.wiring.mail = SmtpMail(server, "Heartwood <no-reply@heartwood.example>", house.clock)
    house.services = type(house.services)(**{**vars(house.services), "mail": house.wiring.mail})
    return house


def link_in(message: Any) -> str:
    found = LINK.search(message.get_payload(decode=True).decode())
    assert found
    return found[1]


def test_a_link_arrives_and_signs_in(mailing: House, port: int) -> None:
    mailbox = Mailbox()
    ana = mailing.person("Ana")
    mailing.workspace(ana)
    browser = Browser(mailing, None)

    with mail_server(mailbox, port=port):
        asked = browser.post("/sign-in", **ASK)

    assert asked.status_code == 200
    (message,) = mailbox.messages
    assert message["To"] == ASK["email"]
    assert browser.post(link_in(message)).status_code == 303


def test_while_it_is_away_that_is_said_to_everybody_alike(mailing: House, port: int, caplog: Any) -> None:
    mailing.person("Ana")
    browser = Browser(mailing, None)

    known = browser.post("/sign-in", **ASK)
    unknown = browser.post("/sign-in", email="nobody@example.com")

    assert known.status_code == unknown.status_code == 503
    assert known.data == unknown.data
    assert "could not be sent just now" in text_of(known)
    assert "example.com" not in caplog.text
    mailbox = Mailbox()
    with mail_server(mailbox, port=port):
        assert browser.post("/sign-in", **ASK).status_code == 200
    assert len(mailbox.messages) == 1


def test_an_address_that_it_refuses(mailing: House, port: int, caplog: Any) -> None:
    mailbox = Mailbox()
    mailbox.says[ASK["email"]] = "550 5.1.1 <ana@example.com>: no such user"

    with mail_server(mailbox, port=port):
        answer = Browser(mailing, None).post("/sign-in", **ASK)

    assert answer.status_code == 422
    assert "does not take mail for this address" in text_of(answer)
    assert "ana@" not in caplog.text


def test_an_invitation_waits_until_it_is_back(mailing: House, port: int) -> None:
    ana = mailing.person("Ana")
    workspace_id = mailing.workspace(ana)
    mailing.run_followed()
    invited = Browser(mailing, ana).post(
        f"/w/{workspace_id}/members/invitations", email="new@example.com", role="member"
    )
    mailing.run_followed()
    assert invited.status_code == 303, text_of(invited)

    for _ in range(30):  # more than an errand of ours is tried when it is its own fault
        mailing.wiring.deliver_due()
        mailing.clock.advance(minutes=16)
    mailbox = Mailbox()
    with mail_server(mailbox, port=port):
        mailing.wiring.deliver_due()
        mailing.clock.at += timedelta(hours=1)
        mailing.wiring.deliver_due()

    (message,) = mailbox.messages
    assert message["To"] == "new@example.com"
    assert message["Message-ID"].startswith("<invitation-")
    assert Browser(mailing, None).get(link_in(message)).status_code == 200


def test_a_notice_reaches_whom_it_can_and_nobody_twice(mailing: House, port: int) -> None:
    ana, ben, eve = (mailing.person(name) for name in ("Ana", "Ben", "Eve"))
    workspace_id = mailing.workspace(ana)
    for person_id in (ben, eve):
        mailing.member(workspace_id, ana, person_id, Role.ADMIN)
    mailbox = Mailbox()
    mailbox.says["ben@example.com"] = "452 4.2.2 mailbox full"
    items = [tracked() for _ in range(400)]
    mailing.wiring.ingest.track(workspace_id, items, because=mailing.because("key:1"))
    mailing.run_followed()
    mailing.wiring.quotas.note_all()

    with mail_server(mailbox, port=port):
        for _ in range(5):
            mailing.wiring.deliver_due()
            mailing.clock.advance(minutes=16)

    about_quota = [message["To"] for message in mailbox.messages if "80 %" in message["Subject"]]
    assert sorted(about_quota) == ["ana@example.com", "eve@example.com"]
