"""A structure: the agents, knowledge bases and actions of a workspace, and what is attached to what.

What people wrote is in it by digests, which open under one subject: the workspace that it was read of, the
agency that keeps it, or the workspace that is to get it. The key of a thing is its id where it was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from domain.action import Asked
from domain.agent_settings import AgentSettings

Reseal = Callable[[str], str]  # a digest, into the digest of the same text elsewhere


@dataclass(frozen=True, kw_only=True)
class AgentPart:
    key: UUID
    name: str
    prompt: str | None
    prompt_characters: int
    settings: AgentSettings
    knowledge: tuple[UUID, ...]  # keys
    actions: tuple[UUID, ...]

    def digests(self) -> Iterator[str]:
        yield self.name
        yield from (one for one in (self.prompt, self.settings.greeting_digest) if one is not None)

    def resealed(self, reseal: Reseal) -> AgentPart:
        greeting = self.settings.greeting_digest
        return replace(
            self,
            name=reseal(self.name),
            prompt=None if self.prompt is None else reseal(self.prompt),
            settings=replace(self.settings, greeting_digest=None if greeting is None else reseal(greeting)),
        )


@dataclass(frozen=True, kw_only=True)
class DocumentPart:
    key: UUID
    title: str
    text: str
    bytes: int

    def digests(self) -> Iterator[str]:
        yield from (self.title, self.text)

    def resealed(self, reseal: Reseal) -> DocumentPart:
        return replace(self, title=reseal(self.title), text=reseal(self.text))


@dataclass(frozen=True, kw_only=True)
class KnowledgePart:
    key: UUID
    name: str
    documents: tuple[DocumentPart, ...]

    def digests(self) -> Iterator[str]:
        yield self.name
        for document in self.documents:
            yield from document.digests()

    def resealed(self, reseal: Reseal) -> KnowledgePart:
        documents = tuple(one.resealed(reseal) for one in self.documents)
        return replace(self, name=reseal(self.name), documents=documents)


@dataclass(frozen=True, kw_only=True)
class ActionPart:
    key: UUID
    asked: Asked
    enabled: bool

    def digests(self) -> Iterator[str]:
        yield from (self.asked.name_digest, self.asked.url_digest)
        if self.asked.headers_digest is not None:
            yield self.asked.headers_digest

    def resealed(self, reseal: Reseal) -> ActionPart:
        headers = self.asked.headers_digest
        asked = replace(
            self.asked,
            name_digest=reseal(self.asked.name_digest),
            url_digest=reseal(self.asked.url_digest),
            headers_digest=None if headers is None else reseal(headers),
        )
        return replace(self, asked=asked)


@dataclass(frozen=True, kw_only=True)
class Structure:
    agents: tuple[AgentPart, ...]
    knowledge: tuple[KnowledgePart, ...]
    actions: tuple[ActionPart, ...]  # in the order of their phases

    @property
    def documents(self) -> int:
        return sum(len(one.documents) for one in self.knowledge)

    def digests(self) -> Iterator[str]:
        for agent in self.agents:
            yield from agent.digests()
        for base in self.knowledge:
            yield from base.digests()
        for action in self.actions:
            yield from action.digests()

    def resealed(self, reseal: Reseal) -> Structure:
        return Structure(
            agents=tuple(one.resealed(reseal) for one in self.agents),
            knowledge=tuple(one.resealed(reseal) for one in self.knowledge),
            actions=tuple(one.resealed(reseal) for one in self.actions),
        )


def made_of(workspace_id: UUID, key: UUID) -> UUID:
    """The id of what a workspace got for a thing of a template: the same one, however often it is started."""
    return uuid5(workspace_id, f"template:{key}")
