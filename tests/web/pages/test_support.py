"""The support page: for staff only, by ids only, and it shows what stands still."""

from __future__ import annotations

from uuid import uuid4

import pytest

from adapters.stripe.errors import StripeAway
from scripts.settings import settings
from tests.adapters.errands import deliver, notice, stumble
from tests.adapters.lost import meter, reconcile, second_subscription
from tests.house import House
from tests.web.pages.scene import Browser, Scene, text_of

NAMES = ("Ana", "Adam", "Bright Signal", "Larkfield", "example.com")


def sam(house: House) -> Browser:
    return Browser(house, house.person("Sam"))


def shown(house: House, path: str = "/support") -> str:
    answer = sam(house).get(path)
    assert answer.status_code == 200
    return text_of(answer)


def test_for_everybody_else_there_is_no_such_page(scene: Scene) -> None:
    answers = {name: scene.browser(name).get("/support") for name in scene.people}
    missing = scene.browser("Eve").get("/nothing")

    assert {answer.status_code for answer in answers.values()} == {404}
    assert {answer.data for answer in answers.values()} == {missing.data}
    assert scene.browser(None).get("/support").headers["Location"].startswith("/sign-in?next=/support")


def test_an_address_is_compared_whole_and_whatever_its_case(house: House) -> None:
    other = house.wiring.vault.remember("Sam", "notsam@example.com", uuid4())
    capital = house.wiring.vault.remember("Sam", "SAM@example.com", uuid4())

    assert not house.services.is_staff(other)
    assert not house.services.is_staff(uuid4())
    assert house.services.is_staff(capital)


@pytest.mark.parametrize(
    ("environ", "staff"),
    [
        ({}, ()),
        ({"HEARTWOOD_DEMO": "1"}, ("sam@example.com",)),
        ({"HEARTWOOD_DEMO": "1", "HEARTWOOD_STAFF": ""}, ()),
        ({"HEARTWOOD_STAFF": "Sam@example.com, kim@example.com,"}, ("sam@example.com", "kim@example.com")),
    ],
)
def test_staff_is_whom_the_environment_lists(environ: dict[str, str], staff: tuple[str, ...]) -> None:
    told = {
        "HEARTWOOD_DATA": "/srv/heartwood",
        "HEARTWOOD_DATABASE": "postgresql://example",
        "HEARTWOOD_URL": "http://localhost",
        "STRIPE_SECRET_KEY": "sk_test_1",
        "STRIPE_WEBHOOK_SECRET": "whsec_1",
    }

    assert settings(told | environ).staff == staff


def test_who_works_here_and_has_no_workspace_begins_there(house: House) -> None:
    assert sam(house).get("/").headers["Location"] == "/support"


def test_where_all_is_well_it_says_so(scene: Scene) -> None:
    scene.house.wiring.deliver_due()

    told = shown(scene.house)

    assert "Nowhere, as far as was compared." in told
    assert "Nothing had to be mended so far." in told
    assert "0 waiting, 0 given up" in told


def test_a_drift_is_shown_with_what_to_do_and_by_ids_only(scene: Scene) -> None:
    house = scene.house
    second = second_subscription(house, scene.tree_id)
    reconcile(house)

    told = shown(house)

    assert "A subscription lives at Stripe that is not the one this agency lives on" in told
    assert str(scene.tree_id) in told
    assert second in told
    assert not [name for name in NAMES if name in told]


def test_what_stripe_holds_and_what_we_claimed_stand_side_by_side(scene: Scene) -> None:
    house = scene.house
    scene.track(scene.anchor_id, 27_000)
    house.wiring.overages.claim_all()
    house.wiring.deliver_due()
    meter(house, 2_100)
    reconcile(house)

    assert "2,000 claimed, 2,100 held by Stripe" in shown(house)


def test_errands_are_shown_with_their_errors_and_nobodys_address(scene: Scene) -> None:
    house = scene.house
    house.wiring.deliver_due()
    notice(house)
    house.run_followed()
    deliver(house, lambda _: complain("no such customer: ana@example.com"))
    waiting = shown(house)
    for _ in range(20):
        house.clock.advance(hours=2)
        deliver(house, stumble)

    given_up = shown(house)

    assert "1 waiting, 0 given up" in waiting
    assert "StripeAway: no such customer: [redacted]" in waiting
    assert "0 waiting, 1 given up" in given_up
    assert "act on notice" in given_up


def test_it_can_be_narrowed_to_one_agency(scene: Scene) -> None:
    house = scene.house
    second_subscription(house, scene.tree_id)
    reconcile(house)

    one, other = shown(house, f"/support?tree={scene.tree_id}"), shown(house, f"/support?tree={uuid4()}")

    assert "sub_second" in one
    assert "sub_second" not in other
    assert sam(house).get("/support?tree=nonsense").status_code == 404


def test_a_parked_fact_is_shown_without_the_row_that_it_is_about(scene: Scene) -> None:
    house = scene.house
    with house.database.writing() as db:
        db.execute("ALTER TABLE dashboard ADD CHECK (name_digest <> 'a secret')")
    house.agency.rename(scene.anchor_id, scene.people["Ana"], "a secret", because=house.because())
    house.run_followed()

    told = shown(house)

    assert "CheckViolation" in told
    assert "a secret" not in told


def complain(about: str) -> None:
    raise StripeAway(about)
