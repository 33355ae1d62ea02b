"""What may befall the voice of an agency in a random life: agents, what they know, do and answer, templates
of them, and the customers whom they are for."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from domain.action import Asked, Phase
from domain.agent import Agent, AgentStatus, Prompt
from domain.agent_settings import MODELS, VOICES, AgentSettings
from domain.commands.agents import Attachments, Wanted
from domain.commands.customers import Into
from domain.customer import About
from domain.holdings import Held
from domain.structure import ActionPart, AgentPart, DocumentPart, KnowledgePart, Structure
from domain.template import FromTemplate
from tests.proofs.random_deeds import RandomDeeds


class RandomVoice(RandomDeeds):
    """Mostly in a tree whose plan has calls, and now and then anywhere."""

    owner_id: UUID
    workspaces: list[UUID]

    def _voice_tree(self) -> UUID:
        """One with calls, or any."""
        return self._voiced() if self.random.randrange(4) else self._tree().tree_id

    def _client(self) -> UUID:
        """A child of an agency with calls, or any workspace."""
        children = self.agency.tree(self._voiced()).children
        return self.random.choice(children) if children and self.random.randrange(4) else self._workspace()

    def _by(self) -> dict[str, Any]:
        return {"because": self._because()}

    def _digest(self, what: str) -> str:
        return f"digest of {what} {self.random.randrange(1_000)}"

    # Agents.

    def make_agent(self) -> None:
        who = (uuid4(), self._client(), self.owner_id)
        self.agency.make_agent(*who, self._digest("an agent"), **self._by())
        self._write_prompt(self.agency.agent_in(who[1], who[0]))
        wanted = Wanted(
            knowledge=Attachments(attach=tuple(self.agency.held(who[1], Held.KNOWLEDGE_BASE))),
            actions=Attachments(attach=tuple(self._actions(who[1]))),
            status=AgentStatus.ACTIVE,
        )
        self.agency.change_agent(*who, wanted, **self._by())

    def change_agent(self) -> None:
        if (agent := self._agent(self._client())) is None:
            return
        self.random.choice(
            [self._configure, self._configure, self._detach, self._write_prompt, self._restore, self._delete]
        )(agent)

    def _configure(self, agent: Agent) -> None:
        wanted = Wanted(
            name_digest=self._digest("an agent"),
            settings={"voice": self.random.choice(VOICES), "model": self.random.choice(MODELS)},
            status=self.random.choice([*AgentStatus, None]),
        )
        self.agency.change_agent(agent.id, agent.workspace_id, self.owner_id, wanted, **self._by())

    def _detach(self, agent: Agent) -> None:
        wanted = Wanted(
            knowledge=Attachments(detach=tuple(agent.knowledge)[:1]),
            actions=Attachments(detach=tuple(agent.actions)[:1]),
        )
        self.agency.change_agent(agent.id, agent.workspace_id, self.owner_id, wanted, **self._by())

    def _write_prompt(self, agent: Agent) -> None:
        prompt = Prompt(digest=self._digest("a prompt"), characters=self.random.randrange(1, 9_000))
        based_on = agent.prompt_number
        who = (agent.id, agent.workspace_id, self.owner_id)
        self.agency.write_prompt(*who, prompt, based_on=based_on, **self._by())

    def _restore(self, agent: Agent) -> None:
        number = self.random.randrange(1, agent.prompt_number + 2)
        self.agency.restore_prompt(agent.id, agent.workspace_id, self.owner_id, number, **self._by())

    def _delete(self, agent: Agent) -> None:
        self.agency.delete_agent(agent.id, agent.workspace_id, self.owner_id, **self._by())

    def _agent(self, workspace_id: UUID) -> Agent | None:
        agents = self.agency.agents_in(workspace_id)
        return self.random.choice(agents) if agents else None

    # What they know and do, and where they answer.

    def know(self) -> None:
        """A knowledge base with a document."""
        workspace_id, base_id = self._client(), uuid4()
        who = (workspace_id, self.owner_id, base_id)
        self.agency.create_knowledge_base(*who, self._digest("a base"), **self._by())
        for _ in range(2):
            text = {"title_digest": self._digest("a title"), "digest": self._digest("a text")}
            size = self.random.randrange(1, 9_000)
            self.agency.add_document(*who, uuid4(), **text, bytes=size, **self._by())

    def know_otherwise(self) -> None:
        workspace_id = self._client()
        if not (bases := list(self.agency.held(workspace_id, Held.KNOWLEDGE_BASE))):
            return
        who = (workspace_id, self.owner_id, self.random.choice(bases))
        match self.random.randrange(3):
            case 0:
                self.agency.rename_knowledge_base(*who, self._digest("a base"), **self._by())
            case 1:
                for document_id in [*self.agency.knowledge_base(workspace_id, who[2]).documents][:1]:
                    self.agency.remove_document(*who, document_id, **self._by())
            case 2:
                self.agency.delete_knowledge_base(*who, **self._by())

    def act(self) -> None:
        workspace_id = self._client()
        if not (actions := self._actions(workspace_id)) or not self.random.randrange(3):
            self.agency.create_action(workspace_id, self.owner_id, uuid4(), self._asked(), **self._by())
            return
        who = (workspace_id, self.owner_id, self.random.choice(actions))
        match self.random.randrange(5):
            case 0:
                self.agency.change_action(*who, self._asked(), **self._by())
            case 1:
                self.agency.move_action(*who, up=bool(self.random.randrange(2)), **self._by())
            case 2:
                self.agency.disable_action(*who, **self._by())
            case 3:
                self.agency.enable_action(*who, **self._by())
            case 4:
                self.agency.delete_action(*who, **self._by())

    def _actions(self, workspace_id: UUID) -> list[UUID]:
        found = self.agency.actions_in(workspace_id)
        return list(found.steps) if found is not None else []

    def _asked(self) -> Asked:
        return Asked(
            name_digest=self._digest("an action"),
            phase=self.random.choice(list(Phase)),
            method="POST",
            url_digest=self._digest("an address"),
            headers_digest=None,
            timeout_seconds=5,
        )

    def deploy(self) -> None:
        workspace_id = self._client()
        found, agent = self.agency.deployments_in(workspace_id), self._agent(workspace_id)
        said: dict[str, Any] = {
            "name_digest": self._digest("a widget"),
            "allowed_origins": ("https://www.acme.test",),
        }
        if agent is not None and (found is None or not found.widgets or not self.random.randrange(3)):
            who = (workspace_id, self.owner_id, uuid4())
            self.agency.create_widget(*who, agent_id=agent.id, **said, **self._by())
        elif found is not None and found.widgets:
            who = (workspace_id, self.owner_id, self.random.choice(list(found.widgets)))
            match self.random.randrange(4):
                case 0:
                    self.agency.change_widget(*who, **said, **self._by())
                case 1:
                    self.agency.disable_widget(*who, **self._by())
                case 2:
                    self.agency.enable_widget(*who, **self._by())
                case 3:
                    self.agency.remove_widget(*who, **self._by())

    def number(self) -> None:
        workspace_id, numbers = self._client(), self.house.wiring.numbers
        mine = list(self.agency.held(workspace_id, Held.PHONE_NUMBER))
        if not mine or not self.random.randrange(3):
            offer = next(self.house.wiring.carrier.offers("DE", self.random.randrange(10_000)))
            numbers.buy(workspace_id, self.owner_id, offer, self._digest("a number"), **self._by())
            return
        who = (workspace_id, self.owner_id, self.random.choice(mine))
        match self.random.randrange(5):
            case 0 | 1:
                if agent := self._agent(workspace_id):
                    self.agency.assign_number(*who, agent.id, **self._by())
            case 2:
                self.agency.unassign_number(*who, **self._by())
            case 3:
                self.agency.release_number(*who, **self._by())
            case 4:
                cycle = self.agency.tree(self._tree().tree_id).cycle_started_at
                self.agency.note_unpaid_number(workspace_id, who[2], cycle, **self._by())

    def charge_numbers(self) -> None:
        """By the clock, of all that there are."""
        self.house.wiring.numbers.charge_all()

    # Templates.

    def template(self) -> None:
        tree_id = self._voice_tree()
        tree, found = self.agency.tree(tree_id), self.agency.templates_of(tree_id)
        kept = list(found.kept) if found is not None else []
        structure = self._structure()
        if not kept or not self.random.randrange(3):
            template_id = self.random.choice([uuid4(), *kept])
            said = {"name_digest": self._digest("a template"), "structure_digest": self._digest("parts")}
            made: dict[str, Any] = {"source_id": tree.anchor_id, "structure": structure, **said}
            self.agency.save_template(tree_id, self.owner_id, template_id, **made, **self._by())
        elif tree.children and self.random.randrange(4):
            child_id, template_id = self.random.choice(tree.children), self.random.choice(kept)
            start = FromTemplate(template_id=template_id, structure=structure)
            self.agency.start_template(tree_id, self.owner_id, child_id, start, **self._by())
        else:
            self.agency.delete_template(tree_id, self.owner_id, kept[0], **self._by())

    def _structure(self) -> Structure:
        text = DocumentPart(key=uuid4(), title=self._digest("a title"), text=self._digest("a text"), bytes=9)
        base = KnowledgePart(key=uuid4(), name=self._digest("a base"), documents=(text,))
        action = ActionPart(key=uuid4(), asked=self._asked(), enabled=bool(self.random.randrange(2)))
        agent = AgentPart(
            key=uuid4(),
            name=self._digest("an agent"),
            prompt=self._digest("a prompt"),
            prompt_characters=9,
            settings=AgentSettings(),
            knowledge=(base.key,),
            actions=(action.key,),
        )
        return Structure(agents=(agent,), knowledge=(base,), actions=(action,))

    # Customers.

    def customer(self) -> None:
        """In a workspace that is there, or in one of their own."""
        tree_id = self._voice_tree()
        children = self.agency.tree(tree_id).children
        into = Into(workspace_id=uuid4(), name_digest=self._digest("a workspace"))
        if children and self.random.randrange(3):
            into = Into(workspace_id=self.random.choice(children))
        self.agency.add_customer(tree_id, self.owner_id, into, self._about(), **self._by())
        if into.name_digest is not None:
            self.workspaces.append(into.workspace_id)

    def handle_customer(self) -> None:
        """Suspended and resumed oftener than closed."""
        tree_id = self._voice_tree()
        children = self.agency.tree(tree_id).children
        there = [found for one in children if (found := self.agency.customer_of(one)) is not None]
        if not there:
            return
        agency, who = self.agency, (tree_id, self.owner_id, self.random.choice(there).id)
        self.random.choice(
            [
                lambda: agency.change_customer(*who, self._about(), **self._by()),
                lambda: agency.erase_contact(*who, **self._by()),
                lambda: agency.set_markup(*who, self.random.randrange(10_000), **self._by()),
                *[lambda: agency.suspend_customer(*who, **self._by())] * 2,
                *[lambda: agency.resume_customer(*who, **self._by())] * 3,
                lambda: agency.close_customer(*who, **self._by()),
            ]
        )()

    def _about(self) -> About:
        return About(
            name_digest=self._digest("a customer"),
            contact_id=uuid4(),
            contact_digest=self._digest("a contact"),
            notes_digest=self._digest("notes"),
        )
