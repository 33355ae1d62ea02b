"""An agency that ended and is part of another one by now: its own owner reads what it was billed."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.permissions import Role
from projections.catalogue import ACCESS
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


def tree_led_by(scene: Scene, former: UUID) -> UUID:
    with scene.house.database.reading() as db:
        (tree_id,) = set(ACCESS.led_by(db, former)) - {former, scene.tree_id, scene.anchor_id}
    return tree_id


def test_what_it_led_is_not_told_to_who_only_leads_the_agency_it_is_part_of(
    scene: Scene, former: UUID
) -> None:
    tree_id, began = tree_led_by(scene, former), scene.position_of(former, "BecameAnchor")
    pages = [f"/trees/{tree_id}/{page}" for page in ("timeline", "downgrade", "downgrade.html")]
    pages += [f"/trees/{tree_id}/{page}/{began}" for page in ("timeline", "why")]

    answers = {name: [scene.browser(name).get(page) for page in pages] for name in ("Ana", "Adam", "Olga")}
    then = text_of(scene.browser("Adam").get(f"/w/{former}/?as_of={began}"))

    assert {answer.status_code for answer in answers["Ana"]} == {200}
    assert {answer.status_code for name in ("Adam", "Olga") for answer in answers[name]} == {404}
    assert str(tree_id) not in scene.browser("Adam").get(f"/w/{former}/timeline").get_data(as_text=True)
    assert "of 5 workspaces" not in then
    assert "Pool" not in then
