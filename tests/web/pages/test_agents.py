"""The agents of a workspace: made, set up, switched on, paused and deleted."""

from __future__ import annotations

from uuid import UUID

from domain.permissions import Role
from domain.plans import PLANS
from tests.house_customers import a_customer
from tests.web.pages.scene import Scene
from tests.web.pages.voiced import SETTINGS, html, made, page, wrote

# Made and deleted.


def test_an_agent_is_made_paused_and_is_in_the_list_and_on_a_page_of_its_own(scene: Scene) -> None:
    path = made(scene, "Concierge")

    listed = page(scene, scene.path("/w/{child}/agents"))
    shown = page(scene, path)

    assert "Concierge paused English not written yet" in listed
    assert "1 of 10 that the Agency plan has room for" in listed
    assert "Concierge" in shown
    assert scene.facts()[-2:] == ["Agent.Created", "Holdings.Begun"]


def test_the_same_form_sent_twice_makes_one_agent(scene: Scene) -> None:
    browser, path = scene.browser("Ana"), scene.path("/w/{child}/agents")
    form = browser.form(path, path)

    answers = [browser.post(path, **form | {"name": "Concierge"}) for _ in range(2)]

    assert {answer.status_code for answer in answers} == {303}
    assert scene.facts().count("Agent.Created") == 1


def test_the_plan_has_room_for_so_many_and_a_deleted_one_makes_room(scene: Scene) -> None:
    most = PLANS["agency"].limits.agents_max
    paths = [made(scene, f"Agent {number}") for number in range(most)]
    before = scene.facts()

    refused = scene.browser("Ana").post(scene.path("/w/{child}/agents"), name="One more")
    scene.browser("Ana").post(f"{paths[0]}/delete", name="Agent 0")
    made(scene, "One more")

    assert refused.status_code == 409
    assert 'data-code="limit_reached"' in refused.get_data(as_text=True)
    assert scene.facts()[len(before) :] == [
        "Agent.Deleted",
        "Holdings.Changed",
        "Agent.Created",
        "Holdings.Changed",
    ]
    assert "Agent 0" not in page(scene, scene.path("/w/{child}/agents"))
    assert scene.browser("Ana").get(paths[0]).status_code == 404


