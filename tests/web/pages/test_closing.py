"""Whoever owns a workspace that stands alone closes it, and with it everything that led into it."""

from __future__ import annotations

import pytest

from domain.billing import NoticeOutcome
from domain.permissions import Role
from domain.reconciliation import DriftKind
from domain.refusals import Unknown
from domain.tree import TreeStatus
from projections.catalogue import POOLED_USAGE, TIMELINE
from tests.adapters.billed import checkout, stripe_away
from tests.adapters.lost import drifts, reconcile
from tests.proofs.test_rebuild import rebuild_all
from tests.web.api.asking import Program, error_of
from tests.web.pages.scene import Browser, Scene, text_of

CLOSE, SETTINGS = "/w/{eves}/settings/close", "/w/{eves}/settings"


def close(scene: Scene, browser: Browser, path: str = CLOSE, name: str = "Eve alone"):
    return browser.post(scene.path(path), name=name)


def join(scene: Scene, name: str, role: Role) -> None:
    scene.house.member(scene.eves_id, scene.people["Eve"], scene.people[name], role)
    scene.house.run_followed()


def a_checkout(scene: Scene) -> str:
    """Eve has gone to pay for a plan; the address at Stripe."""
    answer = scene.browser("Eve").post(scene.path("/w/{eves}/billing/plan"), plan="agency")
    return answer.headers["Location"]


def test_its_owner_closes_it_and_nobody_comes_in_any_more(scene: Scene) -> None:
    join(scene, "Ben", Role.ADMIN)
    eve, ben = scene.browser("Eve"), scene.browser("Ben")

    page = text_of(eve.get(scene.path(SETTINGS)))
    answer = close(scene, eve)

    told = text_of(eve.follow(answer))
    assert "Its 2 members lose access and its API keys stop at once." in page
    assert answer.headers["Location"] == "/"
    assert "“Eve alone” is closed" in told
    assert "You belong to no workspace" in told
    assert {one.get(scene.path("/w/{eves}/")).status_code for one in (eve, ben)} == {404}
    assert close(scene, eve).status_code == 404
    assert scene.facts()[-1] == "Workspace.Closed"


def test_its_keys_are_over_with_it_and_what_it_tracked_and_what_was_done_stays(scene: Scene) -> None:
    house = scene.house
    program = Program(house, house.key(scene.eves_id, scene.people["Eve"]))
    assert program.track().status_code == 201
    house.run_followed()

    close(scene, scene.browser("Eve"))

    assert error_of(program.track()) == (401, "key_revoked", None)
    assert error_of(program.get("/workspace")) == (401, "key_revoked", None)
    with house.database.reading() as db:
        month = house.clock().replace(day=1, hour=0)
        assert POOLED_USAGE.in_workspace(db, scene.eves_id, scene.eves_id, month) == 1
    names = [fact.name for fact in house.wiring.evidence.of_workspace(scene.eves_id)]
    assert names[-1] == "Workspace.Closed"
    assert rebuild_all(house).keys() >= {TIMELINE.name}
    assert set(rebuild_all(house).values()) == {0}


def test_it_is_not_closed_without_its_name(scene: Scene) -> None:
    eve, before = scene.browser("Eve"), scene.facts()

    answers = [close(scene, eve, name=typed) for typed in ("", "eve alone", "Bright Signal")]

    assert {answer.status_code for answer in answers} == {422}
    assert all("exactly as it is shown" in text_of(answer) for answer in answers)
    assert scene.facts() == before


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER, Role.VIEWER, Role.AUDITOR])
def test_whoever_does_not_own_it_has_no_such_form(scene: Scene, role: Role) -> None:
    join(scene, "Ben", role)
    ben, before = scene.browser("Ben"), scene.facts()

    page, answer = ben.get(scene.path(SETTINGS)), close(scene, ben)

    assert 'id="close"' not in page.get_data(as_text=True)
    assert answer.status_code == 404
    assert scene.facts() == before


@pytest.mark.parametrize("name", ["Ana", "Olga", None])
def test_strangers_find_nothing(scene: Scene, name: str | None) -> None:
    before = scene.facts()

    answer = close(scene, scene.browser(name))

    assert answer.status_code == (404 if name else 302)
    assert scene.facts() == before


def test_what_pays_for_a_plan_is_cancelled_first_and_then_closed(scene: Scene) -> None:
    ana, path = scene.browser("Ana"), "/w/{anchor}/settings/close"
    page = ana.get(scene.path("/w/{anchor}/settings"))
    before = scene.facts()

    early = close(scene, ana, path, "Bright Signal")
    after = scene.facts()
    ana.post(scene.path("/w/{anchor}/billing/end"), sure="yes")
    scene.house.deliver_notices()
    answer = close(scene, ana, path, "Bright Signal")

    assert "cancel the plan on the billing page first" in text_of(page)
    assert scene.path(path) not in page.get_data(as_text=True)
    assert early.status_code == 409
    assert 'data-code="not_alone"' in early.get_data(as_text=True)
    assert after == before
    assert answer.status_code == 303
    assert scene.facts()[-1] == "Workspace.Closed"
    assert ana.get(scene.path("/w/{child}/")).status_code == 200  # which stands alone now
    assert ana.get(scene.path("/trees/{tree}/timeline")).status_code == 404


