"""An invoice's own page: its lines to the event, its course, and whose the overage is, to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from domain.billing import InvoiceSeen, NoticeSeen
from domain.permissions import Role
from tests.web.pages.billed import IN_APRIL, address, bill_march, newest_invoice
from tests.web.pages.scene import Scene, text_of


def page_of(scene: Scene, invoice_id: str, name: str = "Ana") -> str:
    answer = scene.browser(name).get(address(scene, invoice_id))
    assert answer.status_code == 200
    return text_of(answer)


def test_each_tier_is_a_line_with_its_quantity_and_exact_price(scene: Scene) -> None:
    invoice_id = bill_march(scene)

    page = page_of(scene, invoice_id, "Adam")

    assert "1 Apr 2026 to 1 May 2026 1 € 249.00 € 249.00" in page
    assert "1 Mar 2026 to 1 Apr 2026 50,000 € 0.005 € 250.00 The usage" in page
    assert "1 Mar 2026 to 1 Apr 2026 10,000 € 0.004 € 40.00 The usage" in page
    assert "Total € 539.00" in page
    assert page.count("The usage") == 2


def test_each_workspace_has_its_share_of_the_overage_and_together_they_are_all_of_it(scene: Scene) -> None:
    invoice_id = bill_march(scene)

    page = page_of(scene, invoice_id)

    assert "Larkfield — Support line 60,000 70.6% € 204.71" in page
    assert "Bright Signal anchor 25,000 29.4% € 85.29" in page
    assert "Together 85,000 € 290.00" in page
    assert "Osprey" not in page.partition("Whose overage")[2]


def test_a_deleted_child_keeps_its_share_and_its_name(scene: Scene) -> None:
    invoice_id = bill_march(scene, deleted=True)

    page = page_of(scene, invoice_id)

    assert "Larkfield — Support line deleted 60,000 70.6% € 204.71" in page
    assert "Together 85,000 € 290.00" in page


def test_without_overage_there_is_nothing_to_share(scene: Scene) -> None:
    invoice_id = bill_march(scene, anchor=25_000, child=0)

    page = page_of(scene, invoice_id)

    assert "Total € 249.00" in page
    assert "Whose overage" not in page
    assert "The usage" not in page


def test_the_course_tells_each_step_with_its_instant(scene: Scene) -> None:
    page = page_of(scene, newest_invoice(scene))

    course = page.partition("What became of it")[2].partition("Lines")[0]
    assert "Drafted 1 Mar 2026, 09:00 UTC at Stripe, recorded here 1 Mar 2026, 09:00 UTC" in course
    assert course.index("Drafted") < course.index("Opened") < course.index("Paid")
    assert course.count("at Stripe") == 3


class Told:
    """An invoice of April as Stripe shows it and tells of it, step by step."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        tree = scene.house.agency.tree(scene.tree_id)
        self.at = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
        self.seen = InvoiceSeen(
            invoice_id="in_april",
            number=None,
            customer_id=str(tree.customer_id),
            subscription_id=tree.subscription_id,
            status="draft",
            billing_reason="subscription_cycle",
            currency="eur",
            subtotal_cents=24_900,
            tax_cents=0,
            total_cents=24_900,
            due_cents=24_900,
            paid_cents=0,
            created_at=self.at,
            paid_at=None,
            period_started_at=self.at,
            period_ends_at=self.at,
            lines=(),
        )

    def shown(self, **changed: object) -> None:
        """Stripe shows it so, an hour after what came before."""
        house, self.seen = self.scene.house, replace(self.seen, **changed)
        house.clock.at = self.at = self.at + timedelta(hours=1)
        house.agency.note_invoice(self.scene.tree_id, self.seen, because=house.because("stripe"))
        house.run_followed()

    def notice(self, type_: str, at: datetime) -> None:
        """Stripe tells of it, and it arrives now."""
        house = self.scene.house
        notice = NoticeSeen(
            notice_id=f"evt_{uuid4().hex}",
            type=type_,
            object_type="invoice",
            object_id=self.seen.invoice_id,
            customer_id=self.seen.customer_id,
            subscription_id=self.seen.subscription_id,
            tree_id=None,
            stripe_created_at=at,
            api_version="2026-10-28.endive",
            livemode=False,
            body_sha256="",
        )
        house.agency.receive_notice(notice, because=house.because("stripe"))
        house.run_followed()

    def course(self) -> list[str]:
        page = page_of(self.scene, "in_april").partition("What became of it")[2].partition("Lines")[0]
        words = ("Drafted", "could not finish", "Opened", "A payment failed", "Given up", "Paid", "Voided")
        found = [(page.find(word, start), word) for word in words for start in _all(page, word)]
        return [word for _, word in sorted(found)]


def _all(page: str, word: str) -> list[int]:
    return [start for start in range(len(page)) if page.startswith(word, start)]


def test_failed_payments_are_part_of_the_course_each_with_its_instant(scene: Scene) -> None:
    told = Told(scene)
    told.shown()
    told.shown(status="open", number="HW-0002")
    told.notice("invoice.payment_failed", datetime(2026, 4, 1, 11, 5, tzinfo=UTC))
    told.notice("invoice.payment_failed", datetime(2026, 4, 4, 11, 5, tzinfo=UTC))
    open_page = page_of(scene, "in_april")
    told.shown(status="paid", paid_cents=24_900, paid_at=datetime(2026, 4, 9, 8, 0, tzinfo=UTC))

    page = page_of(scene, "in_april")

    assert told.course() == ["Drafted", "Opened", "A payment failed", "A payment failed", "Paid"]
    assert "A payment failed 1 Apr 2026, 11:05 UTC at Stripe" in page
    assert "A payment failed 4 Apr 2026, 11:05 UTC at Stripe" in page
    assert "Paid 9 Apr 2026, 08:00 UTC at Stripe, recorded here 1 Apr 2026, 12:00 UTC" in page
    assert "open payment failed" in open_page
    assert "open payment failed" not in page


