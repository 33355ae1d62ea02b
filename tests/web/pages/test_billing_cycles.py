"""Counted, reported, held and invoiced stand side by side, and the page says whether they agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from domain.ids import stream_of_overage
from projections.invoice_history import InvoiceRow
from projections.pooled_usage import CycleUsage
from tests.web.pages.billed import bill_march
from tests.web.pages.scene import Scene, text_of
from web.pages.side_by_side import SideBySide, Verdict

PAGE = "/w/{anchor}/billing"
BEGUN, ENDS = datetime(2026, 3, 1, 9, 0, tzinfo=UTC), datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
SIX = CycleUsage(
    cycle_started_at=BEGUN,
    cycle_ends_at=ENDS,
    pool_events=25_000,
    used=31_000,
    claimed=6_000,
    reported=6_000,
    held=6_000,
    held_at=BEGUN,
)
NONE = replace(SIX, used=20_000, claimed=0, reported=0, held=None, held_at=None)
PAID = InvoiceRow(
    invoice_id="in_1",
    tree_id=uuid5(UUID(int=0), "tree"),
    number="HW-1",
    status="paid",
    currency="eur",
    subtotal_cents=0,
    tax_cents=0,
    total_cents=0,
    due_cents=0,
    paid_cents=0,
    created_at=ENDS,
    paid_at=ENDS,
    period_started_at=BEGUN,
    period_ends_at=ENDS,
    is_for_credits=False,
    payments_failed=0,
    overage_events=0,
    overage_cents=0,
)
DRAFT = replace(PAID, status="draft")
HOUR = timedelta(hours=1)
AGREE, ON_ITS_WAY, DIFFER = Verdict.AGREE, Verdict.ON_ITS_WAY, Verdict.DIFFER


@pytest.mark.parametrize(
    ("cycle", "invoice", "invoiced", "verdict", "said"),
    [
        (NONE, None, None, AGREE, "Nothing is above the pool."),
        (replace(NONE, held=0), PAID, 0, AGREE, "Nothing is above the pool."),
        (SIX, None, None, AGREE, "They agree, to the event."),
        (SIX, PAID, 6_000, AGREE, "They agree, to the event."),
        (replace(SIX, used=20_000), None, None, AGREE, "They agree, to the event."),  # the pool grew
        (replace(SIX, claimed=5_999), None, None, ON_ITS_WAY, "1 event not reported yet"),
        (replace(SIX, reported=5_000), None, None, ON_ITS_WAY, "1,000 events on the way to Stripe"),
        (replace(SIX, held=None), None, None, ON_ITS_WAY, "was not read yet"),
        (replace(SIX, held=5_998), None, None, ON_ITS_WAY, "2 events fewer when it was read. What it still"),
        (replace(SIX, held=5_998), PAID, 6_000, AGREE, "They agree, to the event."),
        (replace(SIX, held=5_998), PAID, 5_998, DIFFER, "so they are not billed any more."),
        (replace(SIX, held=6_001), None, None, DIFFER, "Stripe holds 1 event too many."),
        (SIX, DRAFT, 5_000, ON_ITS_WAY, "1,000 events too few. It is a draft"),
        (SIX, PAID, 5_999, DIFFER, "The invoice has 1 event too few, and is final."),
        (SIX, PAID, 6_002, DIFFER, "The invoice has 2 events too many, and is final."),
    ],
)
def test_the_first_difference_is_said_with_what_happens_next(
    cycle: CycleUsage, invoice: InvoiceRow | None, invoiced: int | None, verdict: Verdict, said: str
) -> None:
    found = SideBySide(
        cycle=cycle, over_for=None if invoice is None else HOUR, invoice=invoice, invoiced=invoiced
    )

    assert found.verdict is verdict
    assert said in found.said


def test_a_cycle_that_is_over_waits_for_its_invoice() -> None:
    over = SideBySide(cycle=SIX, over_for=HOUR, invoice=None, invoiced=None)
    nothing = SideBySide(cycle=NONE, over_for=10 * HOUR, invoice=None, invoiced=None)

    assert (over.verdict, over.said) == (ON_ITS_WAY, "The invoice of this cycle has not come yet.")
    assert nothing.verdict is AGREE


@pytest.mark.parametrize("cycle", [SIX, replace(SIX, claimed=0, reported=0, held=None)])
def test_what_no_invoice_has_long_after_the_cycle_was_not_billed(cycle: CycleUsage) -> None:
    late = SideBySide(cycle=cycle, over_for=2 * HOUR + timedelta(seconds=1), invoice=None, invoiced=None)
    soon = replace(late, over_for=2 * HOUR)

    told = (late.verdict, late.said)

    not_billed = "The cycle is over, and no invoice has its 6,000 events above the pool: not billed."
    assert told == (DIFFER, f"{not_billed} Please tell support.")
    assert soon.verdict is ON_ITS_WAY


def test_a_plan_that_ends_at_once_has_its_overage_beside_the_cycle_it_ended(scene: Scene) -> None:
    house = scene.house
    scene.track(scene.child_id, 31_000)
    house.clock.advance(days=3)
    house.wiring.overages.flush(scene.tree_id, house.because())
    house.advance_to(house.clock() + timedelta(hours=1))

    answer = scene.browser("Ana").post(scene.path(PAGE + "/end"), sure="yes")

    house.deliver_notices()
    assert answer.status_code == 303
    assert " 6,000 6,000 6,000 6,000 € 30.00 agree They agree, to the event." in row(scene)


def test_the_period_of_a_line_says_which_cycle_it_bills_whatever_that_of_its_invoice_is(scene: Scene) -> None:
    bill_march(scene)
    with scene.house.database.connection() as db:
        db.execute("UPDATE invoices SET period_started_at = period_ends_at")

    page = row(scene)

    assert " 60,000 60,000 60,000 60,000 € 290.00 agree They agree, to the event." in page


def row(scene: Scene) -> str:
    return text_of(scene.browser("Ana").get(scene.path(PAGE))).split("Invoiced Overage ")[1]


def test_a_cycle_on_the_page_from_the_count_to_the_invoice(scene: Scene) -> None:
    house = scene.house
    scene.track(scene.child_id, 31_000)
    counted = row(scene)
    house.wiring.overages.flush(scene.tree_id, house.because())
    house.run_followed()
    held = row(scene)
    house.advance_to(ENDS)
    house.advance_to(datetime(2026, 4, 1, 12, 0, tzinfo=UTC))

    invoiced = row(scene).split("1 Mar 2026 to 1 Apr 2026")[1]

    cycle = "1 Mar 2026 to 1 Apr 2026 31,000 (124.0%) 25,000 6,000"
    assert f"{cycle} 0 0 – – € 30.00 on its way 6,000 events not reported yet" in counted
    assert f"{cycle} 6,000 6,000 6,000 – € 30.00 agree They agree, to the event." in held
    assert "Stripe’s meter as of 1 Mar 2026, 09:00 UTC." in held
    assert " 6,000 6,000 6,000 6,000 € 30.00 agree They agree, to the event." in invoiced


def test_what_stripe_lacks_is_said_with_what_happens_next(scene: Scene) -> None:
    house = scene.house
    scene.track(scene.child_id, 31_000)
    house.wiring.overages.flush(scene.tree_id, house.because())
    stream = stream_of_overage(scene.tree_id, BEGUN)

    house.agency.compare_overage(stream, 5_500, because=house.because())

    house.run_followed()
    assert "Stripe’s meter showed 500 events fewer when it was read." in row(scene)
    assert "is reported once more" in row(scene)
