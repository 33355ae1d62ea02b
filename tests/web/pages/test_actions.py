"""Actions of a workspace: in order, with secrets sealed, as far as the agency lets its clients."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from adapters.vault import ERASED
from domain.action import Phase
from domain.headers import opened, sealed
from domain.plans import PLANS
from domain.visibility import Area, Level
from projections.actions import ActionRow
from projections.catalogue import ACTIONS
from tests.deployed import an_action
from tests.web.pages.scene import Scene, text_of

ACTIONS_PAGE = "/w/{child}/actions"
URL = "https://api.larkfield.example/customers?key=s3cr3t-in-url"
SECRET = "s3cr3t-in-header"
FORM = {
    **{"name": "Look up the caller", "phase": "pre_fetch", "method": "GET", "url": URL, "timeout": "5"},
    "headers": f"Authorization: Bearer {SECRET}\nX-Tenant: 7",
}
NONE, VIEW, EDIT = Level


@pytest.fixture
def action_id(scene: Scene) -> UUID:
    found = an_action(scene.house, scene.child_id, scene.people["Ana"])
    scene.house.run_followed()
    return found


def rows(scene: Scene) -> list[ActionRow]:
    with scene.house.database.reading() as db:
        return ACTIONS.in_workspace(db, scene.child_id)


def names(scene: Scene) -> list[str]:
    vault = scene.house.wiring.vault
    return [vault.text(scene.child_id, row.name_digest) for row in rows(scene)]


def headers_of(scene: Scene, row: ActionRow) -> list[tuple[str, str]]:
    if row.headers_digest is None:
        return []
    return opened(scene.house.wiring.vault.text(scene.child_id, row.headers_digest))


def everything_stored(scene: Scene) -> str:
    """All that lies in the database in the clear."""
    with scene.house.database.reading() as db:
        facts = db.execute("SELECT convert_from(state, 'UTF8') AS said FROM agency_events").fetchall()
        shown = db.execute("SELECT actions::text AS said FROM actions").fetchall()
        told = db.execute("SELECT timeline::text AS said FROM timeline").fetchall()
    return "".join(row["said"] for row in (*facts, *shown, *told))


def test_an_action_is_added_and_nothing_that_was_written_is_stored_in_the_clear(scene: Scene) -> None:
    olga = scene.browser("Olga")

    answer = olga.post(scene.path(ACTIONS_PAGE), **FORM)

    (row,) = rows(scene)
    assert answer.status_code == 303
    assert (row.phase, row.method, row.timeout_seconds, row.enabled) == ("pre_fetch", "GET", 5, True)
    assert headers_of(scene, row) == [("Authorization", f"Bearer {SECRET}"), ("X-Tenant", "7")]
    stored = everything_stored(scene)
    assert not [one for one in (SECRET, "s3cr3t-in-url", "Look up", "X-Tenant") if one in stored]


def test_a_header_is_never_shown_again_and_the_address_only_to_who_may_change_it(scene: Scene) -> None:
    scene.browser("Olga").post(scene.path(ACTIONS_PAGE), **FORM)

    pages = {name: scene.browser(name).get(scene.path(ACTIONS_PAGE)) for name in ("Ana", "Olga", "Vera")}

    assert not [name for name, page in pages.items() if SECRET in page.get_data(as_text=True)]
    assert [name for name, page in pages.items() if "s3cr3t-in-url" in page.get_data(as_text=True)] == [
        *("Ana", "Olga")
    ]
    assert "GET https://api.larkfield.example Authorization, X-Tenant 5 s" in text_of(pages["Vera"])


def test_the_same_form_sent_twice_adds_one(scene: Scene) -> None:
    olga, once = scene.browser("Olga"), {"request_id": str(uuid4())}

    answers = [olga.post(scene.path(ACTIONS_PAGE), **FORM, **once) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(rows(scene)) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *(("name", ""), ("name", "x" * 121), ("phase", "never"), ("method", "TRACE"), ("timeout", "0")),
        *(("timeout", "31"), ("timeout", "1.5"), ("timeout", "-1"), ("timeout", ""), ("url", "")),
        *(("url", "http://api.example.com"), ("url", "https://10.0.0.1/x"), ("url", "https://localhost/x")),
        *(("url", "https://169.254.169.254/"), ("url", "https://2130706433/"), ("headers", "nonsense")),
        *(("headers", "Host: x"), ("headers", "X-New:"), ("headers", "X: a\nX: b")),
    ],
)
def test_bad_input_says_what_is_wrong_and_changes_nothing(scene, action_id, field, typed):
    olga, before, kept = scene.browser("Olga"), scene.facts(), scene.in_the_vault()
    path = scene.path(ACTIONS_PAGE)

    answers = [
        olga.post(path, **FORM | {field: typed}),
        olga.post(f"{path}/{action_id}", **FORM | {field: typed}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert 'role="alert"' in answers[0].get_data(as_text=True)
    assert (scene.facts(), scene.in_the_vault()) == (before, kept)


def test_the_plan_says_how_many_there_are_at_most(scene: Scene) -> None:
    most = PLANS["agency"].limits.actions_max
    for _ in range(most):
        last = an_action(scene.house, scene.child_id, scene.people["Ana"])
    scene.house.run_followed()
    olga = scene.browser("Olga")

    refused = olga.post(scene.path(ACTIONS_PAGE), **FORM)
    olga.post(scene.path(f"{ACTIONS_PAGE}/{last}/delete"))
    accepted = olga.post(scene.path(ACTIONS_PAGE), **FORM)

    assert (refused.status_code, accepted.status_code) == (409, 303)
    assert len(rows(scene)) == most


def test_headers_of_an_action_that_is_refused_are_not_kept(scene: Scene) -> None:
    olga, path = scene.browser("Olga"), scene.path(ACTIONS_PAGE)
    olga.post(path, **FORM)
    for _ in range(PLANS["agency"].limits.actions_max - 1):
        an_action(scene.house, scene.child_id, scene.people["Ana"])

    refused = [olga.post(path, **FORM | {"headers": one}) for one in ("X-Above: 1", FORM["headers"])]

    assert [answer.status_code for answer in refused] == [409, 409]
    vault = scene.house.wiring.vault
    (digest,) = vault.digests_of(scene.child_id, [sealed([("X-Above", "1")])])
    assert vault.text(scene.child_id, digest) == ERASED
    assert [len(headers_of(scene, row)) for row in rows(scene) if row.headers_digest] == [2], "they are sent"


def test_a_header_without_a_value_stays_and_one_that_was_taken_out_is_destroyed(scene: Scene) -> None:
    olga, path = scene.browser("Olga"), scene.path(ACTIONS_PAGE)
    olga.post(path, **FORM)
    (before,) = rows(scene)

    olga.post(f"{path}/{before.action_id}", **FORM | {"headers": "Authorization:\nX-New: 1", "timeout": "9"})

    (after,) = rows(scene)
    assert after.timeout_seconds == 9
    assert headers_of(scene, after) == [("Authorization", f"Bearer {SECRET}"), ("X-New", "1")]
    assert headers_of(scene, before) == [], "no key leads to what is sent no more"


def test_headers_that_another_action_sends_too_are_kept(scene: Scene) -> None:
    olga, path = scene.browser("Olga"), scene.path(ACTIONS_PAGE)
    for _ in range(2):
        olga.post(path, **FORM)
    one, other = rows(scene)

    olga.post(f"{path}/{one.action_id}/delete")

    assert len(headers_of(scene, other)) == 2


def test_actions_are_put_in_order_within_their_phase(scene: Scene) -> None:
    ana, olga = scene.people["Ana"], scene.browser("Olga")
    for name in ("first", "second", "third"):
        last = an_action(scene.house, scene.child_id, ana, name)
    an_action(scene.house, scene.child_id, ana, "before", phase=Phase.PRE_FETCH)
    scene.house.run_followed()
    path = scene.path(f"{ACTIONS_PAGE}/{last}")

    for _ in range(3):
        olga.post(f"{path}/move", way="up")
    on_top = names(scene)
    olga.post(f"{path}/move", way="down")

    assert on_top == ["before", "third", "first", "second"]
    assert names(scene) == ["before", "first", "third", "second"]
    assert olga.post(f"{path}/move", way="left").status_code == 422


def test_what_changes_its_phase_comes_last_there(scene: Scene, action_id: UUID) -> None:
    an_action(scene.house, scene.child_id, scene.people["Ana"], "After", phase=Phase.POST_CALL)
    scene.house.run_followed()
    path = scene.path(f"{ACTIONS_PAGE}/{action_id}")

    scene.browser("Olga").post(path, **FORM | {"name": "Moved", "phase": "post_call"})

    assert names(scene) == ["After", "Moved"]


def test_an_action_is_disabled_enabled_and_deleted(scene: Scene, action_id: UUID) -> None:
    olga, path = scene.browser("Olga"), scene.path(f"{ACTIONS_PAGE}/{action_id}")

    olga.post(f"{path}/state", state="disabled")
    disabled = rows(scene)[0].enabled
    olga.post(f"{path}/state", state="enabled")
    enabled = rows(scene)[0].enabled
    gone = [olga.post(f"{path}/delete").status_code for _ in range(2)]

    assert (disabled, enabled, gone) == (False, True, [303, 303])
    assert rows(scene) == []


@pytest.mark.parametrize("level", Level)
def test_clients_see_and_change_actions_as_far_as_the_agency_lets_them(scene, action_id, level):
    ana, because = scene.people["Ana"], scene.house.because()
    scene.house.agency.set_visibility(
        scene.tree_id, ana, [scene.child_id], {Area.ACTIONS: level}, because=because
    )
    path = scene.path(ACTIONS_PAGE)

    seen = {name: scene.browser(name).get(path).status_code for name in ("Ana", "Olga", "Ben", "Vera")}
    changed = {
        name: scene.browser(name).post(f"{path}/{action_id}/state", state="disabled").status_code
        for name in ("Olga", "Ben", "Vera", "Eve")
    }

    clients = 404 if level is NONE else 200
    assert seen == {"Ana": 200} | dict.fromkeys(("Olga", "Ben", "Vera"), clients)
    assert changed == {"Olga": 303 if level is EDIT else 404, "Ben": 404, "Vera": 404, "Eve": 404}
    assert rows(scene)[0].enabled is (level is not EDIT)


def test_an_action_of_another_workspace_is_a_miss(scene: Scene, action_id: UUID) -> None:
    foreign = an_action(scene.house, scene.sibling_id, scene.people["Ana"])
    scene.house.run_followed()
    olga, before = scene.browser("Olga"), scene.facts()
    path = scene.path(f"{ACTIONS_PAGE}/{foreign}")

    answers = [
        olga.post(path, **FORM),
        olga.post(f"{path}/move", way="up"),
        olga.post(f"{path}/state", state="disabled"),
        olga.post(f"{path}/delete"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert scene.facts() == before


def test_a_page_of_the_past_shows_the_actions_of_then_and_offers_nothing(scene, action_id):
    position = scene.position_of(scene.house.agency.actions_in(scene.child_id).id)
    olga = scene.browser("Olga")
    olga.post(scene.path(f"{ACTIONS_PAGE}/{action_id}/delete"))

    now = text_of(olga.get(scene.path(ACTIONS_PAGE)))
    past = olga.get(scene.path(f"{ACTIONS_PAGE}?as_of={position}"))

    assert "GET https://api.larkfield.example" not in now
    assert "GET https://api.larkfield.example" in text_of(past)
    assert f"/actions/{action_id}" not in past.get_data(as_text=True)
