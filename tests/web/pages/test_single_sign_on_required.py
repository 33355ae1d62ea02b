"""Where single sign-on is required, a mail does not do; and it ends with the plan, at once."""

from __future__ import annotations

from domain.permissions import Role
from tests.openid.enterprise import Enterprise
from tests.web.pages.scene import Browser, text_of
from web.cookies import SIGN_ON


def by_mail(enterprise: Enterprise, email: str, browser: Browser | None = None) -> str:
    """The mail that somebody gets who asks for one."""
    enterprise.house.clock.advance(seconds=1)
    browser = browser or enterprise.browser(None)
    answer = browser.post("/sign-in", email=email, by="mail")
    assert answer.status_code == 200
    newest = enterprise.house.services.mail.read()[0]
    assert newest.to == email
    return str(newest.text)


def link_in(text: str) -> str:
    return next(word for word in text.split() if "/sign-in/" in word).removeprefix("http://localhost")


def test_a_mail_is_another_way_in_unless_single_sign_on_is_required(enterprise: Enterprise) -> None:
    enterprise.set_up()
    browser = enterprise.browser(None)
    link = link_in(by_mail(enterprise, "olga@example.com", browser))

    answer = browser.post(link)

    assert answer.status_code == 303
    assert enterprise.signed_in(browser)


def test_where_it_is_required_the_mail_says_so_and_only_to_the_people_of_the_agency(
    enterprise: Enterprise,
) -> None:
    enterprise.set_up(required=True)
    emails = [f"{name}@example.com" for name in ("ana", "adam", "olga", "eve", "nobody")]

    texts = {email: by_mail(enterprise, email) for email in emails}

    has_link = {email: "/sign-in/" in text for email, text in texts.items()}
    assert has_link == {
        "ana@example.com": True,  # the owner's way back in, for when the provider is away
        "adam@example.com": False,
        "olga@example.com": False,
        "eve@example.com": True,  # who is not of the agency, and could not come in through its provider
        "nobody@example.com": False,
    }
    assert "single sign-on" in texts["adam@example.com"]
    assert "nobody at Heartwood has it" in texts["nobody@example.com"]


def test_the_page_is_the_same_for_everybody_who_asks_for_a_mail(enterprise: Enterprise) -> None:
    enterprise.set_up(required=True)

    answers = [
        enterprise.browser(None).post("/sign-in", email=f"{name}@example.com", by="mail")
        for name in ("ana", "adam", "nobody")
    ]

    assert len({(answer.status_code, answer.data) for answer in answers}) == 1


def test_a_link_from_before_does_not_do_once_it_is_required(enterprise: Enterprise) -> None:
    browsers = {name: enterprise.browser(None) for name in ("ana", "olga")}
    links = {
        name: link_in(by_mail(enterprise, f"{name}@example.com", browser))
        for name, browser in browsers.items()
    }
    enterprise.set_up(required=True)

    answers = {name: browser.post(links[name]) for name, browser in browsers.items()}

    assert answers["olga"].headers["Location"] == "/sign-in"
    assert "single sign-on" in text_of(browsers["olga"].follow(answers["olga"]))
    assert [enterprise.signed_in(browser) for browser in browsers.values()] == [True, False]


def test_who_is_invited_joins_by_mail_and_signs_in_at_the_provider(enterprise: Enterprise) -> None:
    enterprise.set_up(required=True)
    ana, eve = enterprise.people["Ana"], enterprise.browser(None)
    asked = enterprise.browser("Ana").post(
        enterprise.path("/w/{child}/members/invitations"), email="eve@example.com", role=Role.MEMBER.value
    )
    assert asked.status_code == 303
    enterprise.house.deliver_notices()
    text = next(mail.text for mail in enterprise.house.services.mail.read() if mail.to == "eve@example.com")
    link = next(word for word in text.split() if "/invitations/" in word).removeprefix("http://localhost")

    answer = eve.post(link)

    assert answer.headers["Location"] == "/sign-in"
    assert not enterprise.signed_in(eve)
    assert enterprise.returned("eve", eve).status_code == 303
    assert enterprise.signed_in(eve)
    assert ana in enterprise.house.agency.workspace(enterprise.anchor_id).members


def test_it_ends_with_the_plan_at_once_and_mails_let_everybody_in_again(enterprise: Enterprise) -> None:
    enterprise.set_up(required=True)
    browser = enterprise.browser(None)
    back = enterprise.provider.return_of(enterprise.begun(browser, "olga@example.com"), "olga")

    enterprise.plan("agency")

    late = browser.get(back)
    assert late.status_code == 409
    assert "changed or ended meanwhile" in text_of(late)
    answer = enterprise.browser(None).post("/sign-in", email="olga@example.com")
    assert "A mail with a link" in text_of(answer)
    assert "Tree.SingleSignOnRemoved" in enterprise.facts()


def test_it_ends_with_the_subscription_too(enterprise: Enterprise) -> None:
    enterprise.set_up(required=True)
    subscription_id = enterprise.house.agency.tree(enterprise.tree_id).subscription_id
    browser = enterprise.browser(None)

    enterprise.house.wiring.gateway.end(subscription_id, idempotency_key="the end")
    enterprise.house.deliver_notices()

    assert browser.post("/sign-in", email="olga@example.com").status_code == 200
    assert browser.client.get_cookie(SIGN_ON) is None
    link = link_in(by_mail(enterprise, "olga@example.com", browser))
    assert browser.post(link).headers["Location"] == "/"


def test_who_asks_what_a_smaller_plan_takes_away_reads_that_it_takes_single_sign_on(
    enterprise: Enterprise,
) -> None:
    enterprise.set_up()
    ana = enterprise.browser("Ana")

    pages = [
        ana.get(enterprise.path(f"/w/{{anchor}}/billing/{page}")) for page in ("plan?to=agency", "cancel")
    ]

    assert [page.status_code for page in pages] == [200, 200]
    assert all("single sign-on" in text_of(page) for page in pages)
    assert "Tree.SingleSignOnRemoved" not in enterprise.facts()


def test_a_downgrade_tells_that_it_ended_single_sign_on(enterprise: Enterprise) -> None:
    enterprise.set_up()
    subscription_id = enterprise.house.agency.tree(enterprise.tree_id).subscription_id

    enterprise.house.wiring.gateway.end(subscription_id, idempotency_key="the end")
    enterprise.house.deliver_notices()

    ana = enterprise.browser("Ana")
    downgrade = text_of(ana.get(enterprise.path("/trees/{tree}/downgrade")))
    timeline = text_of(ana.get(enterprise.path("/trees/{tree}/timeline")))
    assert "single sign-on" in downgrade
    assert "ended single sign-on; links in mails sign everybody in" in timeline
