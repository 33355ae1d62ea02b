"""Invoices as CSV: exact decimals, ISO instants, and no cell that a spreadsheet would compute."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from tests.web.pages.billed import address, bill_march
from tests.web.pages.scene import Scene
from web.pages.spreadsheet import FORMULA


def rows_of(scene: Scene, path: str) -> list[dict[str, str]]:
    answer = scene.browser("Adam").get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))


def test_all_invoices_the_newest_first(scene: Scene) -> None:
    invoice_id = bill_march(scene)

    april, march = rows_of(scene, scene.path("/w/{anchor}/billing/invoices.csv"))

    assert april["invoice_id"] == invoice_id
    assert (april["status"], april["currency"]) == ("paid", "eur")
    assert (april["subtotal"], april["tax"], april["total"], april["paid"]) == (
        *("539.00", "0.00", "539.00"),
        "539.00",
    )
    assert (april["overage_events"], april["overage"]) == ("60000", "290.00")
    assert april["created_at"] == april["period_ends_at"] == "2026-04-01T09:00:00Z"
    assert (march["total"], march["overage_events"], march["overage"]) == ("249.00", "0", "0.00")


def test_one_invoice_line_by_line_and_share_by_share(scene: Scene) -> None:
    invoice_id = bill_march(scene)

    rows = rows_of(scene, address(scene, invoice_id, ".csv"))

    lines = [row for row in rows if row["kind"] == "line"]
    shares = [row for row in rows if row["kind"] == "share"]
    assert [(row["quantity"], row["unit_price"], row["amount"]) for row in lines] == [
        ("1", "249.00", "249.00"),
        ("50000", "0.005", "250.00"),
        ("10000", "0.004", "40.00"),
    ]
    assert [Decimal(row["quantity"]) * Decimal(row["unit_price"]) for row in lines] == [
        Decimal(row["amount"]) for row in lines
    ]
    assert [(row["workspace"], row["quantity"], row["amount"]) for row in shares] == [
        ("Larkfield — Support line", "60000", "204.71"),
        ("Bright Signal", "25000", "85.29"),
    ]
    assert shares[0]["workspace_id"] == str(scene.child_id)
    assert {row["period_started_at"] for row in lines[1:] + shares} == {"2026-03-01T09:00:00Z"}


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "a;=1", "x,@y", " =1", "＝1", "|=1"])
def test_a_name_that_looks_like_a_formula_is_text(scene: Scene, name: str) -> None:
    scene.browser("Ana").post(scene.path("/w/{child}/settings/name"), name=name)
    invoice_id = bill_march(scene)

    rows = rows_of(scene, address(scene, invoice_id, ".csv"))

    (shown,) = [row["workspace"] for row in rows if row["workspace_id"] == str(scene.child_id)]
    assert "'" in shown
    assert shown.replace("'", "") == name.strip()
    assert not FORMULA.search(shown)


@pytest.mark.parametrize(
    ("text", "defused"),
    [
        ("\t=1", "'\t'=1"),
        ("\r\nx", "'\r\nx"),
        ("a;\t-1", "a;'\t'-1"),
        ("Larkfield — Support line", "Larkfield — Support line"),
        ("a = b - c", "a = b - c"),
        ("", ""),
    ],
)
def test_what_begins_a_cell_is_defused_and_nothing_else(text: str, defused: str) -> None:
    assert FORMULA.sub(r"\g<0>'", text) == defused
