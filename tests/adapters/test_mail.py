"""Mail, as files that one can read back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.mail import SHOWN_MAX, MailFolder
from tests.house import Clock

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def mail(tmp_path: Path, clock: Clock) -> MailFolder:
    return MailFolder(tmp_path / "data" / "mail", "Heartwood <heartwood@localhost>", clock)


@pytest.mark.parametrize(
    "text", ["Hello\n", "Grüße 名前 🦉\n", "x" * 2_000 + "\n", "https://x.example/" + "y" * 300 + "\n"]
)
def test_a_message_is_read_as_it_was_sent(mail, text):
    mail.send(to="ana@example.com", subject="Grüße — hello", text=text)

    (read,) = mail.read()
    assert (read.to, read.subject, read.text) == ("ana@example.com", "Grüße — hello", text)
    assert read.at == "Sun, 01 Mar 2026 09:00:00 +0000"


def test_the_newest_messages_come_first_and_not_all_of_them(mail, clock):
    for number in range(SHOWN_MAX + 5):
        mail.send(to="ana@example.com", subject=str(number), text="")
        clock.advance(seconds=1)

    read = mail.read()

    assert [one.subject for one in read] == [str(number) for number in range(SHOWN_MAX + 4, 4, -1)]


def test_a_message_with_an_id_is_sent_once_however_often_the_errand_runs(mail, clock):
    for _ in range(3):
        mail.send(to="ana@example.com", subject="Invitation", text="", message_id="invitation-1")
        clock.advance(hours=1)
    mail.send(to="ben@example.com", subject="Invitation", text="", message_id="invitation-2")

    assert [one.to for one in mail.read()] == ["ben@example.com", "ana@example.com"]


def test_nobody_else_on_the_machine_can_read_it(mail):
    mail.send(to="ana@example.com", subject="Hello", text="")

    assert mail.folder.stat().st_mode & 0o777 == 0o700


def test_before_the_first_message_there_is_none(mail):
    assert mail.read() == []


@pytest.mark.parametrize("field", ["to", "subject"])
def test_a_line_break_in_a_header_sends_nothing(mail, field):
    words = {"to": "ana@example.com", "subject": "Hello"} | {field: "x\nBcc: eve@example.com"}

    with pytest.raises(ValueError):
        mail.send(**words, text="")

    assert mail.read() == []


def test_a_message_that_another_program_removes_meanwhile_is_not_there(mail):
    mail.send(to="ana@example.com", subject="Hello", text="")
    (mail.folder / "99991231T235959000000-removed.eml").symlink_to("nowhere")

    assert [one.to for one in mail.read()] == ["ana@example.com"]
    assert len(mail.about("ana@example.com")) == 1
    assert len(mail.kept_for("ana@example.com")) == 1
