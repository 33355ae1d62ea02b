"""Mail over SMTP, to a real server: it arrives, encrypted, once, and a "no" names nobody."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters import smtp
from adapters.smtp import SmtpMail, SmtpServer
from domain.mail import MailAway, MailRefused
from scripts.ports import free_port
from tests.house import Clock
from tests.mailbox import Mailbox, mail_server

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SENDER = "Heartwood <no-reply@heartwood.example>"
ANA = "ana@example.com"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 127.0.0.1 and 0.0.0.0, signed by itself, with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ip_address(one)) for one in ("127.0.0.1", "0.0.0.0")]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "mail.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The server's side; ours trusts it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return _context(certificate)


def _context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def serve(mailbox: Mailbox) -> Iterator[Callable[..., int]]:
    """Starts a server with these options, and says on which port."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(mail_server(mailbox, **options))


def mail_to(port: int, scheme: str = "smtp", who: str = "", host: str = "127.0.0.1") -> SmtpMail:
    return SmtpMail(SmtpServer.of_url(f"{scheme}://{who}{host}:{port}"), SENDER, Clock(NOW))


def send(mail: SmtpMail, to: str = ANA, **more: str) -> None:
    mail.send(
        to=to, **{"subject": "Grüße — hello", "text": "Öffne 名前 🦉:\n\nhttps://x.example/y\n", **more}
    )


def test_a_message_arrives_as_it_was_sent(serve, mailbox):
    long = "invitation-" + "1" * 80
    send(mail_to(serve()), message_id=long)

    (message,) = mailbox.messages
    assert (message["From"], message["To"]) == (SENDER, ANA)
    assert message["Message-ID"] == f"<{long}@heartwood.example>"
    assert message["Date"] == "Sun, 01 Mar 2026 09:00:00 +0000"
    assert isinstance(message, EmailMessage) is False  # as the server parsed it
    assert message.get_payload(decode=True).decode().splitlines() == [
        "Öffne 名前 🦉:",
        "",
        "https://x.example/y",
    ]


def test_two_messages_without_an_id_are_two(serve, mailbox):
    mail = mail_to(serve())
    send(mail)
    send(mail)

    assert len({message["Message-ID"] for message in mailbox.messages}) == 2


def test_tls_is_used_wherever_it_is_offered(serve, mailbox, trusted):
    send(mail_to(serve(tls_context=trusted)))

    assert mailbox.encrypted == [True]


def test_tls_from_the_first_byte(serve, mailbox, trusted):
    send(mail_to(serve(ssl_context=trusted), "smtps"))

    assert mailbox.encrypted == [True]


@pytest.mark.parametrize("password", ["a:b@c/d e", "wrong"])
def test_who_we_are_is_said_under_tls_only(serve, mailbox, trusted, password):
    def let_in(server: Any, session: Any, envelope: Any, mechanism: str, said: Any) -> AuthResult:
        assert isinstance(said, LoginPassword)
        known = (said.login, said.password) == (b"heartwood", b"a:b@c/d e")
        return AuthResult(success=known, handled=False)

    port = serve(tls_context=trusted, authenticator=let_in, auth_required=True)
    mail = mail_to(port, who={"wrong": "heartwood:wrong@"}.get(password, "heartwood:a%3Ab%40c%2Fd%20e@"))

    if password == "wrong":
        with pytest.raises(MailAway, match="535"):  # a setting of ours, no fault of the message
            send(mail)
    else:
        send(mail)
    assert len(mailbox.messages) == (password != "wrong")


def test_a_server_elsewhere_is_vouched_for_or_gets_nothing(serve, mailbox, certificate, monkeypatch):
    port = serve(tls_context=_context(certificate))  # 0.0.0.0 leads here, too, and is no loopback address

    with pytest.raises(MailAway, match="SSLCertVerificationError"):
        send(mail_to(port, host="0.0.0.0"))

    assert mailbox.messages == []
    send(mail_to(port))  # on this machine nobody listens in between
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    send(mail_to(port, host="0.0.0.0"))
    assert len(mailbox.messages) == 2


def test_a_server_elsewhere_that_offers_no_tls_gets_nothing(serve, mailbox):
    port = serve()

    with pytest.raises(MailAway):
        send(mail_to(port, host="0.0.0.0"))

    assert mailbox.messages == []
    send(mail_to(port))
    assert len(mailbox.messages) == 1


@pytest.mark.parametrize(
    ("says", "fault"),
    [
        ("550 5.1.1 <ana@example.com>: no such user", MailRefused),
        ("451 4.3.0 ana@example.com: try again later", MailAway),
        ("421 4.3.2 closing", MailAway),
    ],
)
def test_a_no_is_told_without_saying_whose_it_was(serve, mailbox, says, fault):
    mailbox.says[ANA] = says

    with pytest.raises(fault, match=says[:3]) as told:
        send(mail_to(serve()))

    assert "ana" not in repr(told.value)
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__


def test_nobody_there(monkeypatch):
    with pytest.raises(MailAway, match="ConnectionRefusedError"):
        send(mail_to(free_port()))
    monkeypatch.setattr(smtp, "MESSAGE_SECONDS", 0.2)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(MailAway, match="SMTPServerDisconnected"),
    ):
        send(mail_to(silent.getsockname()[1]))


def test_a_no_to_ourselves_is_no_fault_of_the_message(serve, mailbox):
    mailbox.to_us["MAIL"] = "553 5.7.1 not you"

    with pytest.raises(MailAway, match="553"):
        send(mail_to(serve()))


def test_a_host_that_can_be_none():
    with pytest.raises(MailAway, match="UnicodeError"):
        send(mail_to(25, host="mail..example.com"))


def test_what_was_taken_is_taken_however_the_server_leaves(serve, mailbox):
    mailbox.to_us["QUIT"] = "421 4.3.2 closing"

    send(mail_to(serve()))

    assert len(mailbox.messages) == 1


@pytest.mark.parametrize(
    "more", [{"to": "ana@example.com\nBcc: eve@example.com"}, {"subject": "a\nBcc: e@x"}]
)
def test_a_header_cannot_be_smuggled_in(serve, mailbox, more):
    with pytest.raises(ValueError, match="Header values"):
        send(mail_to(serve()), **more)

    assert mailbox.messages == []


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.com", SmtpServer(host="mail.example.com", port=587, tls_at_once=False)),
        ("smtps://mail.example.com/", SmtpServer(host="mail.example.com", port=465, tls_at_once=True)),
        (
            "smtp://u%40x:p%3A@[::1]:25",
            SmtpServer(host="::1", port=25, tls_at_once=False, user="u@x", password="p:"),
        ),
    ],
)
def test_what_an_address_of_a_server_says(url, server):
    assert SmtpServer.of_url(url) == server
    assert "p:" not in repr(SmtpServer.of_url(url))


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "http://x",
        "smtp://",
        "smtp://x:port",
        "smtp://x/y",
        "smtp://x?tls=no",
        "smtp://u:%C3%A9@x",
        "smtp://:p@x",
        "smtp://u:12#3@x",
        "smtp://[",
    ],
)
def test_what_is_no_address_of_a_server_is_not_repeated(url):
    with pytest.raises(ValueError, match="STARTTLS") as refused:
        SmtpServer.of_url(url)
    assert str(refused.value) == smtp.FORMS
