"""A month that is over and billed: what the pages of its invoice are tested on."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.web.pages.scene import Scene

CYCLE_ENDED = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
IN_APRIL = datetime(2026, 4, 2, tzinfo=UTC)


def bill_march(scene: Scene, *, anchor: int = 25_000, child: int = 60_000, deleted: bool = False) -> str:
    """So many events of the anchor and of the child; the id of the invoice that came of it."""
    if anchor:
        scene.track(scene.anchor_id, anchor)
    if child:
        scene.track(scene.child_id, child)
    if deleted:
        ana = scene.people["Ana"]
        scene.house.agency.delete_child(scene.child_id, ana, because=scene.house.because(f"person:{ana}"))
    scene.house.leap_to(IN_APRIL)
    return newest_invoice(scene)


def newest_invoice(scene: Scene) -> str:
    with scene.house.database.reading() as db:
        row = db.execute(
            "SELECT invoice_id FROM invoices WHERE tree_id = %s ORDER BY created_at DESC LIMIT 1",
            (scene.tree_id,),
        ).fetchone()
    assert row is not None
    return str(row["invoice_id"])


def address(scene: Scene, invoice_id: str, more: str = "") -> str:
    return scene.path("/w/{anchor}/billing/invoices/") + invoice_id + more