def test_what_is_no_name_makes_no_agent(scene: Scene) -> None:
    before, ana = scene.facts(), scene.browser("Ana")

    answers = [
        ana.post(scene.path("/w/{child}/agents"), name=name)
        for name in ("", " ", "x" * 121, "two\nlines", "turn\u202eed")
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert all('data-code="validation_error"' in answer.get_data(as_text=True) for answer in answers)
    assert scene.facts() == before


def test_a_workspace_that_stands_alone_and_an_anchor_have_agents_too(scene: Scene) -> None:
    alone = made(scene, "Night desk", by="Eve", at="eves")
    above = made(scene, "Front desk", at="anchor")

    assert "Night desk" in page(scene, alone, "Eve")
    assert "Front desk" in page(scene, above, "Adam")


def test_an_agent_is_renamed_and_deleted_by_who_types_its_name(scene: Scene) -> None:
    path = made(scene, "Concierge")
    ana = scene.browser("Ana")

    renamed = ana.post(f"{path}/name", name="Night desk")
    wrong = ana.post(f"{path}/delete", name="Concierge")
    deleted = ana.post(f"{path}/delete", name="Night desk")

    assert [renamed.status_code, wrong.status_code, deleted.status_code] == [303, 422, 303]
    assert scene.facts()[-3:] == ["Agent.Renamed", "Agent.Deleted", "Holdings.Changed"]


# Set up and switched on.


def test_an_agent_is_configured_activated_and_paused(scene: Scene) -> None:
    path = made(scene)
    ana = scene.browser("Ana")

    answers = [
        ana.post(f"{path}/settings", **SETTINGS),
        ana.post(f"{path}/activate"),
        ana.post(f"{path}/activate"),
        ana.post(f"{path}/pause"),
    ]

    assert {answer.status_code for answer in answers} == {303}
    assert scene.facts()[-3:] == ["Agent.Configured", "Agent.Activated", "Agent.Paused"]
    form = ana.form(path, f"{path}/settings")
    assert form["based_on"] == "1"
    assert form["max_call_seconds"] == "900"
    assert "Language German Voice sage Model careful Temperature 0.35" in page(scene, path, "Vera")


WRONG = (
    *(("language", "tlh"), ("voice", ""), ("model", "any"), ("timezone", "Mars/Olympus")),
    *(("temperature_hundredths", "201"), ("temperature_hundredths", "-1"), ("max_call_seconds", "29")),
    *(("max_call_seconds", "7201"), ("max_call_seconds", "ten"), ("greeting", "x" * 1_001)),
    ("based_on", ""),
)


def test_what_cannot_be_chosen_changes_nothing_and_stays_in_the_form(scene: Scene) -> None:
    path, ana = made(scene), scene.browser("Ana")
    before = scene.facts()

    answers = {
        (field, value): ana.post(f"{path}/settings", **SETTINGS | {field: value}) for field, value in WRONG
    }

    assert {answer.status_code for answer in answers.values()} == {422}
    kept = [answer for (field, _), answer in answers.items() if field != "greeting"]
    assert all("Guten Tag!" in answer.get_data(as_text=True) for answer in kept)
    assert scene.facts() == before


def test_a_configuration_that_somebody_else_changed_meanwhile_is_not_overwritten(scene: Scene) -> None:
    path = made(scene)
    scene.browser("Adam").post(f"{path}/settings", **SETTINGS)

    answer = scene.browser("Ana").post(f"{path}/settings", **SETTINGS | {"voice": "ember"})

    assert answer.status_code == 409
    assert 'data-code="changed_meanwhile"' in answer.get_data(as_text=True)
    assert scene.facts().count("Agent.Configured") == 1


def test_who_is_suspended_is_not_activated_until_the_agency_resumes_them(scene: Scene) -> None:
    path = made(scene)
    scene.browser("Ana").post(f"{path}/activate")
    agency, ana = scene.house.agency, scene.people["Ana"]
    customer_id = a_customer(scene.house, scene.child_id, ana)
    suspended = (scene.tree_id, ana, customer_id)
    agency.suspend_customer(*suspended, because=scene.house.because(f"person:{ana}"))
    scene.house.run_followed()

    answer = scene.browser("Ana").post(f"{path}/activate")
    shown = page(scene, path)
    agency.resume_customer(*suspended, because=scene.house.because(f"person:{ana}"))
    scene.house.run_followed()

    assert answer.status_code == 403
    assert 'data-code="customer_suspended"' in answer.get_data(as_text=True)
    assert "paused with its customer" in shown
    assert "Activate" not in shown
    assert "Status active" in page(scene, path)


# What it knows and does.


def test_what_is_of_another_workspace_or_nothing_at_all_is_not_attached(scene: Scene) -> None:
    path = made(scene)
    before = scene.facts()

    answers = [
        scene.browser("Ana").post(f"{path}/attach", kind=kind, thing=str(thing))
        for kind in ("knowledge", "action")
        for thing in (UUID(int=7), scene.sibling_id, "x")
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 422] * 2
    assert scene.facts() == before


# The past, and the timeline.


def test_the_pages_show_an_agent_as_it_was(scene: Scene) -> None:
    path = made(scene, "Concierge")
    wrote(scene, path, "Be brief.", 0)
    position = scene.position_of(UUID(path.rpartition("/")[2]))
    wrote(scene, path, "Be kind.", 1)
    scene.browser("Ana").post(f"{path}/name", name="Night desk")

    then = html(scene, f"{path}?as_of={position}")
    versions = page(scene, f"{path}/prompts?as_of={position}")
    listed = page(scene, f"{path.rpartition('/')[0]}?as_of={position}")

    assert "Concierge" in then
    assert "Be brief." in then
    assert "Be kind." not in then
    assert "<textarea" not in then
    assert "Version 2" not in versions
    assert "Concierge paused English version 1" in listed


def test_the_timeline_tells_who_wrote_which_version_of_whose_prompt(scene: Scene) -> None:
    path = made(scene, "Concierge")
    wrote(scene, path, "Be brief.", 0)
    wrote(scene, path, "Be kind.", 1)
    scene.browser("Ana").post(f"{path}/prompts/1/restore")
    scene.browser("Ana").post(f"{path}/name", name="Night desk")

    told = page(scene, scene.path("/w/{child}/timeline"), "Adam")
    inside = page(scene, scene.path("/w/{child}/timeline"), "Olga")

    assert "Ana made the agent Concierge in Larkfield — Support line" in told
    assert "Ana wrote version 2 of the prompt of Concierge" in told
    assert "Ana brought back version 1 of the prompt of Concierge, as version 3" in told
    assert "Ana renamed an agent from Concierge to Night desk" in inside
    assert "Be brief." not in told


def test_when_the_workspace_leaves_its_agency_the_agents_stay_with_it(scene: Scene) -> None:
    path = made(scene, "Concierge")
    scene.house.member(scene.child_id, scene.people["Ana"], scene.people["Adam"], Role.ADMIN)
    because = scene.house.because(f"person:{scene.people['Ana']}")

    scene.house.wiring.billing.cancel_at_once(scene.tree_id, scene.people["Ana"], because=because)
    scene.house.deliver_notices()
    scene.house.run_followed()

    assert "Concierge" in page(scene, path, "Olga")
    assert "1 of 1 that the Free plan has room for" in page(scene, path.rpartition("/")[0], "Olga")
