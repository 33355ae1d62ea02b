"""In what a workspace has drifted from its template is told by thing and field, and of no secret."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.agent import Prompt
from domain.commands.agents import Wanted
from projections.catalogue import ACTIONS, KNOWLEDGE
from tests.held import a_document, an_agent
from tests.web.pages.scene import Scene
from tests.web.pages.templated import (
    TEMPLATES_PAGE,
    agent_of,
    drifted,
    furnish,
    rows,
    saves,
    starts,
)


@pytest.fixture
def furnished(scene: Scene) -> Scene:
    return furnish(scene)


@pytest.fixture
def template_id(furnished: Scene) -> UUID:
    saves(furnished)
    return rows(furnished)[0].template_id


def test_a_workspace_that_is_as_its_template_has_not_drifted(furnished, template_id):
    starts(furnished, template_id)

    assert "It is as the template is." in drifted(furnished, template_id)


def test_drift_is_told_by_thing_and_field_and_a_prompt_line_by_line(furnished, template_id):
    starts(furnished, template_id)
    house, sibling, ana = furnished.house, furnished.sibling_id, furnished.people["Ana"]
    because, agent = house.because(f"person:{ana}"), agent_of(furnished, sibling)
    changed = "Be brief.\nBe witty.\nNever promise a price."
    prompt = Prompt(digest=house.wiring.vault.keep_text(sibling, changed), characters=len(changed))
    house.agency.write_prompt(agent.agent_id, sibling, ana, prompt, based_on=1, because=because)
    wanted = Wanted(settings={"voice": "cedar"})
    house.agency.change_agent(agent.agent_id, sibling, ana, wanted, because=because)
    with house.database.reading() as db:
        (action,), (base,) = ACTIONS.in_workspace(db, sibling), KNOWLEDGE.in_workspace(db, sibling)
    house.agency.delete_action(sibling, ana, action.action_id, because=because)
    a_document(house, sibling, ana, base.base_id, title="Opening hours")
    an_agent(house, sibling, ana, "Night desk")
    house.run_followed()

    told = drifted(furnished, template_id)

    assert "agent “Concierge” changed voice sage cedar" in told
    assert "agent “Concierge” changed actions Look up none" in told
    assert "action “Look up” removed" in told
    assert "document “Opening hours” added" in told
    assert "agent “Night desk” added" in told
    page = furnished.browser("Adam").get(furnished.path(f"{TEMPLATES_PAGE}/{template_id}"))
    assert "<del>kind</del>" in page.get_data(as_text=True)
    assert "<ins>witty</ins>" in page.get_data(as_text=True)


def test_no_header_is_shown_where_it_has_drifted(furnished: Scene, template_id: UUID) -> None:
    starts(furnished, template_id)
    with furnished.house.database.reading() as db:
        (action,) = ACTIONS.in_workspace(db, furnished.sibling_id)
    furnished.browser("Adam").post(
        furnished.path(f"/w/{{sibling}}/actions/{action.action_id}"),
        **{"name": "Look up", "phase": "live", "method": "GET", "timeout": "5"},
        url="https://api.larkfield.example/customers?key=4711",
        headers="Authorization: Bearer an0ther",
    )

    told = drifted(furnished, template_id)

    assert "headers Authorization Authorization (with another value)" in told
    assert "an0ther" not in told
    assert "letmein" not in told


def test_saved_anew_it_is_what_workspaces_are_compared_with(furnished: Scene, template_id: UUID) -> None:
    starts(furnished, template_id)
    an_agent(furnished.house, furnished.child_id, furnished.people["Ana"], "Night desk")
    furnished.house.run_followed()

    saves(furnished, template=str(template_id), name="Front desk 2")

    (row,) = rows(furnished)
    assert (row.template_id, row.number, row.agents) == (template_id, 2, 2)
    assert "agent “Night desk” removed" in drifted(furnished, template_id)
