"""Counted, reported, held and invoiced stand side by side, and the page says whether they agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid5

import pytest

from domain.ids import stream_of_overage
from projections.invoice_history import InvoiceRow
from projections.pooled_usage import CycleUsage
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
    payments_failed=0,
)
DRAFT = replace(PAID, status="draft")
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
    found = SideBySide(cycle=cycle, is_running=invoice is None, invoice=invoice, invoiced=invoiced)

    assert found.verdict is verdict
    assert said in found.said


def test_a_cycle_that_is_over_waits_for_its_invoice() -> None:
    over = SideBySide(cycle=SIX, is_running=False, invoice=None, invoiced=None)
    nothing = SideBySide(cycle=NONE, is_running=False, invoice=None, invoiced=None)

    assert (over.verdict, over.said) == (ON_ITS_WAY, "The invoice of this cycle has not come yet.")
    assert nothing.verdict is AGREE


def row(scene: Scene) -> str:
    return text_of(scene.browser("Ana").get(scene.path(PAGE))).split("Invoiced Overage ")[1]


def test_a_cycle_on_the_page_from_the_count_to_the_invoice(scene: Scene) -> None:
    house = scene.house
    scene.track(scene.child_id, 31_000)
    counted = row(scene)
    house.wiring.overages.flush(scene.tree_id, house.because())
    house.run_followed()
    reported = row(scene)
    stream = stream_of_overage(scene.tree_id, BEGUN)
    house.agency.compare_overage(stream, 6_000, because=house.because())
    house.run_followed()
    held = row(scene)
    house.advance_to(ENDS)
    house.advance_to(datetime(2026, 4, 1, 12, 0, tzinfo=UTC))

    invoiced = row(scene).split("1 Mar 2026 to 1 Apr 2026")[1]

    cycle = "1 Mar 2026 to 1 Apr 2026 31,000 (124.0%) 25,000 6,000"
    assert f"{cycle} 0 0 – – € 30.00 on its way 6,000 events not reported yet" in counted
    assert f"{cycle} 6,000 6,000 – – € 30.00 on its way Stripe’s meter was not read yet" in reported
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
