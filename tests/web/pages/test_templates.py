"""Templates of an agency: a structure is kept, started from and given up, by who leads it only."""

from __future__ import annotations

from uuid import UUID

import pytest

from adapters.vault import ERASED
from domain.headers import sealed
from domain.plans import PLANS
from domain.template import TEMPLATES_MAX
from projections.catalogue import DASHBOARD
from tests.deployed import a_template, an_action
from tests.held import an_agent
from tests.web.pages.scene import Scene, text_of
from tests.web.pages.templated import (
    TEMPLATES_PAGE,
    agent_of,
    furnish,
    furniture,
    rows,
    saves,
    started,
    starts,
)


@pytest.fixture
def furnished(scene: Scene) -> Scene:
    return furnish(scene)


@pytest.fixture
def template_id(furnished: Scene) -> UUID:
    saves(furnished)
    return rows(furnished)[0].template_id


def test_a_template_keeps_the_structure_of_a_workspace(furnished: Scene) -> None:
    answer = saves(furnished)

    (row,) = rows(furnished)
    assert answer.status_code == 303
    assert (row.number, row.agents, row.knowledge_bases, row.documents, row.actions) == (1, 1, 1, 1, 1)
    page = text_of(furnished.browser("Ana").get(furnished.path(TEMPLATES_PAGE)))
    assert "Front desk Holds 1 agent, 1 knowledge base with 1 document, 1 action" in page


def test_a_workspace_that_is_there_gets_all_of_it_in_one_transaction(furnished, template_id):
    answer = starts(furnished, template_id)

    assert answer.status_code == 303
    assert furniture(furnished, furnished.sibling_id) == furniture(furnished, furnished.child_id)
    assert agent_of(furnished, furnished.sibling_id).status == "paused"
    assert [row.child_id for row in started(furnished)] == [furnished.sibling_id]
    with furnished.house.database.reading() as db:
        appends = db.execute(
            "SELECT count(DISTINCT append) AS n FROM agency_events WHERE notification_id >="
            " (SELECT max(notification_id) FROM agency_events WHERE topic = 'Template.Started')"
        ).fetchone()
    assert appends["n"] == 1


def test_putting_it_there_twice_makes_nothing_twice(furnished: Scene, template_id: UUID) -> None:
    starts(furnished, template_id)
    before = furnished.facts()

    answer = starts(furnished, template_id)

    assert answer.status_code == 303
    assert furnished.facts() == before


def test_a_new_workspace_starts_from_it(furnished: Scene, template_id: UUID) -> None:
    answer = furnished.browser("Adam").post(
        furnished.path("/w/{anchor}/workspaces"), name="Birch — Support line", template=str(template_id)
    )

    (row,) = started(furnished)
    assert answer.status_code == 303
    assert furniture(furnished, row.child_id) == furniture(furnished, furnished.child_id)


def test_a_new_customer_starts_from_it(furnished: Scene, template_id: UUID) -> None:
    page = furnished.browser("Adam").get(furnished.path("/w/{anchor}/customers/new"))

    answer = furnished.browser("Adam").post(
        furnished.path("/w/{anchor}/customers"), name="Birch", template=str(template_id)
    )

    assert "Front desk" in text_of(page)
    assert answer.status_code == 303
    assert furniture(furnished, started(furnished)[0].child_id) == furniture(furnished, furnished.child_id)


def test_what_the_plan_has_no_room_for_starts_nothing(furnished: Scene, template_id: UUID) -> None:
    for number in range(PLANS["agency"].limits.agents_max):
        an_agent(furnished.house, furnished.sibling_id, furnished.people["Ana"], f"Agent {number}")
    furnished.house.run_followed()
    before = furnished.facts()

    answer = starts(furnished, template_id)

    assert answer.status_code == 409
    assert 'data-code="limit_reached"' in answer.get_data(as_text=True)
    assert furnished.facts() == before


def headers_kept(scene: Scene) -> str:
    """What the vault says of the headers that the template of the furnished workspace sends."""
    vault = scene.house.wiring.vault
    (digest,) = vault.digests_of(scene.anchor_id, [sealed([("Authorization", "Bearer letmein")])])
    return vault.text(scene.anchor_id, digest)


