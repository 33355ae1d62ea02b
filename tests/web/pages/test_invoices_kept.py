"""An agency that ended and is part of another one by now: its own owner reads what it was billed."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.permissions import Role
from tests.web.pages.scene import Scene, text_of
from tests.web.pages.test_invoices import LINK


@pytest.fixture
def former(scene: Scene) -> UUID:
    """Ana's second agency, which ended and was brought into the first one; Olga is an admin of it, Ben a
    member. Adam leads the first one only."""
    house, ana, people = scene.house, scene.people["Ana"], scene.people
    tree_id, anchor_id = house.agency_of(ana, "Heron")
    house.member(anchor_id, ana, people["Olga"], Role.ADMIN)
    house.member(anchor_id, ana, people["Ben"], Role.MEMBER)
    house.wiring.billing.cancel_at_once(tree_id, ana, because=house.because(f"person:{ana}"))
    house.deliver_notices()
    house.agency.adopt(scene.tree_id, ana, anchor_id, because=house.because(f"person:{ana}"))
    house.run_followed()
    return anchor_id


def invoice_of(scene: Scene, former: UUID) -> str:
    page = scene.browser("Ana").get(f"/w/{former}/billing/invoices").get_data(as_text=True)
    found = LINK.search(page)
    assert found
    return found[1]


@pytest.mark.parametrize("name", ["Ana", "Olga"])
def test_its_own_owners_and_admins_read_every_invoice(scene: Scene, former: UUID, name: str) -> None:
    browser, known = scene.browser(name), invoice_of(scene, former)
    path = f"/w/{former}/billing/invoices"

    settings, page, one = (browser.get(at) for at in (f"/w/{former}/settings", path, f"{path}/{known}"))
    table, pdf = browser.get(f"{path}.csv"), browser.get(f"{path}/{known}/pdf")

    assert path in settings.get_data(as_text=True)
    assert "paid € 249.00" in text_of(page)
    assert "Total € 249.00" in text_of(one)
    assert f'href="{path}">Invoices' in one.get_data(as_text=True)
    assert known in table.get_data(as_text=True)
    assert pdf.status_code == 303
    assert pdf.headers["Location"].startswith("http://stripe.localhost/")


def test_nobody_else_does_not_even_who_leads_the_agency_it_is_part_of(scene: Scene, former: UUID) -> None:
    known, path = invoice_of(scene, former), f"/w/{former}/billing/invoices"
    missing = scene.browser("Adam").get(scene.path("/w/{nowhere}/")).data
    pages = [
        path,
        f"{path}.csv",
        *(f"{path}/{known}{more}" for more in ("", ".csv", "/page", "/pdf", "/usage")),
    ]
    pages += [scene.path("/w/{anchor}/billing/invoices/") + known]

    answers = [scene.browser(name).get(page) for name in ("Adam", "Ben", "Eve") for page in pages]

    assert {answer.status_code for answer in answers} == {404}
    assert {answer.data for answer in answers} == {missing}
    assert path not in scene.browser("Adam").get(f"/w/{former}/settings").get_data(as_text=True)
