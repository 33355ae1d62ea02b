"""The report of a downgrade: the notice as received, the rule, the rights; on a page and as one file."""

from __future__ import annotations

import json
import re
from html import unescape
from uuid import uuid4

import pytest

from domain.ids import stream_of_notice
from domain.permissions import Role
from tests.web.pages.reading import join
from tests.web.pages.scene import Scene, text_of
from tests.web.pages.test_downgrade import cancel, run_out

PAGE = "/trees/{tree}/downgrade"
FILE = "/trees/{tree}/downgrade.html"


def page_of(scene: Scene, path: str = PAGE, name: str = "Ana") -> str:
    answer = scene.browser(name).get(scene.path(path))
    assert answer.status_code == 200, text_of(answer)
    return answer.get_data(as_text=True)


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def ended(scene: Scene, who: str = "Adam") -> str:
    """The id of the notice that did it."""
    cancel(scene, who)
    run_out(scene)
    found = re.search(r"evt_\d+", words(page_of(scene)))
    assert found is not None
    return found[0]


def test_the_notice_stands_there_as_it_was_received(scene: Scene):
    notice_id = ended(scene)

    page = page_of(scene)

    (shown,) = re.findall(r"<pre>(.*?)</pre>", page.partition('id="notice"')[2], re.DOTALL)[:1]
    body = json.loads(unescape(shown))
    assert (body["id"], body["type"]) == (notice_id, "customer.subscription.deleted")
    assert body["data"]["object"]["status"] == "canceled"
    assert body["data"]["object"]["metadata"] == {"tree_id": str(scene.tree_id)}
    assert "which is what is kept" in words(page)
    assert 'href="#notice"' in page


def test_a_body_that_is_not_the_received_one_is_told_apart(scene: Scene):
    notice_id = ended(scene)
    scene.house.wiring.vault.keep_body(stream_of_notice(notice_id), b'{"id": "evt_forged"}')

    assert "which is not what is kept" in words(page_of(scene))


def test_the_rule_and_what_stripe_said_stand_there(scene: Scene):
    ended(scene)

    told = words(page_of(scene))

    assert "Stripe said: status canceled" in told
    assert "Stripe said: reason cancellation_requested" in told
    assert "downgrades the tree and all its workspaces in one transaction.”" in told


def test_what_we_asked_stripe_and_what_it_said_stand_there(scene: Scene):
    ended(scene)

    told = words(page_of(scene))

    assert "Adam asked to cancel on 1 March 2026, 09:00 UTC, and we asked Stripe for it." in told
    assert "(customer.subscription.deleted) arrived, and we asked Stripe what is true." in told


def test_the_rights_of_everybody_stand_there(scene: Scene):
    ended(scene)

    page = page_of(scene)

    table = page.partition('id="rights"')[2].partition("</table>")[0]
    rows = [words(row) for row in table.split("<tr>")[2:]]
    of_adam = next(row for row in rows if row.startswith("Larkfield — Support line Adam"))
    of_olga = next(row for row in rows if row.startswith("Larkfield — Support line Olga"))
    assert "none here; admin of the anchor Everything: See the workspace" in of_adam
    assert of_adam.endswith("nothing nothing")
    assert "Choose, change, cancel and pay for a plan" in of_olga
    assert len(rows) == 2 + 5 + 2


def test_what_went_out_stands_there_and_that_no_mail_did(scene: Scene):
    ended(scene)

    told = words(page_of(scene))

    assert "Ask Stripe what is true now, and follow it Stripe 10 April 2026, 09:00 UTC done" in told
    assert "No mail went out, as far as is kept, and no webhook to anybody." in told


def test_an_errand_that_was_given_up_says_so(scene: Scene):
    ended(scene)
    with scene.house.database.writing() as db:
        db.execute(
            "UPDATE outbox SET done_at = NULL, gave_up_at = now(), attempts = 20, last_error = %s"
            " WHERE errand = 'close_unpaid'",
            ("StripeRefused: <b>no</b>",),
        )

    page = page_of(scene)

    assert "given up after 20 tries; the last error was “StripeRefused: &lt;b&gt;no&lt;/b&gt;”" in page


def test_payments_that_failed_stand_there_with_their_dates(scene: Scene):
    customer_id = scene.house.agency.tree(scene.tree_id).customer_id
    scene.house.stripe.do("set_card", customer_id, card="declining")
    scene.house.leap_to(scene.house.clock().replace(month=4, day=20))

    told = words(page_of(scene))

    assert "Payments that failed" in told
    assert "a payment failed for in_" in told


# As one file.


def test_the_file_stands_alone(scene: Scene):
    ended(scene)
    answer = scene.browser("Ana").get(scene.path(FILE))

    page = answer.get_data(as_text=True)

    name = f"heartwood-downgrade-{str(scene.tree_id)[:8]}.html"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.mimetype == "text/html"
    assert "<link" not in page
    assert "<script" not in page
    assert "src=" not in page
    assert "url(" not in page
    assert "@import" not in page
    assert {*re.findall(r'href="([^"]*)"', page)} == {"#notice"}
    assert "default-src 'none'; style-src 'unsafe-inline'" in page
    assert ":root {" in page
    assert "@media print" in page


def test_the_file_says_what_the_page_says(scene: Scene):
    notice_id = ended(scene)

    told = words(page_of(scene, FILE).partition("<body>")[2])

    assert "Told by Heartwood on 10 Apr 2026, 09:00 UTC" in told
    for text in (
        notice_id,
        "By which rule",
        "What we asked Stripe",
        "Step by step",
        "Rights before and after",
    ):
        assert text in told
    assert "Why? ·" not in told


def test_names_cannot_leave_their_place_in_the_file(scene: Scene):
    evil = "</style><script>alert(1)</script>"
    scene.house.child(scene.tree_id, scene.people["Ana"], evil)
    join(scene, "Mia", scene.anchor_id, Role.MEMBER)
    ended(scene)

    for path in (PAGE, FILE):
        page = page_of(scene, path)
        assert "<script" not in page
        assert page.count("</style>") <= 1
        assert "&lt;/style&gt;&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("name", ["Eve", "Olga", "Ben", "Vera"])
def test_for_clients_and_strangers_there_is_no_file(scene: Scene, name: str):
    ended(scene)
    browser = scene.browser(name)

    given, missing = browser.get(scene.path(FILE)), browser.get(f"/trees/{uuid4()}/downgrade.html")

    assert given.status_code == missing.status_code == 404
    assert text_of(given) == text_of(missing)


def test_before_an_end_the_file_says_what_would_change(scene: Scene):
    told = words(page_of(scene, FILE))

    assert "What would a downgrade change?" in told
    assert "Rights, now and then" in told
    assert "The notice as it was received" not in told


# Forgetting.


def test_who_was_forgotten_reads_erased_and_a_notice_that_named_them_is_gone(scene: Scene):
    notice_id = ended(scene)
    vault = scene.house.wiring.vault
    vault.keep_body(stream_of_notice(notice_id), b'{"id": "evt_1", "customer_email": "vera@example.com"}')

    scene.browser("Vera").post("/account/erase", email="vera@example.com")
    scene.house.wiring.deliver_due()
    scene.house.run_followed()

    for path in (PAGE, FILE):
        told = words(page_of(scene, path))
        assert "Vera" not in told
        assert "Larkfield — Support line erased viewer" in told
        assert "Its body was erased, because it named somebody who was erased" in told
        assert notice_id in told
