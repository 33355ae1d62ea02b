"""At 50, 80 and 100 percent of a budget it is told to the agency and, in other words, to its client."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.web.pages.scene import text_of
from tests.web.pages.voice_scene import CREDIT_SECONDS, Voice

AGENCY = {"ana@example.com", "adam@example.com"}
CLIENT = {"olga@example.com"}  # Ben and Vera do not decide about money
FORBIDDEN = ("pool", "balance", "Bright Signal", "Osprey", "left in the agency")


def given(voice: Voice) -> list[EmailMessage]:
    """What the clock finds, and what is mailed then."""
    voice.house.run_followed()
    before = set(voice.house.wiring.mail_folder.folder.glob("*.eml"))
    voice.house.wiring.budgets.note_all()
    voice.house.wiring.deliver_due()
    voice.house.run_followed()
    new = set(voice.house.wiring.mail_folder.folder.glob("*.eml")) - before
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(new)]  # type: ignore[misc]


def told(voice: Voice) -> list[str]:
    return [name for name in voice.facts() if name == "BudgetNotice.Raised"]


def test_each_percent_is_told_once_a_cycle(voice: Voice) -> None:
    voice.sets_budget(voice.child_id, 10, stops=False)
    mails = []

    for seconds in (4, 2, 1, 1, 3, 9):
        voice.called(voice.child_id, seconds * CREDIT_SECONDS)
        mails.append(len(given(voice)))

    assert mails == [0, 3, 0, 3, 3, 0]
    assert len(told(voice)) == 3
    voice.house.leap_to(voice.house.clock() + timedelta(days=32))
    assert given(voice) == []
    voice.called(voice.child_id, 6 * CREDIT_SECONDS)
    assert len(given(voice)) == 3


def test_the_client_is_told_of_its_own_budget_and_of_nothing_else(voice: Voice) -> None:
    voice.sets_budget(voice.child_id, 10)
    voice.called(voice.child_id, 8 * CREDIT_SECONDS)

    mails = given(voice)

    to_client = [mail for mail in mails if str(mail["To"]) in CLIENT]
    assert {str(mail["To"]) for mail in mails} == AGENCY | CLIENT
    assert len(to_client) == 2, "of 50 and of 80 percent"
    for mail in to_client:
        text = f"{mail['Subject']} {mail.get_content()}"
        assert "€ 8.00 of the € 10.00" in text
        assert f"/w/{voice.child_id}/credits-used" in text
        assert not [word for word in FORBIDDEN if word.casefold() in text.casefold()]
        assert str(voice.anchor_id) not in text


def test_a_client_that_sees_no_numbers_gets_none_by_mail(voice: Voice) -> None:
    shown = {"dashboard": "none", "prompts": "edit", "configuration": "edit", "deployment": "edit"}
    path = voice.path("/w/{child}/settings/visibility")
    voice.browser("Ana").post(path, **shown, actions="edit")
    voice.sets_budget(voice.child_id, 10)
    voice.called(voice.child_id, 6 * CREDIT_SECONDS)

    assert {str(mail["To"]) for mail in given(voice)} == AGENCY
    assert voice.browser("Olga").get(voice.path("/w/{child}/credits-used")).status_code == 404


def test_a_hard_stop_is_told_of_when_no_minute_fits_any_more(voice: Voice) -> None:
    voice.sets_budget(voice.child_id, 10)
    voice.called(voice.child_id, 10 * CREDIT_SECONDS - 61)
    given(voice)
    before = len(told(voice))

    voice.called(voice.child_id, 1)
    mails = given(voice)

    assert (before, len(told(voice))) == (2, 3)
    assert "No new call begins until the cycle ends. Your agency can raise it." in next(
        str(mail.get_content()) for mail in mails if str(mail["To"]) in CLIENT
    )


def test_the_timeline_tells_it_and_a_budget_that_went_with_its_workspace_is_mailed_to_nobody(
    voice: Voice,
) -> None:
    voice.sets_budget(voice.child_id, 10)
    voice.called(voice.child_id, 6 * CREDIT_SECONDS)
    voice.house.wiring.budgets.note_all()
    ana = voice.people["Ana"]
    voice.house.agency.delete_child(voice.child_id, ana, because=voice.house.because(f"person:{ana}"))

    mails = given(voice)
    page = text_of(voice.browser("Ana").get(f"/trees/{voice.tree_id}/timeline?name=BudgetNotice.Raised"))

    assert mails == []
    assert "was 50 % used: € 6.00 of € 10.00" in page