def test_headers_go_with_the_last_template_that_keeps_them(furnished: Scene, template_id: UUID) -> None:
    adam, path = furnished.browser("Adam"), furnished.path(TEMPLATES_PAGE)
    saves(furnished, name="Another one")
    other = next(row.template_id for row in rows(furnished) if row.template_id != template_id)

    adam.post(f"{path}/{template_id}/delete")
    assert "letmein" in headers_kept(furnished)
    adam.post(f"{path}/{other}/delete")
    assert headers_kept(furnished) == ERASED


def test_headers_of_a_template_outlive_the_action_they_were_written_for(furnished: Scene) -> None:
    ana, anchor = furnished.people["Ana"], furnished.anchor_id
    action_id = an_action(furnished.house, anchor, ana, "Of the agency")
    furnished.house.run_followed()
    saves(furnished, source="{anchor}")
    (template,) = rows(furnished)

    furnished.browser("Ana").post(furnished.path(f"/w/{{anchor}}/actions/{action_id}/delete"))
    starts(furnished, template.template_id)

    assert "letmein" in headers_kept(furnished)
    assert "letmein" in str(furniture(furnished, furnished.sibling_id))


def test_headers_of_a_template_that_is_refused_are_not_kept(furnished: Scene) -> None:
    ana, anchor, house = furnished.people["Ana"], furnished.anchor_id, furnished.house
    for number in range(TEMPLATES_MAX):
        a_template(house, furnished.tree_id, anchor, ana, f"Number {number}")
    house.run_followed()

    assert saves(furnished).status_code == 409

    assert headers_kept(furnished) == ERASED


def test_a_deleted_template_is_gone_and_what_was_started_stays(furnished: Scene, template_id: UUID) -> None:
    starts(furnished, template_id)
    path = furnished.path(f"{TEMPLATES_PAGE}/{template_id}/delete")

    gone = [furnished.browser("Adam").post(path).status_code for _ in range(2)]

    assert gone == [303, 303]
    assert rows(furnished) == []
    assert started(furnished) == []
    assert furniture(furnished, furnished.sibling_id)["bases"] == ["Prices"]
    assert starts(furnished, template_id).status_code == 404


@pytest.mark.parametrize(
    ("field", "typed"), [("name", ""), ("name", "x" * 121), ("source", "{eves}"), ("source", "nothing")]
)
def test_bad_input_saves_nothing(furnished: Scene, field: str, typed: str) -> None:
    before = furnished.facts()

    answer = saves(furnished, **{field: furnished.path(typed)})

    assert answer.status_code == 422
    assert furnished.facts() == before


def test_it_is_put_into_no_workspace_of_others(furnished: Scene, template_id: UUID) -> None:
    before = furnished.facts()

    answers = [starts(furnished, template_id, child) for child in ("{eves}", "{anchor}", "{nowhere}")]

    assert [answer.status_code for answer in answers] == [422] * 3
    assert furnished.facts() == before


def test_templates_are_there_for_who_leads_the_agency_only(furnished: Scene, template_id: UUID) -> None:
    pages = [TEMPLATES_PAGE, f"{TEMPLATES_PAGE}/{template_id}"]

    seen = {
        name: [furnished.browser(name).get(furnished.path(page)).status_code for page in pages]
        for name in ("Ana", "Adam", "Olga", "Ben", "Vera", "Eve")
    }

    assert seen == {name: [200, 200] if name in ("Ana", "Adam") else [404, 404] for name in seen}


def test_the_people_of_a_client_never_hear_of_templates(furnished: Scene, template_id: UUID) -> None:
    starts(furnished, template_id)
    carl = furnished.people["Olga"]
    furnished.house.member(furnished.sibling_id, furnished.people["Ana"], carl, "owner")
    furnished.house.run_followed()

    told = text_of(furnished.browser("Olga").get(furnished.path("/w/{sibling}/timeline")))

    assert "Front desk" not in told
    assert "template" not in told.lower()


def test_somebody_elses_template_starts_nothing(furnished: Scene, template_id: UUID) -> None:
    house = furnished.house
    zoe = house.person("Zoe")
    tree_id, anchor_id = house.agency_of(zoe, "Harbor", children=1)
    furnished.people["Zoe"] = zoe
    with house.database.reading() as db:
        child = next(one for one in DASHBOARD.of_tree(db, tree_id) if one.parent_id)
    before = furnished.facts()

    answer = furnished.browser("Zoe").post(
        f"/w/{anchor_id}/templates/{template_id}/start", child=str(child.workspace_id)
    )

    assert answer.status_code == 404
    assert furnished.facts() == before