@pytest.mark.parametrize(
    ("status", "notice", "word"),
    [("void", "invoice.voided", "Voided"), ("uncollectible", "invoice.marked_uncollectible", "Given up")],
)
def test_what_is_voided_or_given_up_says_so(scene: Scene, status: str, notice: str, word: str) -> None:
    told = Told(scene)
    told.shown()
    told.shown(status="open", number="HW-0002")
    told.shown(status=status)
    before = told.course()

    told.notice(notice, datetime(2026, 4, 1, 12, 30, tzinfo=UTC))

    assert before == told.course() == ["Drafted", "Opened", word]
    assert "1 Apr 2026, 12:30 UTC at Stripe, recorded here 1 Apr 2026, 12:00 UTC" in page_of(
        scene, "in_april"
    )


def test_a_draft_that_stripe_cannot_finish_says_so_each_time(scene: Scene) -> None:
    told = Told(scene)
    told.shown()
    for hour in (10, 11):
        told.notice("invoice.finalization_failed", datetime(2026, 4, 1, hour, tzinfo=UTC))

    told.shown(status="open", number="HW-0002")

    assert told.course() == ["Drafted", "could not finish", "could not finish", "Opened"]


def test_a_course_that_is_heard_of_backwards_is_told_forwards(scene: Scene) -> None:
    told = Told(scene)
    for type_, hour in (("invoice.paid", 12), ("invoice.payment_failed", 11), ("invoice.finalized", 10)):
        told.notice(type_, datetime(2026, 4, 1, hour, tzinfo=UTC))

    told.shown(status="paid", number="HW-0002", paid_at=datetime(2026, 4, 1, 12, tzinfo=UTC))

    assert told.course() == ["Drafted", "Opened", "A payment failed", "Paid"]


def test_the_billing_page_leads_to_it(scene: Scene) -> None:
    invoice_id = bill_march(scene)

    page = scene.browser("Ana").get(scene.path("/w/{anchor}/billing")).get_data(as_text=True)

    assert f'href="{address(scene, invoice_id)}"' in page


def test_after_the_end_its_invoices_stay(scene: Scene) -> None:
    invoice_id = newest_invoice(scene)
    scene.browser("Ana").post(scene.path("/w/{anchor}/billing/cancel"))
    scene.house.leap_to(IN_APRIL)

    assert "Total € 249.00" in page_of(scene, invoice_id)


def test_for_everybody_else_none_of_it_exists(scene: Scene) -> None:
    invoice_id = bill_march(scene)
    missing = scene.browser("Ana").get(scene.path("/w/{nowhere}/")).data
    pages = ["", ".csv", "/usage", "/usage?line=2", "/usage?line=x"]
    asked = [
        *(
            ("anchor", f"/{invoice_id}{page}", name)
            for page in pages
            for name in ("Olga", "Ben", "Vera", "Eve")
        ),
        *(
            ("child", f"/{invoice_id}{page}", name)
            for page in pages
            for name in ("Ana", "Olga", "Ben", "Eve")
        ),
        *(("eves", f"/{invoice_id}{page}", name) for page in pages for name in ("Ana", "Eve")),
        *(("anchor", f"/{one}{page}", "Ana") for page in pages for one in ("in_nobody", "é", "%00")),
        *((place, ".csv", "Ben") for place in ("anchor", "child", "eves")),
    ]

    answers = [
        scene.browser(name).get(scene.path(f"/w/{{{place}}}/billing/invoices{one}"))
        for place, one, name in asked
    ]

    assert [answer.status_code for answer in answers] == [404] * len(asked)
    assert {answer.data for answer in answers} == {missing}
    assert scene.browser(None).get(address(scene, invoice_id)).status_code == 302


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_nor_for_a_member_of_the_anchor_who_does_not_lead_it(scene: Scene, role: Role) -> None:
    invoice_id, vera = bill_march(scene), scene.people["Vera"]
    scene.house.member(scene.anchor_id, scene.people["Ana"], vera, role)
    scene.house.run_followed()
    pages = [address(scene, invoice_id, page) for page in ("", ".csv", "/usage", "/page", "/pdf")]
    pages += [scene.path("/w/{anchor}/billing/") + page for page in ("invoices.csv", "next-invoice")]

    answers = [scene.browser("Vera").get(page) for page in (scene.path("/w/{anchor}/"), *pages)]

    assert [answer.status_code for answer in answers] == [200] + [404] * len(pages)


def test_every_table_scrolls_within_itself(scene: Scene) -> None:
    invoice_id = bill_march(scene)
    addresses = [address(scene, invoice_id), address(scene, invoice_id, "/usage?line=2")]
    addresses.append(scene.path("/w/{anchor}/billing/next-invoice"))

    for page in (scene.browser("Ana").get(one).get_data(as_text=True) for one in addresses):
        before_tables = page.split("<table")[:-1]

        assert before_tables
        assert all(
            part.rstrip().endswith(('<div class="wide">', '<div class="wide slim">'))
            for part in before_tables
        )
