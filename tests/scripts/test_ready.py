"""What one is told at the end of a start, where it depends on how it was asked for."""

from __future__ import annotations

from scripts.ready import facts_for_programs, words_for_people

ASKED = {
    "HEARTWOOD_URL": "http://127.0.0.1:8000",
    "HEARTWOOD_DATA": "/srv/heartwood",
    "HEARTWOOD_DATABASE": "postgresql://example",
    "HEARTWOOD_DEMO": "0",
}


def test_without_the_demo_one_signs_up_and_mails_are_files() -> None:
    facts = facts_for_programs(ASKED, demo=False)

    words = words_for_people(facts).splitlines()

    assert words[0] == "Heartwood is ready: http://127.0.0.1:8000"
    assert any("http://127.0.0.1:8000/sign-up" in line for line in words)
    assert "Mails:  /srv/heartwood/mail" in words
    assert facts["sign_in"] == facts["cast"] == {}


def test_the_page_of_mails_is_named_also_where_the_demo_could_not_be_written() -> None:
    facts = facts_for_programs(ASKED | {"HEARTWOOD_DEMO": "1"}, demo=False)

    assert facts["mail"] == "http://127.0.0.1:8000/dev/mail"


def test_the_real_stripe_is_called_so() -> None:
    facts = facts_for_programs(ASKED, demo=False)

    assert facts["stripe_url"] is None
    assert "Stripe: the real one" in words_for_people(facts).splitlines()
