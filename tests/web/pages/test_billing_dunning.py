"""A payment that is outstanding, paused or disputed takes no plan away, and is said where it concerns."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from tests.web.pages.scene import Scene, text_of
from tests.web.pages.stripe_says import a_dispute_is, stripe_says

PAST_DUE = 'data-code="past_due"'
IN_MARCH = datetime(2026, 3, 10, 8, 30, tzinfo=UTC)
OF_LEADERS = (
    "/w/{anchor}/",
    "/w/{anchor}/members",
    "/w/{anchor}/billing",
    "/w/{anchor}/settings",
    "/trees/{tree}/timeline",
    "/w/{child}/",
    "/w/{child}/keys",
)


def a_payment_fails(scene: Scene) -> None:
    scene.house.clock.at = IN_MARCH
    stripe_says(scene, status="past_due")


def test_who_may_see_billing_reads_of_it_on_every_page_of_the_tree(scene: Scene) -> None:
    a_payment_fails(scene)

    for name in ("Ana", "Adam"):
        browser = scene.browser(name)
        for path in OF_LEADERS:
            answer = browser.get(scene.path(path))
            assert PAST_DUE in answer.get_data(as_text=True), (name, path)
            assert "is outstanding since 10 Mar 2026, 08:30 UTC" in text_of(answer)
            assert scene.path('href="/w/{anchor}/billing"') in answer.get_data(as_text=True)


def test_clients_and_strangers_never_do(scene: Scene) -> None:
    a_payment_fails(scene)

    for name, path in (
        ("Olga", "/w/{child}/"),
        ("Olga", "/w/{child}/keys"),
        ("Ben", "/w/{child}/"),
        ("Vera", "/w/{child}/settings"),
        ("Eve", "/w/{eves}/billing"),
    ):
        answer = scene.browser(name).get(scene.path(path))
        assert answer.status_code == 200
        assert "outstanding" not in answer.get_data(as_text=True), (name, path)
        assert PAST_DUE not in answer.get_data(as_text=True), (name, path)


def test_the_plan_stays_and_cannot_be_changed_until_it_is_paid(scene: Scene) -> None:
    a_payment_fails(scene)
    ana, path = scene.browser("Ana"), scene.path("/w/{anchor}/billing")
    before = scene.facts()

    page, answer = ana.get(path), ana.get(f"{path}/plan?to=pro")

    assert "Agency, € 249.00 a month" in text_of(page)
    assert "payment outstanding" in text_of(page)
    assert "Change to Pro" not in text_of(page)
    assert answer.status_code == 409
    assert 'data-code="payment_outstanding"' in answer.get_data(as_text=True)
    assert ana.post(f"{path}/plan/change", plan="pro").status_code == 409
    assert scene.facts() == before


def test_it_leads_to_the_invoice_that_is_to_be_paid(scene: Scene) -> None:
    house = scene.house
    subscription_id = house.agency.tree(scene.tree_id).subscription_id
    first = house.wiring.gateway.invoices(subscription_id)[0]
    unpaid = replace(first, invoice_id="in_unpaid", number="HW-77", status="open", paid_cents=0)
    house.agency.note_invoice(scene.tree_id, unpaid, because=house.because("stripe"))
    a_payment_fails(scene)

    page = scene.browser("Adam").get(scene.path("/w/{child}/")).get_data(as_text=True)

    assert scene.path('href="/w/{anchor}/billing/invoices/in_unpaid/page"') in page
    assert "Pay invoice HW-77 now" in page


def test_it_is_gone_once_it_is_paid(scene: Scene) -> None:
    a_payment_fails(scene)

    stripe_says(scene, status="active")

    page = scene.browser("Ana").get(scene.path("/w/{anchor}/billing")).get_data(as_text=True)
    assert PAST_DUE not in page
    assert "payment outstanding" not in page


def test_when_it_is_never_paid_the_plan_ends_and_nothing_is_outstanding(scene: Scene) -> None:
    a_payment_fails(scene)

    stripe_says(scene, status="unpaid")

    page = scene.browser("Ana").get(scene.path("/w/{anchor}/billing"))
    assert PAST_DUE not in page.get_data(as_text=True)
    assert "an invoice was never paid" in text_of(page)
    assert "0 of 500 events" in text_of(page)


def test_payments_that_are_paused_are_a_matter_of_the_billing_page(scene: Scene) -> None:
    scene.house.clock.at = IN_MARCH
    stripe_says(scene, is_paused=True)
    ana = scene.browser("Ana")

    billing, overview = ana.get(scene.path("/w/{anchor}/billing")), ana.get(scene.path("/w/{anchor}/"))

    assert 'data-code="paused"' in billing.get_data(as_text=True)
    assert "Payments are paused at Stripe since 10 Mar 2026, 08:30 UTC." in text_of(billing)
    assert "Agency, € 249.00 a month" in text_of(billing)
    assert "paused" not in overview.get_data(as_text=True)


def test_so_are_disputes_as_long_as_one_is_open(scene: Scene) -> None:
    ana, path = scene.browser("Ana"), scene.path("/w/{anchor}/billing")
    a_dispute_is(scene, "needs_response")
    one = text_of(ana.get(path))
    a_dispute_is(scene, "under_review", "dp_2")
    two = text_of(ana.get(path))
    a_dispute_is(scene, "won")
    a_dispute_is(scene, "lost", "dp_2")

    none = text_of(ana.get(path))

    assert "A payment is disputed with the bank." in one
    assert "2 payments are disputed with the bank." in two
    assert "disputed" not in none
