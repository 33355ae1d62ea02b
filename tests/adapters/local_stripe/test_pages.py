"""Can a buyer click through checkout, portal and invoices?"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from werkzeug.test import Client, TestResponse

from tests.adapters.local_stripe.bright_signal import (
    ANAS_EMAIL,
    CANCEL_URL,
    World,
    a_checkout,
    a_gateway,
    a_stripe,
    a_subscription,
)

CARD = "Use a card that declines"


def portal_of(world: World) -> str:
    return world.gateway.open_portal(world.seen.customer_id, CANCEL_URL).removeprefix(
        "http://stripe.localhost"
    )


def buttons(page: TestResponse) -> list[str]:
    return re.findall(r"<button[^>]*>([^<]+)</button>", page.text)


def click(browser: Client, page: TestResponse, label: str) -> TestResponse:
    """Press the button of a form of hidden fields, as a browser would."""
    form = next(part for part in page.text.split("<form")[1:] if f">{label}</button>" in part)
    action = re.search(r'action="([^"]+)"', form)
    fields = re.findall(r'name="(\w+)" value="([^"]*)"', form.split("</form>")[0])
    assert action is not None
    return browser.post(action[1], data=dict(fields), follow_redirects=True)


def test_the_buyer_pays_and_returns() -> None:
    local = a_stripe()
    checkout_id = a_checkout(a_gateway(local))
    browser = local.app.test_client()

    page = browser.get(f"/c/pay/{checkout_id}")
    paid = browser.post(f"/c/pay/{checkout_id}", data={"button": "pay"})

    assert buttons(page) == ["Pay", "Cancel"]
    assert "€249.00" in page.text
    assert ANAS_EMAIL in page.text
    assert paid.status_code == 303
    assert paid.headers["Location"] == f"http://heartwood.localhost/billing?checkout={checkout_id}"


def test_each_price_of_what_is_used_is_said_once() -> None:
    local = a_stripe()

    page = local.app.test_client().get(f"/c/pay/{a_checkout(a_gateway(local))}")

    assert re.findall(r"[^>]*each(?=</span>)", page.text) == [
        "up to 50,000: €0.005 each",
        "up to 250,000: €0.004 each",
        "above 250,000: €0.003 each",
    ]


def test_no_page_makes_a_browser_ask_for_an_icon() -> None:
    page = a_stripe().app.test_client().get("/")

    assert '<link rel="icon" href="data:,">' in page.text


def test_the_buyer_turns_back() -> None:
    local = a_stripe()
    checkout_id = a_checkout(a_gateway(local))
    browser = local.app.test_client()

    left = browser.post(f"/c/pay/{checkout_id}", data={"button": "cancel"})

    assert left.headers["Location"] == CANCEL_URL
    assert browser.get(f"/c/pay/{checkout_id}").status_code == 200


def test_a_checkout_is_paid_only_once() -> None:
    world = a_subscription()
    browser = world.stripe.app.test_client()

    again = browser.post("/c/pay/cs_test_000001", data={"button": "pay"})

    assert browser.get("/c/pay/cs_test_000001").status_code == 410
    assert again.status_code == 400
    assert len(world.gateway.live_subscriptions("cus_000001")) == 1


def test_the_portal_cancels_and_takes_it_back() -> None:
    world = a_subscription()
    browser = world.stripe.app.test_client()
    first = browser.get(portal_of(world))

    cancelled = click(browser, first, "Cancel plan")
    scheduled = world.again()
    back = click(browser, cancelled, "Don't cancel")

    assert [buttons(page)[0] for page in (first, cancelled, back)] == [
        "Cancel plan",
        "Don't cancel",
        "Cancel plan",
    ]
    assert scheduled.ends_at == world.seen.cycle_ends_at
    assert "1 February 2026" in cancelled.text
    assert world.again().ends_at is None


def test_the_portal_shows_invoices_and_the_way_back() -> None:
    world = a_subscription()

    page = world.stripe.app.test_client().get(portal_of(world))

    assert '<a href="/i/in_000001">HW0001-0001</a>' in page.text
    assert f'<a class="button" href="{CANCEL_URL}">Return to heartwood.localhost</a>' in page.text


def test_an_ended_plan_can_only_be_looked_at() -> None:
    world = a_subscription()
    world.stripe.cancel_in_portal(world.seen.subscription_id)
    world.stripe.advance(world.seen.cycle_ends_at)

    page = world.stripe.app.test_client().get(portal_of(world))

    assert buttons(page) == [CARD]
    assert "Ended on 1 February 2026" in page.text


def test_a_page_that_was_left_open_does_not_bring_an_ended_plan_back() -> None:
    world = a_subscription()
    browser = world.stripe.app.test_client()
    address = portal_of(world)
    stale = click(browser, browser.get(address), "Cancel plan")
    world.stripe.advance(world.seen.cycle_ends_at)

    browser.post(f"{address}/reactivate", data={"subscription": "sub_000001"})

    assert buttons(stale) == ["Don't cancel", CARD]
    assert world.again().has_ended
    assert world.again().ends_at == world.seen.cycle_ends_at


@pytest.mark.parametrize("token", ["bps_000001", "bps_000001.", "bps_000001.0000", "x"])
def test_a_portal_session_cannot_be_guessed(token: str) -> None:
    world = a_subscription()
    portal_of(world)

    page = world.stripe.app.test_client().get(f"/p/session/{token}")

    assert page.status_code == 404


def test_a_portal_session_expires() -> None:
    world = a_subscription()
    address = portal_of(world)
    world.stripe.advance_by(3_601)

    page = world.stripe.app.test_client().get(address)

    assert page.status_code == 410


def test_another_customers_subscription_is_not_theirs_to_cancel() -> None:
    world = a_subscription()
    gateway = world.gateway
    world.stripe.pay(a_checkout(gateway, key="eve"))
    address = gateway.open_portal("cus_000002", CANCEL_URL).removeprefix("http://stripe.localhost")

    answer = world.stripe.app.test_client().post(f"{address}/cancel", data={"subscription": "sub_000001"})

    assert answer.status_code == 404
    assert world.again().ends_at is None


def test_another_site_presses_no_button() -> None:
    world = a_subscription()

    answer = world.stripe.app.test_client().post(
        f"{portal_of(world)}/cancel",
        data={"subscription": "sub_000001"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403
    assert world.again().ends_at is None


def test_a_card_that_declines_is_shown_and_nothing_is_bought() -> None:
    local = a_stripe()
    checkout_id = a_checkout(a_gateway(local))
    browser = local.app.test_client()

    declined = browser.post(f"/c/pay/{checkout_id}", data={"button": "pay", "card": "declining"})
    again = browser.get(f"/c/pay/{checkout_id}")

    assert (declined.status_code, again.status_code) == (402, 200)
    assert "Your card was declined." in declined.text
    assert local.take_notices() == []


def test_who_is_behind_takes_another_card_and_pays_in_the_portal() -> None:
    world = a_subscription()
    browser = world.stripe.app.test_client()
    declining = click(browser, browser.get(portal_of(world)), CARD)
    world.stripe.advance(world.seen.cycle_ends_at + timedelta(hours=1))
    behind = world.again().status
    page = browser.get(portal_of(world))

    refused = click(browser, page, "Pay")
    paid = click(browser, click(browser, page, "Use a good card"), "Pay")

    assert "The card on file declines." in declining.text
    assert (behind, refused.status_code, paid.status_code) == ("past_due", 402, 200)
    assert world.again().status == "active"
    assert "Pay" not in buttons(paid)


def test_an_open_invoice_is_paid_on_its_own_page() -> None:
    world = a_subscription()
    world.stripe.do("set_card", "cus_000001", card="declining")
    world.stripe.advance(world.seen.cycle_ends_at + timedelta(hours=1))
    world.stripe.do("set_card", "cus_000001", card="good")
    browser = world.stripe.app.test_client()

    page = click(browser, browser.get("/i/in_000002"), "Pay €249.00")

    assert '<span class="state">paid</span>' in page.text
    assert buttons(page) == []


def test_another_customers_invoice_is_not_theirs_to_pay() -> None:
    world = a_subscription()
    world.stripe.pay(a_checkout(world.gateway, key="eve"))
    address = world.gateway.open_portal("cus_000002", CANCEL_URL).removeprefix("http://stripe.localhost")

    answer = world.stripe.app.test_client().post(f"{address}/pay", data={"invoice": "in_000001"})

    assert answer.status_code == 404


def test_an_invoice_can_be_read_and_kept() -> None:
    world = a_subscription()
    browser = world.stripe.app.test_client()

    page, pdf = browser.get("/i/in_000001"), browser.get("/i/in_000001/pdf")

    assert "Invoice HW0001-0001" in page.text
    assert "€249.00" in page.text
    assert (pdf.mimetype, pdf.data[:8], pdf.data[-6:]) == ("application/pdf", b"%PDF-1.4", b"%%EOF\n")
    table = int(pdf.data.rsplit(b"startxref\n", 1)[1].split()[0])
    assert pdf.data[table:].startswith(b"xref")
    assert "Total €249.00".encode("cp1252") in pdf.data


@pytest.mark.parametrize("path", ["/i/in_999999", "/i/in_999999/pdf", "/c/pay/cs_9", "/nothing"])
def test_a_page_that_is_not_there_says_so(path: str) -> None:
    page = a_subscription().stripe.app.test_client().get(path)

    assert page.status_code == 404


def test_what_people_wrote_is_shown_as_text() -> None:
    local = a_stripe()
    gateway = a_gateway(local)
    checkout_id = a_checkout(gateway)
    local.account.save(
        {**local.account.find("checkout.session", checkout_id), "customer_email": "<b>@x.example"}
    )

    page = local.app.test_client().get(f"/c/pay/{checkout_id}")

    assert "<b>@x" not in page.text
    assert "&lt;b&gt;@x" in page.text


def test_the_front_page_moves_the_clock() -> None:
    world = a_subscription()
    browser = world.stripe.app.test_client()

    page = browser.post("/clock", data={"step": "day"}, follow_redirects=True)

    assert "2 January 2026, 09:00" in page.text
    assert ANAS_EMAIL in page.text
