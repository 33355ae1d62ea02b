"""A voice agent: it lives in one workspace, with every prompt it ever had."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from eventsourcing.domain import CanMutateAggregate

from domain.agent_settings import AgentSettings
from domain.because import Because
from domain.recorded import Recorded
from domain.refusals import Refusal, Refused

NAME_MAX = 120  # characters
PROMPT_MAX = 50_000  # characters
PROMPTS_MAX = 1_000  # versions of one agent
KNOWLEDGE_MAX = 20  # knowledge bases of one agent
ACTIONS_MAX = 20


class AgentStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"


@dataclass(frozen=True, kw_only=True)
class Prompt:
    digest: str
    characters: int


class Agent(Recorded):
    # State.

    def __init__(self, workspace_id: UUID, tree_id: UUID | None, name_digest: str) -> None:
        self.workspace_id = workspace_id
        self.made_as = name_digest
        self.name_digest = name_digest
        self.status = AgentStatus.PAUSED
        self.suspended = False  # paused because the customer is
        self.prompts: list[Prompt] = []  # version 1 first; none is ever taken away
        self.settings = AgentSettings()
        self.settings_number = 0  # how often it was configured
        self.knowledge: set[UUID] = set()
        self.actions: set[UUID] = set()
        self.deleted = False

    @property
    def prompt_number(self) -> int:
        """0: nothing was written yet."""
        return len(self.prompts)

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        workspace_id: UUID
        tree_id: UUID | None  # that the workspace was part of
        name_digest: str  # the name itself lies in the vault, under the workspace: people wrote it

    class Created(Event, Recorded.Created):
        name_digest: str

    class Renamed(Event):
        name_digest_from: str

        def apply(self, agent: Agent) -> None:
            agent.name_digest = self.name_digest

    class PromptWritten(Event):
        number: int
        digest: str
        characters: int
        restored_from: int | None  # the number of the version that it brings back

        def apply(self, agent: Agent) -> None:
            agent.prompts.append(Prompt(digest=self.digest, characters=self.characters))

    class Configured(Event):
        number: int
        language: str
        voice: str
        model: str
        temperature_hundredths: int
        max_call_seconds: int
        record_calls: bool
        greeting_digest: str | None
        timezone: str

        def apply(self, agent: Agent) -> None:
            agent.settings = AgentSettings.said_by(self)
            agent.settings_number = self.number

    class Activated(Event):
        def apply(self, agent: Agent) -> None:
            agent.status = AgentStatus.ACTIVE
            agent.suspended = False

    class Paused(Event):
        by_suspension: bool  # of the customer, and not by somebody who meant this agent

        def apply(self, agent: Agent) -> None:
            agent.status = AgentStatus.PAUSED
            agent.suspended = self.by_suspension

    class KnowledgeAttached(Event):
        knowledge_base_id: UUID

        def apply(self, agent: Agent) -> None:
            agent.knowledge.add(self.knowledge_base_id)

    class KnowledgeDetached(Event):
        knowledge_base_id: UUID

        def apply(self, agent: Agent) -> None:
            agent.knowledge.discard(self.knowledge_base_id)

    class ActionAttached(Event):
        action_id: UUID

        def apply(self, agent: Agent) -> None:
            agent.actions.add(self.action_id)

    class ActionDetached(Event):
        action_id: UUID

        def apply(self, agent: Agent) -> None:
            agent.actions.discard(self.action_id)

    class Deleted(Event):
        def apply(self, agent: Agent) -> None:
            agent.deleted = True
            agent.status = AgentStatus.PAUSED

    # Commands. Each one decides, and records at most one fact; `tree_id` is of the workspace, just now.

    @classmethod
    def make(
        cls, agent_id: UUID, *, workspace_id: UUID, tree_id: UUID | None, name_digest: str, because: Because
    ) -> Self:
        fields = {"workspace_id": workspace_id, "tree_id": tree_id, "name_digest": name_digest}
        return cls._begin(cls.Created, agent_id, because, **fields)

    def rename(self, name_digest: str, *, tree_id: UUID | None, because: Because) -> None:
        if name_digest != self.name_digest:
            names = {"name_digest": name_digest, "name_digest_from": self.name_digest}
            self._note(self.Renamed, tree_id, because, **names)

    def write_prompt(self, prompt: Prompt, *, based_on: int, tree_id: UUID | None, because: Because) -> int:
        """The number of the version that has these words: a new one, by who had read the one before it.

        What is sent again gets the number that it got, also if others have written meanwhile.
        """
        assert 0 < prompt.characters <= PROMPT_MAX
        for number in (based_on + 1, self.prompt_number):
            if 0 < number <= self.prompt_number and self.prompts[number - 1].digest == prompt.digest:
                return number
        if based_on != self.prompt_number:
            raise Refused(Refusal.CHANGED_MEANWHILE)
        return self._write(prompt, None, tree_id, because)

    def restore_prompt(self, number: int, *, tree_id: UUID | None, because: Because) -> int:
        """The words of an earlier version, as a new one that names it; nothing if they hold already."""
        assert 1 <= number <= self.prompt_number
        prompt = self.prompts[number - 1]
        if self.prompts[-1].digest == prompt.digest:
            return self.prompt_number
        return self._write(prompt, number, tree_id, because)

    def _write(
        self, prompt: Prompt, restored_from: int | None, tree_id: UUID | None, because: Because
    ) -> int:
        if self.prompt_number >= PROMPTS_MAX:
            raise Refused(Refusal.LIMIT_REACHED)
        said = {"digest": prompt.digest, "characters": prompt.characters, "restored_from": restored_from}
        self._note(self.PromptWritten, tree_id, because, number=self.prompt_number + 1, **said)
        return self.prompt_number

    def configure(
        self, settings: AgentSettings, *, based_on: int | None, tree_id: UUID | None, because: Because
    ) -> None:
        """`based_on` is how often it had been configured for who saw it; None asks for no such thing."""
        if settings == self.settings:
            return
        if based_on not in (None, self.settings_number):
            raise Refused(Refusal.CHANGED_MEANWHILE)
        number = self.settings_number + 1
        self._note(self.Configured, tree_id, because, number=number, **settings.chosen())

    def activate(self, *, tree_id: UUID | None, because: Because) -> None:
        """Also after a suspension: who lifts it restores exactly what it had paused."""
        if self.status is not AgentStatus.ACTIVE and not self.deleted:
            self._note(self.Activated, tree_id, because)

    def pause(self, *, tree_id: UUID | None, because: Because, by_suspension: bool = False) -> None:
        if self.status is not AgentStatus.PAUSED:
            self._note(self.Paused, tree_id, because, by_suspension=by_suspension)

    def attach_knowledge(self, knowledge_base_id: UUID, *, tree_id: UUID | None, because: Because) -> None:
        if knowledge_base_id in self.knowledge:
            return
        if len(self.knowledge) >= KNOWLEDGE_MAX:
            raise Refused(Refusal.LIMIT_REACHED)
        self._note(self.KnowledgeAttached, tree_id, because, knowledge_base_id=knowledge_base_id)

    def detach_knowledge(self, knowledge_base_id: UUID, *, tree_id: UUID | None, because: Because) -> None:
        if knowledge_base_id in self.knowledge:
            self._note(self.KnowledgeDetached, tree_id, because, knowledge_base_id=knowledge_base_id)

    def attach_action(self, action_id: UUID, *, tree_id: UUID | None, because: Because) -> None:
        if action_id in self.actions:
            return
        if len(self.actions) >= ACTIONS_MAX:
            raise Refused(Refusal.LIMIT_REACHED)
        self._note(self.ActionAttached, tree_id, because, action_id=action_id)

    def detach_action(self, action_id: UUID, *, tree_id: UUID | None, because: Because) -> None:
        if action_id in self.actions:
            self._note(self.ActionDetached, tree_id, because, action_id=action_id)

    def delete(self, *, tree_id: UUID | None, because: Because) -> None:
        if not self.deleted:
            self._note(self.Deleted, tree_id, because)

    def _note(
        self,
        fact: type[CanMutateAggregate[UUID]],
        tree_id: UUID | None,
        because: Because,
        **fields: Any,
    ) -> None:
        about = {"workspace_id": self.workspace_id, "tree_id": tree_id, "name_digest": self.name_digest}
        self.record(fact, because, **about | fields)
