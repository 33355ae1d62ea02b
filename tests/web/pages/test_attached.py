"""What an agent knows: a knowledge base of its own workspace, and of no other."""

from __future__ import annotations

from uuid import UUID, uuid4

from tests.web.pages.scene import Scene
from tests.web.pages.voiced import html, made, page


def a_base(scene: Scene, workspace_id: UUID, name: str, *, by: str = "Ana") -> UUID:
    base_id, house = uuid4(), scene.house
    digest = house.wiring.vault.keep_text(workspace_id, name)
    person_id = scene.people[by]
    because = house.because(f"person:{person_id}")
    house.agency.create_knowledge_base(workspace_id, person_id, base_id, digest, because=because)
    house.run_followed()
    return base_id


def test_a_knowledge_base_is_attached_by_its_name_and_detached(scene: Scene) -> None:
    path = made(scene)
    base_id = a_base(scene, scene.child_id, "Opening hours")
    ana = scene.browser("Ana")

    offered = html(scene, path)
    attached = [ana.post(f"{path}/attach", kind="knowledge", thing=str(base_id)) for _ in range(2)]
    known = page(scene, path, "Vera")
    detached = ana.post(f"{path}/detach", kind="knowledge", thing=str(base_id))

    assert f'<option value="{base_id}">Opening hours</option>' in offered
    assert [answer.status_code for answer in (*attached, detached)] == [303] * 3
    assert "Knowledge bases Opening hours" in known
    assert scene.facts()[-2:] == ["Agent.KnowledgeAttached", "Agent.KnowledgeDetached"]
    assert "Knowledge bases It has none." in page(scene, path, "Vera")


def test_a_knowledge_base_of_another_workspace_is_as_one_that_never_was(scene: Scene) -> None:
    path, before = made(scene), None
    others = [a_base(scene, scene.sibling_id, "Prices"), a_base(scene, scene.eves_id, "Hers", by="Eve")]
    before = scene.facts()

    answers = [
        scene.browser("Ana").post(f"{path}/attach", kind=kind, thing=str(thing))
        for thing in (*others, uuid4(), scene.child_id)
        for kind in ("knowledge", "action")
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1
    assert scene.facts() == before


def test_its_page_names_the_agents_that_answer_from_it(scene: Scene) -> None:
    path = made(scene, "Concierge")
    base_id = a_base(scene, scene.child_id, "Opening hours")
    scene.browser("Ana").post(f"{path}/attach", kind="knowledge", thing=str(base_id))

    told = page(scene, scene.path(f"/w/{{child}}/knowledge/{base_id}"))

    assert "Attached to Concierge." in told
