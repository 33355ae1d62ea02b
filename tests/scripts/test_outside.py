"""Public address, proxies, mail server: what is told of them is used, or refused before anything starts."""

from __future__ import annotations

import pytest

from scripts.cannot_start import CannotStart
from scripts.outside import public_url, refuse_what_leads_nowhere, trusted_proxies
from scripts.ready import where_mail_goes
from scripts.settings import settings

WHOLE = {
    "HEARTWOOD_SMTP_URL": "smtp://heartwood:secret@mail.example.com",
    "HEARTWOOD_MAIL_FROM": "Heartwood <no-reply@example.com>",
    "HEARTWOOD_PUBLIC_URL": "https://heartwood.example.com",
}
OF_PROGRAMS = {
    "HEARTWOOD_DATA": "/var/lib/heartwood",
    "HEARTWOOD_DATABASE": "",
    "HEARTWOOD_URL": "http://127.0.0.1:8000",
    "HEARTWOOD_DEMO": "0",
    "STRIPE_SECRET_KEY": "",
    "STRIPE_WEBHOOK_SECRET": "",
}


@pytest.mark.parametrize(
    ("missing", "reason"),
    [("HEARTWOOD_MAIL_FROM", "no-reply@example.com"), ("HEARTWOOD_PUBLIC_URL", "the links in mails lead")],
)
def test_mail_that_is_sent_has_a_sender_and_leads_somewhere(missing: str, reason: str) -> None:
    refuse_what_leads_nowhere(WHOLE, demo=False)
    for environ in ({**WHOLE, missing: ""}, {name: text for name, text in WHOLE.items() if name != missing}):
        with pytest.raises(CannotStart, match=reason):
            refuse_what_leads_nowhere(environ, demo=False)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("", None),
        ("https://heartwood.example.com/", "https://heartwood.example.com"),
        ("https://heartwood.example.com:8443", "https://heartwood.example.com:8443"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
    ],
)
def test_a_public_address(given: str, url: str | None) -> None:
    assert public_url({"HEARTWOOD_PUBLIC_URL": given}) == url


@pytest.mark.parametrize(
    "given",
    [
        "heartwood.example.com",
        "http://heartwood.example.com",
        "https://heartwood.example.com/app",
        "https://ana@heartwood.example.com",
        "https://heartwood.example.com:port",
        "https://x?y",
        "https://x\nhttps://y",
    ],
)
def test_no_public_address(given: str) -> None:
    with pytest.raises(CannotStart, match="not an address"):
        public_url({"HEARTWOOD_PUBLIC_URL": given})


@pytest.mark.parametrize(("given", "proxies"), [("", 0), ("0", 0), ("1", 1), (" 2 ", 2), ("9", 9)])
def test_proxies(given: str, proxies: int) -> None:
    assert trusted_proxies({"HEARTWOOD_TRUSTED_PROXIES": given}) == proxies
    assert trusted_proxies({}) == 0


@pytest.mark.parametrize("given", ["-1", "10", "one", "1.5", "yes", "127.0.0.1", "1\n2", "\u0663"])
def test_no_number_of_proxies(given: str) -> None:
    with pytest.raises(CannotStart, match="not the number of proxies"):
        refuse_what_leads_nowhere({"HEARTWOOD_TRUSTED_PROXIES": given}, demo=False)


def test_proxies_stand_before_a_public_address() -> None:
    alone = {"HEARTWOOD_TRUSTED_PROXIES": "1"}
    refuse_what_leads_nowhere(alone | {"HEARTWOOD_PUBLIC_URL": "https://heartwood.example.com"}, demo=False)
    refuse_what_leads_nowhere({"HEARTWOOD_TRUSTED_PROXIES": "0"}, demo=False)

    with pytest.raises(CannotStart, match="needs HEARTWOOD_PUBLIC_URL beside it"):
        refuse_what_leads_nowhere(alone, demo=False)


def test_what_programs_are_told() -> None:
    told = settings(OF_PROGRAMS | WHOLE | {"HEARTWOOD_TRUSTED_PROXIES": "2"})
    at_home = settings(OF_PROGRAMS)

    assert (told.url, at_home.url) == ("https://heartwood.example.com", "http://127.0.0.1:8000")
    assert (told.trusted_proxies, at_home.trusted_proxies) == (2, 0)
    assert told.smtp is not None
    assert (told.smtp.host, told.mail_from) == ("mail.example.com", WHOLE["HEARTWOOD_MAIL_FROM"])
    assert at_home.smtp is None
    assert where_mail_goes(OF_PROGRAMS | WHOLE) == "mail.example.com:587"
    assert where_mail_goes(OF_PROGRAMS) == "/var/lib/heartwood/mail"
