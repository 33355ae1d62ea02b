"""API keys and invitation links: made at random, checked without being kept."""

from __future__ import annotations

from uuid import uuid4

import pytest

from adapters.keys import FORM, KEY_ID_LENGTH, SECRET_LENGTH, Keys
from tests.one_secret import OneSecret

KEYS = Keys(OneSecret(b"pepper"))
GOOD = f"hh_live_{'a' * KEY_ID_LENGTH}_{'b' * SECRET_LENGTH}"


@pytest.mark.parametrize("mode", ["live", "test"])
def test_a_new_key_has_the_form_and_checks_against_what_is_kept_of_it(mode):
    made = KEYS.make(mode)

    parsed = KEYS.parse(made.text)

    assert parsed is not None
    assert (parsed.mode, parsed.key_id) == (mode, made.key_id)
    assert (len(parsed.key_id), len(parsed.secret)) == (8, 48)
    assert KEYS.secret_ok(parsed.secret, made.secret_mac)
    assert parsed.secret not in made.secret_mac


def test_no_two_keys_are_alike():
    made = [KEYS.make("live") for _ in range(200)]

    assert len({key.key_id for key in made}) == len({key.secret_mac for key in made}) == 200


def test_another_secret_and_another_pepper_are_refused():
    made = KEYS.make("live")
    parsed = KEYS.parse(made.text)
    assert parsed is not None

    assert not KEYS.secret_ok("b" * SECRET_LENGTH, made.secret_mac)
    assert not Keys(OneSecret(b"salt")).secret_ok(parsed.secret, made.secret_mac)


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOOD[:-1],
        GOOD + "b",
        GOOD + "\n",
        " " + GOOD,
        GOOD.upper(),
        GOOD.replace("hh", "sk"),
        GOOD.replace("live", "prod"),
        GOOD.replace("live", "Live"),
        GOOD.replace("_", "-"),
        GOOD.replace("b", "é"),
        GOOD.replace("b", "٣"),  # a digit elsewhere
        GOOD.replace("b", "\x00"),
        "x" * 100_000,
    ],
)
def test_what_is_not_of_the_form_is_no_key(text):
    assert KEYS.parse(text) is None


def test_the_form_is_what_the_documentation_says():
    assert KEYS.parse(GOOD) is not None
    assert FORM.pattern == "hh_(live|test)_([A-Za-z0-9]{8})_([A-Za-z0-9]{48})"


def test_the_link_to_an_invitation_holds_for_that_one_only():
    workspace_id, invitation_id, other = uuid4(), uuid4(), uuid4()

    mac = KEYS.invitation_mac(workspace_id, invitation_id)

    assert KEYS.invitation_ok(workspace_id, invitation_id, mac)
    assert not KEYS.invitation_ok(other, invitation_id, mac)
    assert not KEYS.invitation_ok(workspace_id, other, mac)
    assert not KEYS.invitation_ok(invitation_id, workspace_id, mac)
    assert not Keys(OneSecret(b"salt")).invitation_ok(workspace_id, invitation_id, mac)


@pytest.mark.parametrize(
    "change", [lambda m: "", lambda m: m[:-1], lambda m: m + "0", lambda m: "é" * len(m)]
)
def test_a_link_that_was_changed_is_not_genuine(change):
    workspace_id, invitation_id = uuid4(), uuid4()
    mac = KEYS.invitation_mac(workspace_id, invitation_id)

    assert not KEYS.invitation_ok(workspace_id, invitation_id, change(mac))


def test_a_key_never_serves_as_a_link_nor_a_link_as_a_key():
    workspace_id, invitation_id = uuid4(), uuid4()

    mac = KEYS.invitation_mac(workspace_id, invitation_id)

    assert not KEYS.secret_ok(f"{workspace_id}:{invitation_id}", mac)
