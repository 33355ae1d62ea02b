"""Secrets and addresses are taken out of every line of a log, and nothing else is."""

from __future__ import annotations

import json
import logging
import sys
import threading
from io import StringIO
from typing import Any
from uuid import UUID

import pytest

from adapters import logs
from adapters.keys import Keys
from adapters.redacting import GONE, LENGTH_MAX, redacted, redacted_value
from tests.one_secret import OneSecret

KEY = Keys(OneSecret(b"pepper")).make("live", seed="of the tests").text
TOKEN = "qJ8nQ2vZ-0aYk3rT5uWxB7cD9eF1gH2iJ4kL6mN8oP0"
WORKSPACE, INVITATION = UUID(int=1), UUID(int=2)
MAC = "0123456789abcdef0123456789abcdef01234567"

# What is in a text, and the parts of it that must not stay.
CORPUS = [
    (f"key {KEY} was refused", [KEY[-48:], KEY[-10:]]),
    (f"Authorization: Bearer {KEY}", [KEY[-48:]]),
    ("{'Authorization': 'Basic dXNlcjpodW50ZXIy'}", ["dXNlcjpodW50ZXIy"]),
    ("authorization=Token hunter2secret", ["hunter2secret"]),
    ("bearer abc.def-ghi", ["abc.def-ghi"]),
    (f"Cookie: heartwood_session={TOKEN}; other=1", [TOKEN, "other=1"]),
    (f"('Set-Cookie', '__Host-heartwood_session={TOKEN}; Path=/')", [TOKEN]),
    (f"GET /sign-in/{TOKEN} HTTP/1.1", [TOKEN]),
    ("GET /sign-in/short HTTP/1.1", ["short"]),
    (f"https://h.example/sign-in/{TOKEN}?next=/", [TOKEN]),
    (f"/invitations/{WORKSPACE}/{INVITATION}/{MAC}", [MAC]),
    (f"a token alone: {TOKEN}", [TOKEN]),
    ("sk_live_51Habcdefgh and rk_test_x1 and pk_test_y2", ["51Habcdefgh", "x1 ", "y2"]),
    ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", ["MfKQ9r8"]),
    ("Stripe-Signature: t=1700000000,v1=" + "ab" * 32, ["abab", "1700000000"]),
    ("signature t=1700000000,v1=" + "cd" * 32 + " is wrong", ["cdcd"]),
    ("client secret seti_1Nx_secret_Abc123Def", ["Abc123Def"]),
    ("portal https://billing.stripe.com/p/session/bps_1AbCdEf", ["1AbCdEf"]),
    ("connection failed: host=x user=y password=hunter2 dbname=z", ["hunter2"]),
    ("conninfo password='hunter zwölf' port=1", ["hunter", "zwölf"]),
    ("postgresql://heart:hunter2@db.example:5432/heartwood", ["hunter2"]),
    ("smtps://user%40x:p%40ss@mail.example:465", ["p%40ss"]),
    ('{"password": "hunter2", "ok": 1}', ["hunter2"]),
    ("STRIPE_SECRET_KEY=abc STRIPE_WEBHOOK_SECRET=def123", ["def123"]),
    ("/callback?code=4%2F0AX4&state=xyz987", ["4%2F0AX4", "xyz987"]),
    ("id eyJhbGciOi.eyJzdWIiOiIx.SflKxwRJ", ["SflKxwRJ", "eyJzdWIi"]),
    ("sealed gAAAAABh" + "y" * 60 + "==", ["y" * 60]),
    ("mail to Ben.Canary+tag@secret.example failed", ["Canary", "secret.example"]),
    ("Key (email)=(ben@secret.example) already exists", ["ben@"]),
    ("email=ben%40secret.example&name=x", ["ben%40"]),
    ('{"to": "ben\\\\u0040secret.example"}', ["secret.example"]),
    ("«übung@bücher.example»", ["bung@", "cher.example"]),
    ("from 203.0.113.7 port 4", ["203.0.113.7"]),
    ("from 2001:db8::7:1 and [2001:db8:0:0:0:0:0:9]", ["2001:db8"]),
]
# What says nothing of anybody stays as it is.
HARMLESS = [
    f"request {WORKSPACE}: OperationalError",
    "the worker is ready",
    "errand mail_invitation failed, attempt 3: MailAway",
    "the mail server refused the message (550)",
    "tick:claim overage@2026-11-22T03:00:00Z",
    "2026-11-22 09:05:07.123456 +0000, at 10:20:30",
    "Listening at: http://127.0.0.1:8000 and ::1",
    "psycopg 3.3.9, PostgreSQL 18.1, gunicorn 27.0.1",
    'File "/opt/heartwood/adapters/vault.py", line 12, in _address_mac',
    "Tree.CancellationScheduled evt_1AbC cus_9 sub_12 in_3 price_x",
    "test_whoever_is_erased_leaves_no_trace_and_every_fact",
    "digest " + "ab" * 32,
]