@pytest.mark.parametrize("name", ["Ana", "Adam", "Olga", "Ben"])
def test_a_child_is_deleted_and_never_closed(scene: Scene, name: str) -> None:
    before = scene.facts()

    answer = close(scene, scene.browser(name), "/w/{child}/settings/close", "Larkfield — Support line")

    assert answer.status_code == 404
    assert scene.facts() == before


def test_a_checkout_that_is_open_is_closed_first_so_that_nobody_pays(scene: Scene) -> None:
    url = a_checkout(scene)

    answer = close(scene, scene.browser("Eve"))

    gateway = scene.house.wiring.gateway
    assert answer.status_code == 303
    assert gateway.checkout(url.rsplit("/", 1)[1]).status == "expired"


def test_who_has_paid_in_another_tab_has_a_plan_and_nothing_is_closed(scene: Scene) -> None:
    scene.house.stripe.pay(a_checkout(scene).rsplit("/", 1)[1])

    answer = close(scene, scene.browser("Eve"))

    assert answer.status_code == 409
    assert 'data-code="already_subscribed"' in answer.get_data(as_text=True)
    assert "Workspace.Closed" not in scene.facts()
    assert scene.house.agency.workspace(scene.eves_id).tree_id is not None


def test_while_stripe_is_away_a_checkout_stays_open_and_the_workspace_too(scene: Scene) -> None:
    a_checkout(scene)
    before = scene.facts()

    with stripe_away(scene.house):
        answer = close(scene, scene.browser("Eve"))

    assert answer.status_code == 503
    assert scene.facts() == before


def test_a_payment_that_comes_all_the_same_breaks_nothing_and_begins_nothing(scene: Scene) -> None:
    """As if the checkout had been paid in the very moment in which the workspace came to its end."""
    house, eve = scene.house, scene.people["Eve"]
    url = a_checkout(scene)
    house.agency.close_workspace(scene.eves_id, eve, because=house.because(f"person:{eve}"))
    back = house.stripe.pay(url.rsplit("/", 1)[1])

    returned = scene.browser("Eve").get(back.removeprefix("http://localhost"))
    house.deliver_notices()

    (row,) = _awaiting(scene)
    assert returned.status_code == 404
    assert house.agency.tree(row).status is TreeStatus.AWAITING_PAYMENT
    assert house.agency.workspace(scene.eves_id).tree_id is None
    assert NoticeOutcome.NOT_CURRENT in _outcomes(scene)
    assert scene.browser("Eve").get(scene.path("/w/{eves}/")).status_code == 404
    assert set(rebuild_all(house).values()) == {0}
    reconcile(house)
    assert [(one.kind, one.tree_id) for one in drifts(house)] == [(DriftKind.SECOND_SUBSCRIPTION, row)]


def test_who_is_erased_leaves_no_checkout_open(scene: Scene) -> None:
    url, eve = a_checkout(scene), scene.browser("Eve")

    with stripe_away(scene.house):
        early = eve.post("/account/erase", email="eve@example.com")
    before = scene.facts()
    answer = eve.post("/account/erase", email="eve@example.com")

    assert early.status_code == 503
    assert not {"Workspace.Closed", "Person.Erased"} & set(before)
    assert answer.headers["Location"] == "/erased"
    assert scene.house.wiring.gateway.checkout(url.rsplit("/", 1)[1]).status == "expired"


def test_nobody_goes_to_pay_for_what_is_closed(scene: Scene) -> None:
    house, eve = scene.house, scene.people["Eve"]
    a_checkout(scene)
    house.run_followed()
    (tree_id,) = _awaiting(scene)
    close(scene, scene.browser("Eve"))

    with pytest.raises(Unknown, match="not waited for any more"):
        checkout(house, tree_id, eve)


def _awaiting(scene: Scene):
    with scene.house.database.reading() as db:
        found = db.execute("SELECT tree_id FROM subscriptions WHERE anchor_id = %s", (scene.eves_id,))
        return [row["tree_id"] for row in found]


def _outcomes(scene: Scene) -> list[str]:
    with scene.house.database.reading() as db:
        found = db.execute(
            "SELECT fields->>'outcome' AS outcome FROM timeline WHERE name = 'StripeNotice.ActedOn'"
        )
        return [row["outcome"] for row in found]
