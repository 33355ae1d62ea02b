"""Commands on an agency's templates: kept, put into a workspace, given up."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from domain.action import Action
from domain.agent import Agent, Prompt
from domain.because import Because
from domain.commands.inside import Inside
from domain.conflicts import decided_again
from domain.holdings import Held, Holdings
from domain.ids import stream_of_templates
from domain.knowledge import KnowledgeBase
from domain.limits import require_place
from domain.permissions import Permission, may, standings
from domain.plans import PLANS
from domain.recorded import Recorded
from domain.refusals import Refusal, Refused, Unknown
from domain.structure import AgentPart, KnowledgePart, Structure, made_of
from domain.template import FromTemplate, Template
from domain.tree import Tree
from domain.workspace import Workspace


class Templating(Inside):
    @decided_again
    def save_template(
        self,
        tree_id: UUID,
        person_id: UUID,
        template_id: UUID,
        *,
        name_digest: str,
        source_id: UUID,
        structure_digest: str,
        structure: Structure,
        because: Because,
    ) -> None:
        """A structure of one of the agency's own workspaces; `structure` is what the digest opens to."""
        tree = self._tree_of_templates(tree_id, person_id)
        if source_id not in (tree.anchor_id, *tree.children):
            raise Unknown(f"Workspace {source_id}")
        found = self.templates_of(tree_id) or Template.begin(tree, because=because)
        found.keep(
            template_id,
            name_digest=name_digest,
            source_id=source_id,
            structure_digest=structure_digest,
            structure=structure,
            because=because,
        )
        self.save(found)

    @decided_again
    def delete_template(self, tree_id: UUID, person_id: UUID, template_id: UUID, *, because: Because) -> None:
        self._tree_of_templates(tree_id, person_id)
        found = self.templates_of(tree_id)
        if found is None:
            raise Unknown(f"Template {template_id}")
        found.delete(template_id, because=because)
        self.save(found)

    @decided_again
    def start_template(
        self, tree_id: UUID, person_id: UUID, child_id: UUID, template: FromTemplate, *, because: Because
    ) -> None:
        """Put it into a workspace that is there, beside what it has; all of it or nothing."""
        tree = self._tree_of_templates(tree_id, person_id)
        if child_id not in tree.children:
            raise Unknown(f"Workspace {child_id}")
        self.save(*self.start_from(template, self.workspace(child_id), because=because))

    def start_from(
        self, template: FromTemplate | None, child: Workspace, *, because: Because
    ) -> Sequence[Recorded]:
        """What a template puts into a workspace, to be saved together with it; what it has got already
        stays as it is."""
        if template is None:
            return ()
        found = self.templates_of(child.tree_id) if child.tree_id is not None else None
        if found is None:
            raise Unknown(f"Template {template.template_id}")
        found.start(template.template_id, child.id, because=because)
        holdings, structure = self._holdings(child.id), template.structure
        bases, holdings = self._knowledge_of(structure, child, holdings, because)
        agents, holdings = self._agents_of(structure, child, holdings, because)
        held = [holdings] if holdings is not None and holdings.pending_events else []
        return [found, *self._actions_of(structure, child, because), *bases, *agents, *held]

    def templates_of(self, tree_id: UUID) -> Template | None:
        """None if the agency never had one."""
        return self._load_or_none(Template, stream_of_templates(tree_id))

    # Deciding.

    def _tree_of_templates(self, tree_id: UUID, person_id: UUID) -> Tree:
        """By what somebody is in the anchor itself, also if that is somebody's child by now."""
        tree = self.tree(tree_id)
        role = self.workspace(tree.anchor_id).members.get(person_id)
        if not may(standings(here=role, in_anchor=None, is_child=False), Permission.HANDLE_TEMPLATES):
            raise Refused(Refusal.ROLE_TOO_LOW)
        if tree.ended_at is not None:
            raise Refused(Refusal.TREE_ENDED)
        return tree

    def _actions_of(self, structure: Structure, child: Workspace, because: Because) -> list[Recorded]:
        if not structure.actions:
            return []
        actions = self.actions_in(child.id) or Action.begin(child, because=because)
        for part in structure.actions:
            action_id = made_of(child.id, part.key)
            is_new = action_id not in actions.made
            actions.create(child, action_id, part.asked, because=because)
            if is_new and not part.enabled:
                actions.disable(child, action_id, because=because)
        return [actions]

    def _knowledge_of(
        self, structure: Structure, child: Workspace, holdings: Holdings | None, because: Because
    ) -> tuple[list[Recorded], Holdings | None]:
        limits = PLANS[child.plan].limits
        made: list[Recorded] = []
        for part in structure.knowledge:
            base_id = made_of(child.id, part.key)
            if base_id in self.repository:
                continue
            held = holdings.of(Held.KNOWLEDGE_BASE) if holdings else {}
            require_place(len(held), limits.knowledge_bases_max)
            base = _base_of(part, child, limits.documents_bytes_max - sum(held.values()), because)
            holdings = _holding(holdings, child, Held.KNOWLEDGE_BASE, base_id, base.held_bytes, because)
            made.append(base)
        return made, holdings

    def _agents_of(
        self, structure: Structure, child: Workspace, holdings: Holdings | None, because: Because
    ) -> tuple[list[Recorded], Holdings | None]:
        made: list[Recorded] = []
        for part in structure.agents:
            agent_id = made_of(child.id, part.key)
            if agent_id in self.repository:
                continue
            held = holdings.of(Held.AGENT) if holdings else {}
            require_place(len(held), PLANS[child.plan].limits.agents_max)
            holdings = _holding(holdings, child, Held.AGENT, agent_id, 1, because)
            made.append(_agent_of(part, agent_id, child, because))
        return made, holdings


def _base_of(part: KnowledgePart, child: Workspace, room_bytes: int, because: Because) -> KnowledgeBase:
    base = KnowledgeBase.create(
        made_of(child.id, part.key),
        workspace_id=child.id,
        tree_id=child.tree_id,
        name_digest=part.name,
        because=because,
    )
    for document in part.documents:
        base.add_document(
            made_of(child.id, document.key),
            child.tree_id,
            title_digest=document.title,
            digest=document.text,
            bytes=document.bytes,
            room_bytes=room_bytes - base.held_bytes,
            because=because,
        )
    return base


def _holding(
    holdings: Holdings | None, child: Workspace, kind: Held, thing_id: UUID, size: int, because: Because
) -> Holdings:
    if holdings is None:
        return Holdings.begin(child.id, child.tree_id, kind, thing_id, size, because=because)
    holdings.set(kind, thing_id, size, child.tree_id, because=because)
    return holdings


def _agent_of(part: AgentPart, agent_id: UUID, child: Workspace, because: Because) -> Agent:
    """Paused, as every agent begins, with its prompt as the first version."""
    tree_id = child.tree_id
    agent = Agent.make(
        agent_id, workspace_id=child.id, tree_id=tree_id, name_digest=part.name, because=because
    )
    if part.prompt is not None:
        prompt = Prompt(digest=part.prompt, characters=part.prompt_characters)
        agent.write_prompt(prompt, based_on=0, tree_id=tree_id, because=because)
    agent.configure(part.settings, based_on=None, tree_id=tree_id, because=because)
    for key in part.knowledge:
        agent.attach_knowledge(made_of(child.id, key), tree_id=tree_id, because=because)
    for key in part.actions:
        agent.attach_action(made_of(child.id, key), tree_id=tree_id, because=because)
    return agent