@pytest.mark.parametrize(("text", "secrets"), CORPUS)
@pytest.mark.parametrize("around", ["{}", "before {} after", '["{}"]', "line\n{}\nline", "x" * 300 + " {}"])
def test_a_secret_is_taken_out_wherever_it_stands(text: str, secrets: list[str], around: str):
    said = redacted(around.replace("{}", text))

    assert not [one for one in secrets if one in said]
    assert GONE in said


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text: str):
    assert redacted(text) == text


def test_what_names_a_thing_stays_and_what_opens_it_goes():
    assert redacted(KEY) == f"{KEY[:16]}_{GONE}"
    said = redacted(f"/invitations/{WORKSPACE}/{INVITATION}/{MAC}")
    assert said == f"/invitations/{WORKSPACE}/{INVITATION}/{GONE}"


def test_within_anything_and_under_any_name():
    value = {"headers": [("X", KEY)], "password": 17, "deep": {"a": {"b": {"c": ["ben@secret.example"]}}}}

    said = repr(redacted_value({**value, "bytes": KEY.encode(), "odd": ValueError(KEY)}))

    assert KEY[-48:] not in said
    assert "17" not in said
    assert "ben@" not in said


def test_a_very_long_text_is_cut_and_takes_no_longer_than_it_should():
    for letter in ("a", "a@", "1:", "a.", "=", "_"):
        assert len(redacted(letter * 200_000)) < LENGTH_MAX + 20


@pytest.fixture
def said() -> Any:
    """The lines that a program's log would have."""
    stream, root = StringIO(), logging.getLogger()
    before, level = list(root.handlers), root.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    logs.configure()
    (handler,) = logging.getLogger().handlers
    handler.setStream(stream)  # type: ignore[attr-defined]
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers = before
    root.setLevel(level)  # else every test after this one would hear what others say in passing
    logging.captureWarnings(False)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


@pytest.mark.parametrize(("text", "secrets"), CORPUS)
def test_in_message_arguments_and_exceptions_alike(said: Any, text: str, secrets: list[str]):
    log = logging.getLogger("test")

    log.warning("plain " + text.replace("%", "%%"))
    log.warning("argument %s, %r", text, {"value": text})
    try:
        try:
            raise KeyError(text)
        except KeyError as error:
            raise ValueError(f"because of {text}") from error
    except ValueError:
        log.exception("it failed")

    lines = said()
    assert [line["level"] for line in lines] == ["warning", "warning", "error"]
    assert "ValueError" in lines[2]["exception"]
    assert not [one for one in secrets if one in json.dumps(lines, ensure_ascii=False)]


def test_a_line_says_when_how_bad_what_and_which_request(said: Any, house: Any):
    with house.app.test_request_context("/sign-in"):
        house.app.preprocess_request()
        logging.getLogger("web.errors").error("it failed")

    (line,) = said()
    assert (line["level"], line["logger"], line["event"]) == ("error", "web.errors", "it failed")
    assert line["at"].endswith("Z")
    assert len(line["request"]) == 36


def test_a_line_that_cannot_be_written_says_so_and_nothing_else(said: Any, capsys: Any):
    record = logging.LogRecord("test", logging.WARNING, "", 1, "%s, %s", ("ben@secret.example",), None)

    logging.getLogger().handlers[0].handle(record)

    assert said() == []
    assert "could not be written" in capsys.readouterr().err
